import Glibc

/// What becomes of changes that have findings.
package enum EditDecision: Sendable {
    case editAgain, save, discard

    /// Asks the person at the terminal.
    ///
    /// - Returns: nil if the input is no terminal, or ends.
    static func ask(_ channels: Channels) -> EditDecision? {
        guard isatty(channels.input) == 1 else { return nil }
        while true {
            channels.sendErrors("virt-cpu: edit again (e), save anyway (s), or throw the changes away (t)? ")
            guard let line = line(from: channels.input) else { return nil }
            switch line.lowercased() {
            case "e", "edit", "": return .editAgain
            case "s", "save": return .save
            case "t", "throw": return .discard
            default: continue
            }
        }
    }

    /// A line without blanks; nil at the end of the input. It is read byte by byte, because the rest is for the editor.
    private static func line(from descriptor: Int32) -> String? {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self) }
            if bytes.count < 64 { bytes.append(byte) }
        }
    }
}
