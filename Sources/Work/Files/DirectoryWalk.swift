import Glibc
import Reports
import SystemPackage

/// Finds the definitions below a directory.
package enum DirectoryWalk {
    /// The most definitions below one directory; checking a million takes 400 MB.
    package static let limit = 1_000_000

    /// Regular files `*.xml` below a directory, and what policies include, in byte order of their paths. Other hidden names
    /// and symbolic links to directories are skipped. Names are bytes: they need not be UTF-8.
    ///
    /// - Parameters:
    ///   - usesGitignore: skip what `.gitignore` files ignore. The directory itself was named, so it is searched even if
    ///     it is ignored.
    ///   - patterns: which other names in a directory, hidden ones too, are those of definitions; nil for none.
    ///   - most: the most files there may be. For a directory with more, `unreadable` is called and none are returned.
    ///   - hiding: called for each repository in which a definition, or a directory that may have some, is ignored, with a
    ///     directory in it: the one of the walk, or its top.
    ///   - unreadable: called for each place that cannot be read; the others are.
    package static func definitions(
        below directory: FilePath, usesGitignore: Bool = true,
        including patterns: (FilePath) -> (([UInt8]) -> Bool)? = { _ in nil }, most: Int = limit,
        hiding: (FilePath) -> Void = { _ in }, unreadable: (IOFailure) -> Void
    ) -> [FilePath] {
        let ignored = usesGitignore ? GitignoreFiles(above: directory, unreadable: unreadable) : nil
        var found: [[CChar]] = []
        let top = directory.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
        var places: Set<FilePath> = []
        walk(top, path: [], depth: 0, ignored, patterns, &found, &places, most: most, unreadable)
        places.sorted { $0.string < $1.string }.forEach(hiding)
        if found.count > most {
            found.removeAll()
            unreadable(tooMany(below: directory, most))
        }
        found.sort { $0.lexicographicallyPrecedes($1) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) } }
        return found.map { FilePath(platformString: $0 + [0]) }
    }

    static func tooMany(below directory: FilePath, _ most: Int) -> IOFailure {
        IOFailure(
            message: "\(printable(directory.string)): contains more than \(most) definitions: check its subdirectories separately")
    }

    private static func walk(
        _ directory: [CChar], path below: [UInt8], depth: Int, isHidden: Bool = false, _ ignored: GitignoreFiles?,
        _ patterns: (FilePath) -> (([UInt8]) -> Bool)?, _ found: inout [[CChar]],
        _ hiding: inout Set<FilePath>, most: Int, _ unreadable: (IOFailure) -> Void
    ) {
        let shown = printable(FilePath(platformString: directory + [0]).string)
        guard depth < DirectoryListing.mostLevels else {
            return unreadable(
                IOFailure(
                    message: "\(shown): not searched: more than \(DirectoryListing.mostLevels) levels of directories"))
        }
        let slash = CChar(UInt8(ascii: "/")), dot = CChar(UInt8(ascii: "."))
        let suffix = ".xml".utf8.map { CChar($0) }
        let isIncluded = patterns(FilePath(platformString: directory + [0]))
        func isDefinition(_ name: some Collection<CChar>) -> Bool {
            if !isHidden && name.first != dot && name.suffix(4).elementsEqual(suffix) { return true }
            return isIncluded?(name.map { UInt8(bitPattern: $0) }) ?? false
        }
        var entries: [(name: [CChar], isFile: Bool)] = []
        var hasGitignore = false, isRepository = false
        let isRead = DirectoryListing.read(directory + [0]) { name, type in
            // Not every file system states the type; lstat finds it out below.
            let isFile = type == Int(DT_REG)
            if ignored != nil, name.first == dot {
                hasGitignore = hasGitignore || Self.is(name, GitignoreFiles.name)
                isRepository = isRepository || Self.is(name, ".git")
            }
            if name.first == dot, isIncluded == nil || Self.is(name, ".git") { return }
            if isFile && !isDefinition(name) { return }
            entries.append((Array(name), isFile))
        }
        guard isRead else { return unreadable(IOFailure(shown)) }
        var ignored = ignored
        ignored?.enter(
            FilePath(platformString: directory + [0]), path: below, isRepository: isRepository, hasFile: hasGitignore,
            unreadable: unreadable)
        // `check .` names files without a leading `./`.
        let prefix = directory == [dot] ? [] : directory + (directory.last == slash ? [] : [slash])
        var hides = false
        defer { if hides, let place = ignored?.place { hiding.insert(place) } }
        for (name, isFile) in entries {
            // Stop at `most` + 1, so that the caller can report the limit.
            if found.count > most { return }
            let path = prefix + name, pathBelow = below + name.map { UInt8(bitPattern: $0) }
            func isIgnored(_ isDirectory: Bool) -> Bool {
                let isIgnored = ignored?.ignore(pathBelow, isDirectory: isDirectory) ?? false
                hides = hides || isIgnored
                return isIgnored
            }
            if isFile {
                if !isIgnored(false) { found.append(path) }
                continue
            }
            var status = stat()
            guard lstat(path + [0], &status) == 0 else {
                // A file that has vanished is ignored. A file whose type cannot be read is a failure.
                if errno != ENOENT { unreadable(IOFailure(file: FilePath(platformString: path + [0]).string, errno)) }
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                if isIgnored(true) { continue }
                let deeper = pathBelow + [UInt8(ascii: "/")]
                walk(
                    path, path: deeper, depth: depth + 1, isHidden: isHidden || name.first == dot, ignored, patterns, &found, &hiding,
                    most: most, unreadable)
            case S_IFREG: if isDefinition(name), !isIgnored(false) { found.append(path) }
            case S_IFLNK:
                guard isDefinition(name), stat(path + [0], &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                    !isIgnored(false)
                else { continue }
                found.append(path)
            default: continue
            }
        }
    }

    private static func `is`(_ name: UnsafeBufferPointer<CChar>, _ word: String) -> Bool {
        name.lazy.map { UInt8(bitPattern: $0) }.elementsEqual(word.utf8)
    }
}
