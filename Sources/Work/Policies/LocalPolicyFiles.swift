import Reports
import SystemPackage

/// The files of this machine.
struct LocalPolicyFiles: PolicyFiles {
    /// The policy was found beside its input, and may be a stranger's: not even a link may lead out of its directory.
    var mustBeBelow: Bool
    /// The directory below which the policies that it extends must lie, with links resolved: the top of its repository,
    /// or else its own directory. Nil if they may lie anywhere.
    var top: FilePath?

    /// - Parameter directory: the directory of a policy that was found beside its input; nil for any other policy.
    init(foundIn directory: FilePath?) {
        mustBeBelow = directory != nil
        guard let directory else { return }
        let real = Files.real(directory) ?? directory
        top = Files.repository(of: real) ?? real
    }

    func read(_ path: FilePath, limit: Int) throws -> [UInt8] { try Files.read(path, limit: limit) }
    func name(of path: FilePath) -> String { path.string }
    func isSame(_ file: FilePath, _ other: FilePath) -> Bool { Files.real(file) == Files.real(other) }

    func files(matching pattern: String, in directory: FilePath) throws -> MatchingFiles {
        let paths = try FilePattern(pattern).files(in: directory)
        if mustBeBelow, !paths.allSatisfy({ Self.isBelow($0, directory.isEmpty ? "." : directory) }) { return .outside }
        return .files(paths)
    }

    func file(extendedBy word: String, in directory: FilePath) -> ExtendedFile {
        let path = directory.pushing(FilePath(word))
        guard mustBeBelow, let top else { return Files.exists(path) ? .file(path.lexicallyNormalized()) : .missing }
        let help = "name this policy with --config, or copy what it extends"
        if let refusal = Self.refusal(of: word) { return .refused(message: refusal, help: help) }
        guard var below = Files.real(path) else { return .missing }
        let real = below
        guard below.removePrefix(top), !below.isEmpty else {
            return .refused(
                message: "\(printable(word)) leads out of \(printable(top.string)): a policy found beside its input can only "
                    + "extend files of its repository, or below its own directory", help: help)
        }
        // Messages about a file quote it, and git keeps passwords in its configuration.
        if below.components.contains(".git") || Self.refusal(of: below.string) != nil {
            return .refused(message: "\(printable(word)) leads to a file that is no policy", help: help)
        }
        return .file(real)
    }

    /// Why a policy that was found beside its input may not extend a path, whatever file it leads to.
    static func refusal(of word: String) -> String? {
        let path = FilePath(word)
        if path.isAbsolute || word.utf8.first == UInt8(ascii: "~") {
            return "\(printable(word)) is not relative to the policy's directory: a policy found beside its input can only "
                + "extend files of its repository, or below its own directory"
        }
        guard ["yaml", "yml"].contains(path.extension) || path.lastComponent == PolicyFile.component else {
            return "\(printable(word)) is not named *.yaml or *.yml: a policy found beside its input can extend no other files"
        }
        return nil
    }

    private static func isBelow(_ path: FilePath, _ directory: FilePath) -> Bool {
        guard let real = Files.real(path), let top = Files.real(directory) else { return false }
        return real != top && real.starts(with: top)
    }
}
