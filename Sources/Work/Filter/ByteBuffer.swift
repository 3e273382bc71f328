import Glibc

/// A growing buffer of bytes that is used again.
final class ByteBuffer {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    var count = 0

    /// - Parameter capacity: bytes that fit in without growing.
    /// - Throws: `IOFailure` where there is no memory.
    init(capacity: Int) throws {
        base = try Self.allocated(capacity)
        self.capacity = capacity
    }

    /// Memory that `free` releases. Swift's own allocation would end the program where there is none.
    static func allocated(_ count: Int) throws -> UnsafeMutableRawPointer {
        guard let memory = malloc(count) else { throw IOFailure(message: "out of memory") }
        return memory
    }

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
