import Reports
import SystemPackage

/// One input: a file, a version of a file from git, stdin, or a domain that libvirt has defined.
package struct InputFile: Sendable {
    package enum Content: Sendable {
        case standardInput(StandardInput)
        case file(FilePath)
        /// The id of a blob in git.
        case blob(String)
        case bytes([UInt8])
        /// The content could not be read. The failure says why.
        case failure(IOFailure)
    }

    /// The name that findings state.
    package var name: String
    package var content: Content
    /// The directory where the search for its policy starts; nil for content that has no place on this machine.
    package var directory: FilePath?
    /// The path from the top of the tree, or from the directory that was named. Earlier versions are found by it, and
    /// the policy's `path` patterns are matched against it where the file does not lie below the policy.
    package var path: FilePath
    /// The file in the work tree or file system that `--fix` rewrites.
    package var file: FilePath?
    /// The directory that was named, for a file that was found below one.
    var foundBelow: FilePath?
    /// Somebody named the file, and not only a directory or revision that contains it: no pattern excludes it.
    var isNamed = true
    /// The work tree that a staged file belongs to.
    var workTree: FilePath?

    /// A symbolic link in git, with the content of the file that it leads to: that file is what would be fixed.
    var isLink = false

    /// Stdin: findings state the domain's name, since there may be many.
    package var isStream = false
    /// The file's name is not that of a definition, so it may be none, and errors in it are ignored.
    var isGuess = false
    /// The pushed policy adds this file to the check; the policy before it judges the file.
    var isNewlyChecked = false
    /// The policy excludes the file. Only earlier versions and files that are not checked say so.
    var isExcluded = false
}

extension InputFile {
    /// The id of the blob in git that is its content; nil for other content.
    var blob: String? { if case .blob(let id) = content { id } else { nil } }

    /// The inputs that the command line names: files, directories and `-`.
    ///
    /// - Parameters:
    ///   - channels: whose input `-` is.
    ///   - usesGitignore: skip what `.gitignore` files ignore and git does not track.
    ///   - patterns: what the policy of a directory includes besides `*.xml`, by the name; nil if it includes nothing.
    ///   - ignored: called for each directory in which all definitions are ignored.
    ///   - untold: called for each directory of which git does not tell which of the ignored files it tracks.
    ///   - failed: called for each place that cannot be read; the others are returned.
    static func files(
        named paths: [FilePath], _ channels: Channels = .standard, usesGitignore: Bool = true,
        including patterns: (FilePath) -> (([UInt8]) -> Bool)? = { _ in nil }, ignored: (FilePath) -> Void = { _ in }, untold: (String) -> Void = { _ in }, failed: (IOFailure) -> Void
    ) -> [InputFile] {
        // Stdin can be read only once.
        let stdin = paths.firstIndex(of: "-")
        return paths.enumerated().flatMap { index, path -> [InputFile] in
            if path == "-", index != stdin { return [] }
            guard path != "-", Files.isDirectory(path) else { return [file(path, channels)] }
            let found = definitions(below: path, usesGitignore: usesGitignore, including: patterns, untold: untold, failed: failed)
            if found.isEmpty, usesGitignore,
                !DirectoryWalk.definitions(below: path, usesGitignore: false, including: patterns, unreadable: { _ in }).isEmpty
            {
                ignored(path)
            }
            return found.map {
                var definition = file($0, below: path)
                definition.foundBelow = path
                definition.isNamed = false
                return definition
            }
        }
    }

    /// The definitions below a directory, in byte order of their paths.
    private static func definitions(
        below directory: FilePath, usesGitignore: Bool, including patterns: (FilePath) -> (([UInt8]) -> Bool)?,
        untold: (String) -> Void, failed: (IOFailure) -> Void
    ) -> [FilePath] {
        // git is started only if something is ignored.
        var hiding: [FilePath] = []
        var found = DirectoryWalk.definitions(
            below: directory, usesGitignore: usesGitignore, including: patterns, hiding: { hiding.append($0) }, unreadable: failed)
        var tracked: [FilePath] = []
        for place in hiding {
            do {
                tracked += try TrackedFiles.ignored(below: place, including: patterns)
            } catch {
                let why = (error as? IOFailure)?.problem.message ?? shown(error)
                untold("\(printable(place.string)): ignored files that git tracks are not checked: \(why)")
            }
        }
        guard !tracked.isEmpty else { return found }
        let known = Set(found)
        found += tracked.filter { !known.contains($0) }
        guard found.count <= DirectoryWalk.limit else {
            failed(DirectoryWalk.tooMany(below: directory, DirectoryWalk.limit))
            return []
        }
        return found.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// The path from a directory without symbolic links; nil if the input is no file below it.
    func path(below directory: FilePath) -> FilePath? {
        guard let file else { return nil }
        // A version from git can belong to a file that no longer exists.
        let place = Files.real(file) ?? self.directory?.pushing(file.lastComponent.map { FilePath(root: nil, [$0]) } ?? file)
        guard var place, place.removePrefix(directory) else { return nil }
        return place
    }

    /// The directory that the file must lie in to be rewritten; nil for a file that somebody named.
    var confinement: FilePath? { foundBelow ?? workTree }

    /// Why the file must not be rewritten; nil if it may be. A symbolic link that was found, not named, may lead to a
    /// file elsewhere.
    var failureToFix: IOFailure? {
        guard let file, let confinement, let real = Files.real(file), let top = Files.real(confinement),
            !real.starts(with: top)
        else { return nil }
        return IOFailure(
            message: "\(printable(name)): not changed: the symbolic link leads out of \(printable(confinement.string))")
    }

    /// The inputs in their order, with each real file only once: by its own name rather than by a symbolic link, and by
    /// a link that was named rather than by one that was found.
    static func withoutRepeats(_ definitions: [InputFile]) -> [InputFile] {
        var best: [FilePath: (index: Int, rank: Int)] = [:]
        var isDropped = [Bool](repeating: false, count: definitions.count)
        for (index, definition) in definitions.enumerated() {
            guard case .file(let file) = definition.content, let real = Files.real(file) else { continue }
            let rank = !Files.isSymbolicLink(file) ? 0 : definition.foundBelow == nil ? 1 : 2
            if let other = best[real], other.rank <= rank {
                isDropped[index] = true
                continue
            }
            if let other = best[real] { isDropped[other.index] = true }
            best[real] = (index, rank)
        }
        return definitions.indices.filter { !isDropped[$0] }.map { definitions[$0] }
    }

    /// The input for a path: a file, or the input channel for `-`.
    package static func file(_ path: FilePath, _ channels: Channels = .standard) -> InputFile {
        if path == "-" {
            return InputFile(
                name: "<stdin>", content: .standardInput(StandardInput(channels)), directory: ".", path: "-",
                isStream: true)
        }
        return file(path, below: path.removingLastComponent())
    }

    private static func file(_ file: FilePath, below top: FilePath) -> InputFile {
        let directory = file.removingLastComponent()
        var path = file
        if !top.isEmpty { _ = path.removePrefix(top) }
        return InputFile(
            name: file.string, content: .file(file), directory: directory.isEmpty ? "." : directory, path: path,
            file: file)
    }
}
