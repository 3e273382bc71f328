import Glibc
import Hosts
import Subprocess
import SystemPackage

/// A git repository, asked through git itself: names and ids from plumbing with `-z`, contents by id through one
/// `cat-file --batch`, so that any file name works with any git. Nothing that a repository holds is run; its own
/// configuration, which is its owner's, is git's to heed.
struct GitRepository {
    /// From the work tree's top to the current directory: empty or with a slash at its end. Empty without a work tree.
    let prefix: [UInt8]
    /// The top of the work tree; nil in a bare repository and inside `.git`.
    let top: FilePath?

    /// An entry of a tree or of the index: a regular file.
    struct Entry {
        /// From the top of the tree, slashes between.
        var path: [UInt8]
        /// Of the blob, in hexadecimal: 40 or 64 digits.
        var id: String
    }

    /// A file that differs between two trees, or a tree and the index. A side is nil where the file is absent, or is
    /// no regular file (a symbolic link, a submodule).
    struct Change {
        var path: [UInt8]
        var old: String?
        var new: String?
    }

    /// The repository of the current directory.
    /// - Throws: `IOFailure` in git's own words where there is none.
    init() throws {
        // The prefix comes last: a name may hold line feeds.
        let answer = try Self.run(["rev-parse", "--is-inside-work-tree", "--show-cdup", "--show-prefix"])
        let lines = answer.split(separator: 0x0a, maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.first.map({ $0.elementsEqual("true".utf8) }) ?? false, lines.count == 3 else {
            prefix = []
            top = nil
            return
        }
        prefix = Array(lines[2].dropLast(lines[2].last == 0x0a ? 1 : 0))
        let up = String(decoding: lines[1], as: UTF8.self)
        top = Files.real(FilePath(up.isEmpty ? "." : up))
    }

    /// Where the repository's hooks are (`core.hooksPath`).
    func hooks() throws -> FilePath {
        let answer = try Self.run(["rev-parse", "--git-path", "hooks"])
        return FilePath(bytes: Array(answer.dropLast(answer.last == 0x0a ? 1 : 0)))
    }

    /// The id of a revision's tree.
    /// - Throws: `IOFailure` for what names none.
    func tree(of revision: String) throws -> String {
        guard let tree = try treeIfAny(of: revision) else {
            throw IOFailure(message: "\(printable(revision)): no commit or tree of this repository")
        }
        return tree
    }

    /// The same; nil for what names no tree.
    func treeIfAny(of revision: String) throws -> String? {
        guard !revision.hasPrefix("-"), !revision.isEmpty, !revision.utf8.contains(0) else { return nil }
        let answer = try Self.output(of: ["rev-parse", "--verify", "--quiet", "\(revision)^{tree}"])
        guard answer.isSuccess else { return nil }
        return Self.line(answer.output)
    }

    /// HEAD's tree; nil before the first commit.
    func headTree() throws -> String? { try treeIfAny(of: "HEAD") }

    /// What two commits have in common; nil where that is nothing, or one of them is none.
    func mergeBase(_ a: String, _ b: String) throws -> String? {
        guard !a.hasPrefix("-"), !b.hasPrefix("-") else { return nil }
        let answer = try Self.output(of: ["merge-base", a, b])
        return answer.isSuccess ? Self.line(answer.output) : nil
    }

    /// The commit that some branch is at; nil where there is none.
    func anyBranch() throws -> String? {
        let answer = try Self.run(["for-each-ref", "--count=1", "--format=%(objectname)", "refs/heads"])
        return answer.isEmpty ? nil : Self.line(answer)
    }

    /// Regular files of a tree.
    func entries(of tree: String) throws -> [Entry] { try listing(of: tree).files }

    /// Regular files of a tree, and the paths of its symbolic links.
    func listing(of tree: String) throws -> (files: [Entry], links: [[UInt8]]) {
        var files: [Entry] = [], links: [[UInt8]] = []
        // MODE TYPE ID TAB PATH NUL
        for record in try Self.run(["ls-tree", "-r", "-z", "--full-tree", tree]).split(separator: 0) {
            guard let tab = record.firstIndex(of: 0x09) else { continue }
            let words = record[..<tab].split(separator: 0x20), path = Array(record[(tab + 1)...])
            guard words.count == 3 else { continue }
            if Self.isRegular(words[0]) {
                files.append(Entry(path: path, id: String(decoding: words[2], as: UTF8.self)))
            } else if words[0].elementsEqual("120000".utf8) {
                links.append(path)
            }
        }
        return (files, links)
    }

    /// Regular files that the index has.
    /// - Throws: `IOFailure` where a merge left one unresolved.
    func stagedEntries() throws -> [Entry] {
        try stagedChanges(from: nil).compactMap { change in change.new.map { Entry(path: change.path, id: $0) } }
    }

    /// What the index changes in a tree. What is only announced (`git add -N`) is not there yet.
    /// - Parameter tree: nil for the empty one.
    /// - Throws: `IOFailure` where a merge left a file unresolved.
    func stagedChanges(from tree: String?) throws -> [Change] {
        try Self.changes(in: Self.run([
            "diff-index", "--cached", "--ita-invisible-in-index", "--raw", "-z", "--no-renames", tree ?? emptyTree(),
        ]))
    }

    /// git knows it without having it; its id depends on the kind of hash.
    private func emptyTree() throws -> String { Self.line(try Self.run(["hash-object", "-t", "tree", "/dev/null"])) }

    /// What one tree changes in another.
    /// - Parameter old: nil for the empty one.
    func changes(from old: String?, to new: String) throws -> [Change] {
        guard let old else { return try entries(of: new).map { Change(path: $0.path, old: nil, new: $0.id) } }
        return try Self.changes(in: Self.run(["diff-tree", "-r", "--raw", "-z", "--no-renames", old, new]))
    }

    /// What the work tree changes in a tree, with files that git does not track; `new` says only that there is one.
    func workTreeChanges(from tree: String) throws -> [Change] {
        let tracked = try Self.changes(in: Self.run(["diff-index", "--raw", "-z", "--no-renames", tree]))
        let known = Set(try entries(of: tree).map(\.path))
        let others = try Self.run(["ls-files", "-o", "-z", "--full-name", "--exclude-standard", "--", ":/"])
        return tracked + others.split(separator: 0).map(Array.init).filter { !known.contains($0) }.map {
            Change(path: $0, old: nil, new: "")
        }
    }

    /// Whether a file of the work tree is what is staged: by its content, as `git add` would take it.
    ///
    /// - Parameter id: of the staged blob.
    func isStaged(_ file: FilePath, as id: String) throws -> Bool {
        let answer = try Self.output(of: ["hash-object", "--", file.string])
        return answer.isSuccess && Self.line(answer.output) == id
    }

    /// A path that was named from the current directory, from the top: without a slash at its end, empty for the top.
    /// - Throws: `IOFailure` for one that lies outside.
    func path(of named: FilePath) throws -> [UInt8] {
        var whole = named
        if named.isAbsolute {
            let resolved = Files.real(named) ?? named
            guard let top, resolved.starts(with: top) else {
                throw IOFailure(message: "\(printable(named.string)): outside the repository")
            }
            whole = resolved
            _ = whole.removePrefix(top)
        } else {
            whole = FilePath(bytes: prefix).pushing(named)
        }
        whole.lexicallyNormalize()
        let bytes = whole.bytes
        if bytes.starts(with: "../".utf8) || bytes.elementsEqual("..".utf8) {
            throw IOFailure(message: "\(printable(named.string)): outside the repository")
        }
        return bytes.elementsEqual(".".utf8) ? [] : bytes
    }

    /// A path as it reads from the current directory.
    func shown(_ path: [UInt8]) -> [UInt8] {
        guard !prefix.isEmpty else { return path }
        var depth = 0
        var prefix = prefix[...]
        while !path.starts(with: prefix) {
            depth += 1
            let parent = prefix.dropLast().lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? prefix.startIndex
            prefix = prefix[..<parent]
        }
        return Array(repeatElement(Array("../".utf8), count: depth).joined()) + path[prefix.count...]
    }

    /// `:OLDMODE NEWMODE OLDID NEWID STATUS NUL PATH NUL`
    private static func changes(in listing: [UInt8]) throws -> [Change] {
        let fields = listing.split(separator: 0)
        return try stride(from: 0, to: fields.count - 1, by: 2).compactMap { index in
            let words = fields[index].dropFirst().split(separator: 0x20)
            guard words.count == 5 else { throw IOFailure(message: "git diff --raw: an answer of another form") }
            let path = Array(fields[index + 1])
            if words[4].first == UInt8(ascii: "U") { throw unmerged(path) }
            func side(_ mode: ArraySlice<UInt8>, _ id: ArraySlice<UInt8>) -> String? {
                isRegular(mode) ? String(decoding: id, as: UTF8.self) : nil
            }
            let change = Change(path: path, old: side(words[0], words[2]), new: side(words[1], words[3]))
            return change.old == nil && change.new == nil ? nil : change
        }
    }

    private static func isRegular(_ mode: ArraySlice<UInt8>) -> Bool { mode.starts(with: "100".utf8) }

    private static func unmerged(_ path: [UInt8]) -> IOFailure {
        IOFailure(message: "\(printable(String(decoding: path, as: UTF8.self))): a merge left it unresolved")
    }

    // MARK: Running git

    /// Bytes that git may print: a tree of a million names.
    private static let outputLimit = 256 << 20

    private static func run(_ arguments: [String]) throws -> [UInt8] {
        let answer = try output(of: arguments)
        guard answer.isSuccess else {
            let words = line(answer.errors).replacing("fatal: ", with: "")
            throw IOFailure(message: words.isEmpty ? "git \(arguments[0]) failed" : "git: \(printable(words))")
        }
        return answer.output
    }

    struct Answer {
        var isSuccess: Bool
        var output: [UInt8]
        var errors: [UInt8]
    }

    static func output(of arguments: [String]) throws -> Answer {
        let result: Result<Answer, IOFailure> = waitFor {
            do {
                let result = try await Subprocess.run(
                    .name("git"), arguments: Arguments(common + arguments), environment: environment,
                    output: .bytes(limit: outputLimit), error: .bytes(limit: 1 << 16))
                return .success(
                    Answer(
                        isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
                        errors: result.standardError))
            } catch {
                return .failure(notRun(error))
            }
        }
        return try result.get()
    }

    /// fsmonitor is a program that the configuration names.
    fileprivate static let common = [
        "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "diff.relative=false",
    ]
    /// Without what would make git read `:/` as a name.
    fileprivate static var environment: Environment {
        .inherit.updating([
            "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": nil, "GIT_GLOB_PATHSPECS": nil,
            "GIT_NOGLOB_PATHSPECS": nil, "GIT_ICASE_PATHSPECS": nil,
        ])
    }

    fileprivate static func notRun(_ error: any Error) -> IOFailure {
        guard let error = error as? SubprocessError else { return IOFailure(message: "cannot run git: \(error)") }
        switch error.code {
        case .executableNotFound: return IOFailure(message: "git is not installed: it is needed to read versions")
        case .outputLimitExceeded: return IOFailure(message: "git printed more than \(outputLimit >> 20) MiB")
        default: return IOFailure(message: "cannot run git: \(error)")
        }
    }

    /// The first line.
    private static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
}

/// Contents of git's objects by their ids, through one `git cat-file --batch`. Used by one thread at a time.
final class GitObjects {
    private let requests: FileDescriptor
    private let answers: FileDescriptor
    private var buffer: [UInt8] = []
    private var place = 0
    /// Where in the answers the next one begins is not known.
    private var isBroken = false

