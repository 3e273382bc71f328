import Glibc

/// A program that was started.
package struct RunningProgram {
    package internal(set) var process: pid_t = 0
    /// Where the output is captured; nil where it goes elsewhere.
    var output: ScratchFile?
    var errors: ScratchFile?

    /// Waits for the end of the program.
    package func wait() -> Outcome {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return Outcome(
            status: signal == 0 ? (status >> 8) & 0xff : nil, signal: signal == 0 ? nil : signal,
            output: output?.contents ?? [], errors: String(decoding: errors?.contents ?? [], as: UTF8.self))
    }

    /// The most memory that the program has held so far, in bytes; nil once it has ended. (`ru_maxrss` would include what
    /// the tests themselves held when they started the program.)
    package var peakMemory: Int? {
        guard let descriptor = Optional(open("/proc/\(process)/status", O_RDONLY | O_CLOEXEC)), descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = String(decoding: readAll(descriptor), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}
