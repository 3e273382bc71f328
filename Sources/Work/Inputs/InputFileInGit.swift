import Reports
import SystemPackage

extension InputFile {
    /// The version of a file that git has.
    ///
    /// - Parameters:
    ///   - path: from the top of the tree.
    ///   - blob: the id of its content.
    ///   - named: the paths that were named.
    init(path: [UInt8], blob: String, in repository: GitRepository, named: [[UInt8]] = []) {
        isNamed = named.contains(path)
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

    /// A symbolic link of a version that is refused: it cannot be read.
    init(refusedLink path: [UInt8], _ why: GitLinks.Refusal, in repository: GitRepository, named: [[UInt8]] = []) {
        self.init(path: path, blob: "", in: repository, named: named)
        content = .failure(IOFailure(message: "\(printable(name)): not checked: \(why.text)"))
    }

    /// Whether a path in git is a definition: `*.xml` outside hidden directories, or what a policy includes, as
    /// `DirectoryWalk` finds them. A file that `paths` names may have any name.
    ///
    /// - Parameters:
    ///   - paths: from the top of the tree, without a slash at the end; empty for the whole tree.
    ///   - included: whether a policy includes a path.
    static func isWanted(_ path: [UInt8], below paths: [[UInt8]], including included: ([UInt8]) -> Bool = { _ in false }) -> Bool {
        let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
        let isXML = path.suffix(4).elementsEqual(".xml".utf8)
        let isHidden = path.first == dot || path.indices.contains { path[$0] == dot && $0 > 0 && path[$0 - 1] == slash }
        func isDefinition() -> Bool { isXML && !isHidden || included(path) }
        if paths.isEmpty { return isDefinition() }
        return paths.contains { top in
            path == top
                || (top.isEmpty || path.starts(with: top) && path.dropFirst(top.count).first == slash) && isDefinition()
        }
    }
}
