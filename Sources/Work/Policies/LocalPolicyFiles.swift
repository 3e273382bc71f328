import SystemPackage

/// The files of this machine.
struct LocalPolicyFiles: PolicyFiles {
    /// The policy was found beside its input, and may be a stranger's: not even a link may lead out of its directory.
    var mustBeBelow: Bool

    func read(_ path: FilePath, limit: Int) throws -> [UInt8] { try Files.read(path, limit: limit) }
    func name(of path: FilePath) -> String { path.string }

    func files(matching pattern: String, in directory: FilePath) throws -> MatchingFiles {
        let paths = try FilePattern(pattern).files(in: directory)
        if mustBeBelow, !paths.allSatisfy({ Self.isBelow($0, directory.isEmpty ? "." : directory) }) { return .outside }
        return .files(paths)
    }

    private static func isBelow(_ path: FilePath, _ directory: FilePath) -> Bool {
        guard let real = Files.real(path), let top = Files.real(directory) else { return false }
        return real != top && real.starts(with: top)
    }
}
