import Reports

/// What the fixes would change in an input, as a unified diff, until its turn to be printed comes.
enum InputDiff: Sendable {
    /// Of many short inputs, only what changes is held.
    case text([UInt8])
    /// The text of a long input can be longer than the input, so it is made while it is written.
    case long(UnifiedDiff)

    /// Bytes of both sides up to which an input is short.
    private static let short = 1 << 20

    init(path: [UInt8], from old: [UInt8], to new: [UInt8]) {
        let isShort = old.count + new.count <= Self.short
        self = isShort ? .text(UnifiedDiff.text(path: path, from: old, to: new)) : .long(UnifiedDiff(path: path, from: old, to: new))
    }

    /// - Throws: `IOFailure`.
    func write(to stream: OutputStream) throws {
        switch self {
        case .text(let text): try stream.write(text)
        case .long(let diff): try diff.write { try $0.withUnsafeBytes { try stream.write($0) } }
        }
    }
}
