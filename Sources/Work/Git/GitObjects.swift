import Glibc
import Reports
import Subprocess
import SystemPackage

/// The contents of git's objects by their ids, through one `git cat-file --batch`. Only one thread may use it at a
/// time.
///
/// Ids that will be asked for can be named beforehand (`expect`). They are sent ahead, so that git looks for an object
/// while another one is judged.
final class GitObjects {
    private let requests: FileDescriptor
    private let answers: FileDescriptor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
    private var bytes = UnsafeRawBufferPointer(start: nil, count: 0)[...]
    /// The place of the next answer is not known any more.
    private var isBroken = false

    /// The ids that will be asked for and are not sent yet, the next one last.
    private var expected: [String] = []
    /// The ids whose answers are not read, in the order in which they were sent.
    private var sent: [String] = []
    /// Answers that were read before somebody asked for them: several threads ask, and not quite in order.
    private var early: [String: Result<[UInt8], IOFailure>] = [:]
    private var earlySize = 0
    /// All their requests together fit into a pipe, so that sending them never waits for git.
    private static let mostSent = 64
    /// If nobody asks for the early answers, they are forgotten. Who asks later sends again.
    private static let mostEarly = 8 << 20

    init() throws {
        let input = try Self.pipe(), output = try Self.pipe()
        requests = input.write
        answers = output.read
        Task.detached {
            // git ends when its input does. A failure of git shows as an answer that ends early.
            _ = try? await Subprocess.run(
                .name("git"), arguments: Arguments(GitProgram.common + GitProgram.inPieces + ["cat-file", "--batch"]),
                environment: GitProgram.environment,
                input: .fileDescriptor(input.read, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output.write, closeAfterSpawningProcess: true), error: .discarded)
        }
    }

    deinit {
        try? requests.close()
        try? answers.close()
        buffer.deallocate()
    }

    /// Names the contents that will be asked for, about in this order, in place of those that were named before.
    func expect(_ ids: [String]) {
        var seen: Set<String> = []
        expected = ids.filter { seen.insert($0).inserted }.reversed()
    }

    /// The content of a blob.
    ///
    /// - Parameter limit: the most bytes that it may have. A larger one is read to its end and thrown away.
    func content(of id: String, limit: Int = Files.definitionLimit) throws -> [UInt8] {
        guard let content = try content(of: id, upTo: limit) else { throw Self.tooLarge(id, limit) }
        return content
    }

    /// The content of a blob; nil if it has more bytes than the limit.
    func content(of id: String, upTo limit: Int) throws -> [UInt8]? {
        guard !isBroken else { throw IOFailure(message: "git cat-file: an earlier answer could not be read") }
        if let answer = early.removeValue(forKey: id) {
            earlySize -= (try? answer.get().count) ?? 0
            return try answer.get()
        }
        try send(id)
        while !sent.isEmpty {
            let next = sent.removeFirst()
            if next == id { return try answer(to: id, limit: limit)?.get() }
            // A long one is not kept. Who asks for it sends again.
            guard let answer = try answer(to: next, limit: Self.mostEarly) else { continue }
            early[next] = answer
            earlySize += (try? answer.get().count) ?? 0
            if earlySize > Self.mostEarly { (early, earlySize) = ([:], 0) }
        }
        throw IOFailure(message: "git cat-file: no answer for \(id)")
    }

    /// Hands over the content of a blob in pieces, so that it is never in memory as a whole. Nothing else may be asked
    /// before.
    /// - Throws: what `take` throws; after that, nothing else may be asked.
    func read(_ id: String, limit: Int, into take: (UnsafeRawBufferPointer) throws -> Void) throws {
        try send(id)
        sent.removeAll()
        let size = try size(of: id).get()
        guard size <= limit else { throw Self.tooLarge(id, limit) }
        try pieces(of: size, into: take)
    }

    private static func tooLarge(_ id: String, _ limit: Int) -> IOFailure {
        IOFailure(message: "\(id): larger than \(limit >> 20) MiB")
    }

    /// Sends the requests for an id, unless it is on its way, and for those that are expected after it.
    private func send(_ id: String) throws {
        var ids: [String] = []
        if sent.count <= Self.mostSent / 2 {
            while sent.count + ids.count < Self.mostSent, let next = expected.popLast() { ids.append(next) }
        }
        if !sent.contains(id), !ids.contains(id) { ids.append(id) }
        if ids.isEmpty { return }
        do {
            _ = try requests.writeAll(Array(ids.map { "\($0)\n" }.joined().utf8))
        } catch let error as Errno {
            throw IOFailure("git cat-file", error.rawValue)
        }
        sent += ids
    }

    /// Reads the next answer; nil for content beyond the limit.
    private func answer(to id: String, limit: Int) throws -> Result<[UInt8], IOFailure>? {
        let size: Int
        switch try self.size(of: id) {
        case .failure(let failure): return .failure(failure)
        case .success(let found): size = found
        }
        var content: [UInt8] = []
        let isWanted = size <= limit
        if isWanted { content.reserveCapacity(size) }
        try pieces(of: size) { if isWanted { content += $0 } }
        return isWanted ? .success(content) : nil
    }

    /// Reads the beginning of the next answer, ID TYPE SIZE LF, behind which come SIZE bytes and LF.
    private func size(of id: String) throws -> Result<Int, IOFailure> {
        isBroken = true
        let header = try line()
        let words = header.split(separator: " ")
        if words.count == 3, words[0] == id, let size = Int(words[2]), size >= 0 { return .success(size) }
        // The answer "ID missing" is complete, so the place of the next answer is known.
        isBroken = !(words.count == 2 && words[0] == id)
        return .failure(IOFailure(message: "git cat-file: \(printable(header))"))
    }

    /// Reads content, and the LF behind it.
    private func pieces(of size: Int, into take: (UnsafeRawBufferPointer) throws -> Void) throws {
        var left = size
        while left > 0 {
            if bytes.isEmpty { try fill() }
            let part = bytes.prefix(left)
            bytes = bytes.dropFirst(part.count)
            left -= part.count
            try take(UnsafeRawBufferPointer(rebasing: part))
        }
        if bytes.isEmpty { try fill() }
        bytes = bytes.dropFirst()
        isBroken = false
    }

    private func line() throws -> String {
        var line: [UInt8] = []
        while line.count < 200 {
            if bytes.isEmpty { try fill() }
            let byte = bytes.removeFirst()
            if byte == 0x0a { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw IOFailure(message: "git cat-file printed something unexpected")
    }

    private func fill() throws {
        do {
            bytes = UnsafeRawBufferPointer(rebasing: buffer[..<(try answers.read(into: buffer))])[...]
        } catch let error as Errno {
            throw IOFailure("git cat-file", error.rawValue)
        }
        if bytes.isEmpty { throw IOFailure(message: "git cat-file ended unexpectedly") }
    }

    private static func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
        do {
            let (read, write) = try FileDescriptor.pipe()
            // Other programs that are started must not inherit an end of the pipe.
            for end in [read, write] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
            return (read, write)
        } catch let error as Errno {
            throw IOFailure("cannot make a pipe", error.rawValue)
        }
    }
}
