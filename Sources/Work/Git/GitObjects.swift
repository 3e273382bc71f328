import Glibc
import Reports
import Subprocess
import SystemPackage

/// The contents of git's objects by their ids, through one `git cat-file --batch`. Only one thread may use it at a
/// time.
final class GitObjects {
    private let requests: FileDescriptor
    private let answers: FileDescriptor
    private var buffer: [UInt8] = []
    private var place = 0
    /// The place of the next answer is not known any more.
    private var isBroken = false

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
    }

    /// The content of a blob.
    ///
    /// - Parameter limit: the most bytes that it may have. A larger one is read to its end and thrown away.
    func content(of id: String, limit: Int = Files.definitionLimit) throws -> [UInt8] {
        guard !isBroken else { throw IOFailure(message: "git cat-file: an earlier answer could not be read") }
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
            // The answer "ID missing" is complete, so the place of the next answer is known.
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
        guard size <= limit else { throw IOFailure(message: "\(id): larger than \(limit >> 20) MiB") }
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
        throw IOFailure(message: "git cat-file printed something unexpected")
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
        if buffer.isEmpty { throw IOFailure(message: "git cat-file ended unexpectedly") }
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
