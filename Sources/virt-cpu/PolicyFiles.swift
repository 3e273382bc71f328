import Lint
import SystemPackage

/// Where a policy and the hosts' files that it names are read from.
protocol PolicyFiles {
    func read(_ path: FilePath, limit: Int) throws -> [UInt8]
    /// As messages name a file.
    func name(of path: FilePath) -> String
    /// The files that a pattern of a policy in `directory` names.
    func expand(_ pattern: String, in directory: FilePath) -> Expansion
}

enum Expansion {
    /// In byte order; none where nothing matches.
    case files([FilePath])
    /// Something of it lies where the policy may not read.
    case outside
}

/// The files of this machine.
struct FilesBesidePolicy: PolicyFiles {
    /// A policy that was found beside its input is a stranger's: links do not lead out of its directory either.
    var mustBeBelow: Bool

    func read(_ path: FilePath, limit: Int) throws -> [UInt8] { try Files.read(path, limit: limit) }
    func name(of path: FilePath) -> String { path.string }

    func expand(_ pattern: String, in directory: FilePath) -> Expansion {
        let paths = Files.expand(pattern, in: directory)
        if mustBeBelow, !paths.allSatisfy({ Self.isBelow($0, directory.isEmpty ? "." : directory) }) { return .outside }
        return .files(paths)
    }

    private static func isBelow(_ path: FilePath, _ directory: FilePath) -> Bool {
        guard let real = Files.real(path), let top = Files.real(directory) else { return false }
        return real != top && real.starts(with: top)
    }
}

/// The files of a revision. Symbolic links in it are no files.
struct PolicyTree: PolicyFiles {
    private let revision: String
    private let blobs: [FilePath: String]
    private let objects: GitObjects

    init(of revision: String, in repository: GitRepository, _ objects: GitObjects) throws {
        self.revision = revision
        self.objects = objects
        let listing = try repository.listing(of: repository.tree(of: revision))
        blobs = Dictionary(listing.files.map { (FilePath(bytes: $0.path), $0.id) }) { first, _ in first }
        // One that is passed over would be a policy that holds in the work tree and not here.
        for link in listing.links.map(FilePath.init(bytes:)) where link.lastComponent?.string == PolicyLookup.fileName {
            throw IOFailure(message: "\(printable("\(revision):\(link.string)")): a symbolic link: a policy is a file")
        }
    }

    /// The policy of a definition: in its directory or the nearest above that has one.
    func discover(_ name: String, for definition: FilePath) -> FilePath? {
        var directory = definition
        while directory.removeLastComponent() {
            let file = directory.appending(name)
            if blobs[file] != nil { return file }
        }
        return nil
    }

    func read(_ path: FilePath, limit: Int) throws -> [UInt8] {
        guard let id = blobs[path] else { throw IOFailure(message: "\(printable(name(of: path))): no such file") }
        do {
            return try objects.content(of: id, limit: limit)
        } catch {
            throw IOFailure(message: "\(printable(name(of: path))): \(shown(error))")
        }
    }

    func name(of path: FilePath) -> String { "\(revision):\(path.string)" }

    func expand(_ pattern: String, in directory: FilePath) -> Expansion {
        let relative = FilePath(pattern)
        if relative.isAbsolute || relative.components.contains("..") { return .outside }
        let glob = Glob(pattern, style: .path)
        let matching = blobs.keys.filter { path in
            var path = path
            return (directory.isEmpty || path.removePrefix(directory)) && glob.matches(path.string)
        }
        return .files(matching.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
    }
}
