import Glibc

/// A growing buffer of bytes that is used again.
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
