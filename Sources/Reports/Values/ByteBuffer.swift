import Glibc

/// A growing buffer of bytes. Its memory is kept for the next text or document.
package final class ByteBuffer {
    private var base: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    package private(set) var count = 0

    package init() {}

    deinit { free(base) }

    /// Makes the capacity at least `wanted` bytes, with those that are in use.
    ///
    /// - Returns: whether there was memory for it.
    package func reserve(_ wanted: Int) -> Bool {
        if wanted <= capacity { return true }
        guard let larger = realloc(base, wanted) else { return false }
        base = larger.assumingMemoryBound(to: UInt8.self)
        capacity = wanted
        return true
    }

    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// The bytes as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package func removeAll() { count = 0 }

    /// Adds bytes. Traps where there is no memory for them.
    package func append(_ more: UnsafeRawBufferPointer) {
        guard let start = more.baseAddress, more.count > 0 else { return }
        makeRoom(for: more.count)
        memcpy(base! + count, start, more.count)
        count += more.count
    }

    /// Adds a byte `times` times; nothing if that is below 1.
    package func append(_ byte: UInt8, times wanted: Int = 1) {
        guard wanted > 0 else { return }
        makeRoom(for: wanted)
        (base! + count).update(repeating: byte, count: wanted)
        count += wanted
    }

    package func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a number that is not negative, in decimal digits, behind blanks that fill it up to a width.
    package func append(_ number: Int, width: Int = 1) {
        if number >= 10 {
            append(number / 10, width: width - 1)
        } else {
            append(UInt8(ascii: " "), times: width - 1)
        }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    private func makeRoom(for more: Int) {
        if count + more > capacity { precondition(reserve(max(2 * capacity, count + more)), "out of memory") }
    }
}
