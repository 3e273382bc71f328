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

    /// Whether a path in git is a definition: `*.xml` outside hidden directories, as `DirectoryWalk` finds them. A file
    /// that `paths` names may have any name.
    ///
    /// - Parameter paths: from the top of the tree, without a slash at the end; empty for the whole tree.
    static func isWanted(_ path: [UInt8], below paths: [[UInt8]]) -> Bool {
        let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
        let isXML = path.suffix(4).elementsEqual(".xml".utf8)
        let isHidden = path.first == dot || path.indices.contains { path[$0] == dot && $0 > 0 && path[$0 - 1] == slash }
        if paths.isEmpty { return isXML && !isHidden }
        return paths.contains { top in
            path == top
                || (isXML && (top.isEmpty || (path.starts(with: top) && path.dropFirst(top.count).first == slash))
                && !isHidden)
        }
    }
}