    /// Bytes of one object that are read at most.
    static let sizeLimit = 256 << 20

    init() throws {
        let input = try Self.pipe(), output = try Self.pipe()
        requests = input.write
        answers = output.read
        Task.detached {
            // It ends when its input does; what it cannot say shows as an answer that ends early.
            _ = try? await Subprocess.run(
                .name("git"), arguments: Arguments(GitRepository.common + ["cat-file", "--batch"]),
                environment: GitRepository.environment,
                input: .fileDescriptor(input.read, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output.write, closeAfterSpawningProcess: true), error: .discarded)
        }
    }

    deinit {
        try? requests.close()
        try? answers.close()
    }

    /// The content of a blob.
    ///
    /// - Parameter limit: bytes that it may have; of more nothing is kept.
    func content(of id: String, limit: Int = sizeLimit) throws -> [UInt8] {
        guard !isBroken else { throw IOFailure(message: "git cat-file: an earlier answer was not read to its end") }
        do {
            _ = try requests.writeAll(Array("\(id)\n".utf8))
        } catch let error as Errno {
            throw IOFailure("git cat-file", error.rawValue)
        }
        // ID TYPE SIZE LF, SIZE bytes, LF
        isBroken = true
        let header = try line()
        let words = header.split(separator: " ")
        guard words.count == 3, words[0] == id, let size = Int(words[2]) else {
            // "ID missing": the next answer is whole again.
            isBroken = !(words.count == 2 && words[0] == id)
            throw IOFailure(message: "git cat-file: \(printable(header))")
        }
        var content: [UInt8] = []
        content.reserveCapacity(min(size, limit) + 1)
        var left = size + 1
        while left > 0 {
            if place == buffer.count { try fill() }
            let part = min(buffer.count - place, left)
            if size <= limit { content += buffer[place..<(place + part)] }
            place += part
            left -= part
        }
        isBroken = false
        guard size <= limit else { throw IOFailure(message: "\(id): over \(limit >> 20) MiB") }
        content.removeLast()
        return content
    }

    private func line() throws -> String {
        var line: [UInt8] = []
        while line.count < 200 {
            if place == buffer.count { try fill() }
            let byte = buffer[place]
            place += 1
            if byte == 0x0a { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw IOFailure(message: "git cat-file: an answer of another form")
    }

    private func fill() throws {
        do {
            buffer = try [UInt8](unsafeUninitializedCapacity: 128 << 10) { space, count in
                count = try answers.read(into: UnsafeMutableRawBufferPointer(space))
            }
        } catch let error as Errno {
            throw IOFailure("git cat-file", error.rawValue)
        }
        place = 0
        if buffer.isEmpty { throw IOFailure(message: "git cat-file ended early") }
    }

    private static func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
        do {
            let (read, write) = try FileDescriptor.pipe()
            // No other program holds an end open.
            for end in [read, write] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
            return (read, write)
        } catch let error as Errno {
            throw IOFailure("cannot make a pipe", error.rawValue)
        }
    }
}
