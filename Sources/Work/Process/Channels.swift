import Glibc
import Reports

/// Where a run reads and writes, as file descriptors. Tests hand in files of their own.
package struct Channels: Sendable {
    package var input: Int32
    package var output: Int32
    package var errors: Int32

    package init(input: Int32, output: Int32, errors: Int32) {
        self.input = input
        self.output = output
        self.errors = errors
    }

    package static let standard = Channels(input: STDIN_FILENO, output: STDOUT_FILENO, errors: STDERR_FILENO)

    /// Prints a message, as a line, to the error channel. A failure to do so is ignored: nobody is left to tell.
    package func complain(_ message: String) {
        sendErrors(message.hasSuffix("\n") ? message : message + "\n")
    }

    /// Prints text to the error channel as it is.
    package func sendErrors(_ text: String) {
        var text = text
        text.withUTF8 { sendErrors(UnsafeRawBufferPointer($0)) }
    }

    /// Prints bytes to the error channel as they are.
    func sendErrors(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(errors, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }

    /// Prints text for a person to the output channel: on a terminal, prose is broken between words at its width.
    /// - Throws: `IOFailure` where it cannot be written.
    package func printProse(_ text: String) throws { try print(folded(text, to: outputWidth)) }

    /// As `complain`; on a terminal, the message is broken between words at its width.
    func complainProse(_ text: String) { complain(folded(text, to: Terminal(errors).width)) }

    /// The columns of the terminal that the output channel is; nil if it is none.
    package var outputWidth: Int? { Terminal(output).width }

    /// Prints text to the output channel.
    /// - Throws: `IOFailure` where it cannot be written.
    package func print(_ text: String) throws {
        let stream = OutputStream(output)
        try stream.write(text)
        try stream.flush()
    }
}
