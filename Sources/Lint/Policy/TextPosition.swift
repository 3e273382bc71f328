/// A position in a text: a line, and a column in Unicode scalars, both counted from 1.
struct TextPosition: Equatable {
    var line: Int
    var column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The position of the byte at `offset`.
    init(ofByte offset: Int, in bytes: [UInt8]) {
        let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let before = String(decoding: bytes[min(isMarked ? 3 : 0, offset)..<offset], as: UTF8.self)
        (line, column) = (1, 1)
        var previous: Unicode.Scalar?
        for scalar in before.unicodeScalars {
            switch scalar {
            case "\n" where previous == "\r": break  // the second byte of a line ending
            case "\n", "\r": (line, column) = (line + 1, 1)
            default: column += 1
            }
            previous = scalar
        }
    }
}
