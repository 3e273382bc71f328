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
                .name("git"), arguments: Arguments(GitProgram.common + ["cat-file", "--batch"]),
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
        guard !isBroken else { throw IOFailure(message: "git cat-file: an earlier answer could not be read") }
        if let answer = early.removeValue(forKey: id) {
            earlySize -= (try? answer.get().count) ?? 0
            return try answer.get()
        }
        try send(id)
        while !sent.isEmpty {
            let next = sent.removeFirst()
            if next == id { return try answer(to: id, limit: limit).get() }
            let answer = try answer(to: next, limit: Files.definitionLimit)
            early[next] = answer
            earlySize += (try? answer.get().count) ?? 0
            if earlySize > Self.mostEarly { (early, earlySize) = ([:], 0) }
        }
        throw IOFailure(message: "git cat-file: no answer for \(id)")
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

    /// Reads the next answer: ID TYPE SIZE LF, SIZE bytes, LF.
    private func answer(to id: String, limit: Int) throws -> Result<[UInt8], IOFailure> {
        isBroken = true
        let header = try line()
        let words = header.split(separator: " ")
        guard words.count == 3, words[0] == id, let size = Int(words[2]) else {
            // The answer "ID missing" is complete, so the place of the next answer is known.
            isBroken = !(words.count == 2 && words[0] == id)
            return .failure(IOFailure(message: "git cat-file: \(printable(header))"))
        }
        var content: [UInt8] = []
        content.reserveCapacity(min(size, limit) + 1)
        var left = size + 1
        while left > 0 {
            if bytes.isEmpty { try fill() }
            let part = bytes.prefix(left)
            if size <= limit { content += part }
            bytes = bytes.dropFirst(part.count)
            left -= part.count
        }
        isBroken = false
        guard size <= limit else { return .failure(IOFailure(message: "\(id): larger than \(limit >> 20) MiB")) }
        content.removeLast()
        return .success(content)
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
