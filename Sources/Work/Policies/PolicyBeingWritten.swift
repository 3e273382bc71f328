import Lint
import SystemPackage

// Policies that an editor has open, and the files on which the judging of open files depends.
extension PolicyLookup {
    /// Reads a text as the policy that a file will hold, and the hosts that it names.
    /// - Throws: what is wrong with it.
    func check(_ content: [UInt8], of file: FilePath) throws {
        let origin: FoundPolicy.Place = file == PolicyFile.system ? .system : file.lastComponent?.string == PolicyFile.name ? .discovered : .named
        _ = try prepare(Place(file: file, origin: origin), content: content)
    }

    /// The files and directories of this machine that decide how the files of a directory are judged, whether they exist
    /// or not: policies, recorded findings, and the hosts' files with their directories.
    static func files(decidingAbout directory: FilePath, _ settings: Settings) -> [FilePath] {
        var files: [FilePath] = [PolicyFile.system]
        for start in [directory, "."] {
            var place = Files.real(start) ?? start
            repeat {
                files += [place.appending(PolicyFile.name), place.appending(KnownFindings.fileName)]
            } while place.removeLastComponent()
        }
        if case .named(let name) = settings.knownFindings { files.append(FilePath(name)) }
        files += hostFiles(matching: settings.hosts, in: "")
        let named = settings.policyFile.map { FilePath($0) }
        if let named { files.append(named) }
        guard !settings.ignoresPolicies else { return files }
        let found = PolicySearch(from: directory).file ?? PolicySearch(from: ".").file
        guard let policy = named ?? found ?? (Files.exists(PolicyFile.system) ? PolicyFile.system : nil) else { return files }
        let source = LocalPolicyFiles(foundIn: named == nil ? found?.removingLastComponent() : nil)
        files += PolicyChain.filesDeciding(policy, from: source)
        guard settings.hosts.isEmpty, let chain = try? PolicyChain(policy, from: source), let read = try? chain.policy(origin: .named)
        else { return files }
        let patterns = read.hosts.filter { $0.kind == .files }.map(\.spec)
        return files + chain.files.indices.flatMap { hostFiles(matching: patterns, in: chain.directory(of: $0)) }
    }

    /// The files that patterns match, and the directories in which another match could appear.
    private static func hostFiles(matching patterns: [String], in directory: FilePath) -> [FilePath] {
        patterns.flatMap { pattern -> [FilePath] in
            let path = FilePath(pattern)
            let place = path.isAbsolute || directory.isEmpty ? path : directory.pushing(path)
            let found = (try? FilePattern(pattern).files(in: directory)) ?? []
            return [place.removingLastComponent()] + found + found.map { $0.removingLastComponent() }
        }
    }
}

extension PolicyFile {
    /// Whether a policy is looked for under this path.
    package static func isPolicy(_ path: FilePath) -> Bool { path == system || path.lastComponent?.string == name }
}
