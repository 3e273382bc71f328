import DomainXML
import Glibc
import Lint

/// A stretch of the stream that ends where a domain seems to end, and what filtering it came to if it began where
/// one document was over and the next had not begun.
///
/// Unchecked: the queue gives it to one thread at a time.
final class FilterBatch: @unchecked Sendable {
    /// Bytes of a batch. Less of it makes the threads wait for each other more often, more takes memory four times
    /// over.
    static let size = 96 << 10
    static let capacity = size + (32 << 10)

    private let input = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    private(set) var count = 0
    /// Where it begins in the stream.
    var start = StreamPlace.beginning
    /// Where the next one begins.
    private(set) var next = StreamPlace.beginning
    /// The stream ends with it.
    var isLast = false

    // What it came to
    let output = ByteBuffer()
    var words: [FilterWord] = []
    var found = false
    private var result: DomainReader.Stretch?

    enum State { case waiting, taken, done }
    /// The queue's.
    var state = State.waiting

    deinit {
        input.deallocate()
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: input, count: count) }
    /// Room for more input.
    var room: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: input + count, count: Self.capacity - count)
    }

    func begin(with carried: UnsafeRawBufferPointer) {
        count = 0
        isLast = false
        added(carried.count) { $0.copyMemory(from: carried) }
        output.count = 0
        words.removeAll(keepingCapacity: true)
        found = false
        result = nil
        state = .waiting
    }

    private func added(_ more: Int, _ copy: (UnsafeMutableRawBufferPointer) -> Void) {
        if more > 0 { copy(room) }
        count += more
    }

    /// That much of `room` was filled.
    func grow(by more: Int) { count += more }

    /// Ends it behind the last end tag that could be a document's; all of it where there is none.
    ///
    /// - Returns: what lies behind, valid until the batch begins anew.
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
        where bytes.count >= tag.utf8CodeUnitCount && memcmp(bytes.baseAddress!, tag.utf8Start, tag.utf8CodeUnitCount) == 0 {
            return tag.utf8CodeUnitCount
        }
        return nil
    }

    /// Filters it on the assumption that it begins between two documents.
    func filter(_ reader: DomainReader, _ stream: FilterStream) {
        stream.filling(self) { result = reader.read(stretch: bytes, at: start, isLast: isLast) }
    }

    /// Whether what it came to holds, given that its beginning was right.
    var isProved: Bool { isLast || result!.error != nil || result!.end == next }

    /// Writes what it came to.
    ///
    /// - Parameter dropped: the document before was not written, and the white space behind it goes with it.
    /// - Returns: the same of its last document.
    func write(to sink: FilterOutput, dropped: Bool) throws -> Bool {
        sink.say(words)
        if found { sink.found = true }
        let result = result!
        let first = dropped ? result.leadingSeparators : 0
        try sink.bytes.write(UnsafeRawBufferPointer(rebasing: output.bytes[first...]))
        if let error = result.error { throw error }
        return result.hasDocument ? result.lastWasDropped : dropped
    }
}

/// Bytes that grow and are used again.
final class ByteBuffer {
    private var base = UnsafeMutableRawPointer.allocate(byteCount: FilterBatch.size, alignment: 16)
    private var capacity = FilterBatch.size
    var count = 0

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func append(_ more: UnsafeRawBufferPointer) {
        guard let start = more.baseAddress, more.count > 0 else { return }
        if count + more.count > capacity {
            capacity = max(2 * capacity, count + more.count)
            base = realloc(base, capacity)!
        }
        memcpy(base + count, start, more.count)
        count += more.count
    }

    deinit { free(base) }
}
