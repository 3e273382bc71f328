import Glibc

/// Cuts an input into records. A record that is too long is passed over to its end and never held.
final class RecordReader {
    enum Piece {
        /// The bytes of a record without its delimiter, valid until the next call.
        case record(UnsafeRawBufferPointer)
        /// The beginning of a record that is longer than the limit.
        case tooLong(UnsafeRawBufferPointer)
    }

    private let input: StandardInput
    private let delimiter: UInt8
    /// The most bytes of a record.
    private let limit: Int
    private let beforeWaiting: () throws -> Void

    private var buffer: UnsafeMutableRawPointer
    private var capacity: Int
    /// The unread part of the buffer.
    private var start = 0, end = 0
    private var isAtEnd = false

    /// - Parameters:
    ///   - limit: the most bytes of a record.
    ///   - beforeWaiting: called before the reader waits for input, so that whoever waits for the answers gets them.
    init(_ input: StandardInput, _ framing: RecordFraming, limit: Int, beforeWaiting: @escaping () throws -> Void) {
        self.input = input
        self.limit = limit
        self.beforeWaiting = beforeWaiting
        delimiter = framing.delimiter
        capacity = 2 * StandardInput.chunk
        buffer = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// The next record; nil at the end.
    func next() throws -> Piece? {
        var searched = start
        while true {
            if let found = memchr(buffer + searched, Int32(delimiter), end - searched) {
                let place = found - UnsafeMutableRawPointer(buffer)
                defer { start = place + 1 }
                return .record(UnsafeRawBufferPointer(start: buffer + start, count: place - start))
            }
            searched = end
            if end - start > limit { return try passOver() }
            if isAtEnd {
                guard end > start else { return nil }
                defer { start = end }
                return .record(UnsafeRawBufferPointer(start: buffer + start, count: end - start))
            }
            let moved = start
            try fill()
            searched -= moved - start
        }
    }

    /// Passes over the rest of a record, and returns its beginning.
    private func passOver() throws -> Piece {
        let kept = min(end - start, Self.mostKept)
        memmove(buffer, buffer + start, kept)
        (start, end) = (kept, kept)
        while !isAtEnd {
            try fill(keeping: kept)
            if let found = memchr(buffer + kept, Int32(delimiter), end - kept) {
                start = found - UnsafeMutableRawPointer(buffer) + 1
                break
            }
            (start, end) = (kept, kept)
        }
        return .tooLong(UnsafeRawBufferPointer(start: buffer, count: kept))
    }

    /// What is kept of a record that is passed over: the members before its definition.
    private static let mostKept = 64 << 10

    /// Reads more behind the unread bytes.
    ///
    /// - Parameter kept: bytes at the buffer's beginning that stay there.
    private func fill(keeping kept: Int = 0) throws {
        if kept == 0, start > 0 {
            memmove(buffer, buffer + start, end - start)
            (start, end) = (0, end - start)
        }
        if capacity - end < StandardInput.chunk {
            let larger = UnsafeMutableRawPointer.allocate(byteCount: 2 * capacity, alignment: 16)
            memcpy(larger, buffer, end)
            buffer.deallocate()
            buffer = larger
            capacity *= 2
        }
        if !input.isReadable { try beforeWaiting() }
        let count = try input.read(into: UnsafeMutableRawBufferPointer(start: buffer + end, count: StandardInput.chunk))
        if count == 0 { isAtEnd = true }
        end += count
    }
}
