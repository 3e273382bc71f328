import DomainXML
import Glibc
import Reports

/// A part of the stream that ends where a domain seems to end, and the result of filtering it. The result is valid only
/// if the part starts between two documents.
///
/// Unchecked, because the compiler cannot see that the queue gives a batch to one thread at a time.
final class FilterBatch: @unchecked Sendable {
    /// Bytes of a batch. With smaller ones the threads wait for each other more often; larger ones take four times the
    /// memory.
    static let size = 96 << 10
    static let capacity = size + (32 << 10)

    private let input: UnsafeMutableRawPointer
    private(set) var count = 0
    /// The place in the stream where the batch begins.
    var start = StreamPlace.beginning
    /// The beginning of the next batch.
    private(set) var next = StreamPlace.beginning
    /// The stream ends with this batch.
    var isLast = false

    // The result
    let output = ByteBuffer()
    let report = FilterReport()
    /// A finding counts: the exit status is 1.
    var isCounted = false
    private var result: DomainReader.Stretch?

    enum State { case waiting, taken, done }
    /// The state, which only the queue reads and writes.
    var state = State.waiting

    /// - Throws: `IOFailure` where there is no memory.
    init() throws {
        // Swift's own allocation would end the program where there is no memory.
        guard output.reserve(Self.size), let input = malloc(Self.capacity) else { throw IOFailure(message: "out of memory") }
        self.input = input
    }

    deinit { free(input) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: input, count: count) }
    /// Room for more input.
    var room: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: input + count, count: Self.capacity - count)
    }

    func begin(with carried: UnsafeRawBufferPointer) {
        count = 0
        isLast = false
        added(carried.count) { $0.copyMemory(from: carried) }
        output.removeAll()
        report.removeAll()
        isCounted = false
        result = nil
        state = .waiting
    }

    private func added(_ more: Int, _ copy: (UnsafeMutableRawBufferPointer) -> Void) {
        if more > 0 { copy(room) }
        count += more
    }

    /// Adds bytes that were written into `room`.
    func grow(by more: Int) { count += more }

    /// Ends the batch after the last end tag that could end a document; without such a tag, the batch stays whole.
    ///
    /// - Returns: the bytes after it, valid until the batch is used again.
    func cut() -> UnsafeRawBufferPointer {
        var end = count
        if !isLast {
            var place = count
            while place > 0 {
                place -= 1
                guard bytes[place] == 0x3c, let length = Self.endTag(UnsafeRawBufferPointer(rebasing: bytes[place...]))
                else { continue }
                end = place + length
                break
            }
        }
        let rest = UnsafeRawBufferPointer(start: input + end, count: count - end)
        count = end
        next = start.advanced(over: bytes)
        return rest
    }

    private static func endTag(_ bytes: UnsafeRawBufferPointer) -> Int? {
        for tag in ["</domain>", "</domstatus>", "</domainsnapshot>"] as [StaticString]
        where bytes.count >= tag.utf8CodeUnitCount
            && memcmp(bytes.baseAddress!, tag.utf8Start, tag.utf8CodeUnitCount) == 0
        {
            return tag.utf8CodeUnitCount
        }
        return nil
    }

    /// Reads the batch on the assumption that it starts between two documents.
    func read(with reader: DomainReader) { result = reader.read(stretch: bytes, at: start, isLast: isLast) }

    /// Whether the result is certain to be valid, provided that the batch begins between two documents.
    var isProved: Bool { isLast || result!.error != nil || result!.end == next }

    /// Writes the result.
    ///
    /// - Parameter dropped: the previous document was not written, and neither is the white space after it.
    /// - Returns: whether the last document of this batch was not written.
    func write(to sink: FilterOutput, dropped: Bool) throws -> Bool {
        sink.say(report)
        if isCounted { sink.isCounted = true }
        let result = result!
        let first = dropped ? result.leadingSeparators : 0
        try sink.bytes.write(UnsafeRawBufferPointer(rebasing: output.bytes[first...]))
        if let error = result.error { throw error }
        return result.hasDocument ? result.lastWasDropped : dropped
    }
}
