import Glibc
import Hosts
import SystemPackage

/// One input of `check`: a file, a version of one that git has, stdin, or what libvirt has defined.
struct InputFile: Sendable {
    enum Content: Sendable {
        case standardInput
        case file(FilePath)
        /// A blob's id.
        case blob(String)
        case bytes([UInt8])
        /// Not known, in these words.
        case failure(IOFailure)
    }

    /// As findings name it.
    var name: String
    var content: Content
    /// Where its policy is looked for; nil for what lies nowhere on this machine.
    var directory: FilePath?
    /// What its earlier version is found by, and the policy's patterns where it is not below the policy: from the top
    /// of the tree, or below the directory that was named.
    var path: FilePath
    /// The file in the work tree or file system, which `--fix` rewrites.
    var file: FilePath?
    /// The directory that was named, where it was found below one.
    var foundBelow: FilePath?

    /// Stdin, where a domain's name says which of many it is.
    var isStream = false
    /// Its name is not that of a definition: it counts as far as it has domains.
    var isGuess = false
}

extension InputFile {
    /// Files, directories and `-`, as the command line names them.
    ///
    /// - Parameter failed: told of what cannot be read; the others can.
    static func files(named paths: [FilePath], failed: (IOFailure) -> Void) -> [InputFile] {
        paths.flatMap { path -> [InputFile] in
            guard path != "-", Files.isDirectory(path) else { return [file(path)] }
            return Files.definitions(below: path, unreadable: failed).map {
                var definition = file($0, below: path)
                definition.foundBelow = path
                return definition
            }
        }
    }

    /// Why it is not rewritten: a symbolic link that nobody named leads to a file elsewhere.
    var leadingOut: IOFailure? {
        guard let file, let foundBelow, let real = Files.real(file), let top = Files.real(foundBelow), !real.starts(with: top)
        else { return nil }
        return IOFailure(message: "\(printable(name)): a link that leads out of \(printable(foundBelow.string)): not changed")
    }

    /// Those that are to be rewritten, each real file once: by its own name rather than by a symbolic link, and by a
    /// link that was named rather than by one that was found. The order stays.
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

    /// A file, or stdin for `-`.
    static func file(_ path: FilePath) -> InputFile {
        if path == "-" {
            return InputFile(name: "<stdin>", content: .standardInput, directory: ".", path: "-", isStream: true)
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

    /// A version of a file that git has.
    init(path: [UInt8], blob: String, in repository: GitRepository) {
        let shown = FilePath(bytes: repository.shown(path))
        self.path = FilePath(bytes: path)
        name = shown.string
        content = .blob(blob)
        if let top = repository.top {
            let place = top.pushing(self.path)
            file = repository.prefix.isEmpty ? self.path : shown
            directory = Files.nearestDirectory(of: place)
        }
    }

    /// `*.xml` without hidden directories, as in directories; `paths` narrows it, where a file may have any name.
    ///
    /// - Parameter paths: from the top of the tree, without a slash at the end; empty for everything.
    static func isWanted(_ path: [UInt8], below paths: [[UInt8]]) -> Bool {
        let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
        let isXML = path.suffix(4).elementsEqual(".xml".utf8)
        let isHidden = path.first == dot || path.indices.contains { path[$0] == dot && $0 > 0 && path[$0 - 1] == slash }
        if paths.isEmpty { return isXML && !isHidden }
        return paths.contains { top in
            path == top || (isXML && (top.isEmpty || (path.starts(with: top) && path.dropFirst(top.count).first == slash))
                && !isHidden)
        }
    }
}

extension FilePath {
    /// The path of a name that git gave: bytes.
    init(bytes: [UInt8]) {
        self = (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
            FilePath(platformString: $0.baseAddress!)
        }
    }

    /// Its name's bytes.
    var bytes: [UInt8] {
        withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))).map { UInt8(bitPattern: $0) } }
    }
}
