import LibvirtWords

/// Takes messages out of a stream of bytes: each has a header with its length, an empty line, and its content (LSP 3.17,
/// "Base Protocol"). After a malformed header, reading goes on with the next `Content-Length`.
struct FrameReader {
    /// The most bytes of a message. A longer one is skipped.
    static let mostContent = 64 << 20
    /// The most bytes of a header.
    static let mostHeader = 4096

    /// One step of reading.
    enum Frame: Equatable {
        case content([UInt8])
        case malformed(RPCError)
    }

    private var held: [UInt8] = []
    private var start = 0
    private var toSkip = 0

    mutating func add(_ bytes: some Collection<UInt8>) {
        if start > 0 { held.removeFirst(start) }
        start = 0
        held += bytes
    }

    /// The next message, or what is wrong with it; nil if its end has not come.
    mutating func next() -> Frame? {
        let skipped = min(toSkip, held.count - start)
        start += skipped
        toSkip -= skipped
        guard toSkip == 0 else { return nil }
        // Only so many bytes are looked at, so that the result does not depend on how the stream is cut.
        let window = start..<min(held.count, start + Self.mostHeader + 4)
        guard let end = held[window].firstOccurrence(of: "\r\n\r\n".utf8) else {
            guard window.count == Self.mostHeader + 4 else { return nil }
            // The beginning of a name can have come without its end.
            resume(before: window.upperBound, else: window.upperBound - Self.name.count)
            return .malformed(RPCError(.invalidRequest, "a header is longer than \(Self.mostHeader) bytes"))
        }
        guard let length = Self.contentLength(in: held[start..<end.lowerBound]) else {
            resume(before: end.upperBound, else: end.upperBound)
            return .malformed(RPCError(.invalidRequest, "a header without a valid Content-Length"))
        }
        guard length <= Self.mostContent else {
            start = end.upperBound
            toSkip = length
            return .malformed(RPCError(.invalidRequest, "a message of more than \(Self.mostContent >> 20) MiB is skipped"))
        }
        guard held.count - end.upperBound >= length else { return nil }
        start = end.upperBound + length
        return .content(Array(held[end.upperBound..<start]))
    }

    private static let name = Array("Content-Length:".utf8)

    /// Goes on at the next header that begins before `limit`, or else at another place.
    private mutating func resume(before limit: Int, else other: Int) {
        start = held[start..<limit].dropFirst().firstOccurrence(of: Self.name)?.lowerBound ?? other
    }

    /// The value of the last `Content-Length`; nil if there is none, or a line that is no field.
    private static func contentLength(in header: ArraySlice<UInt8>) -> Int? {
        var length: Int?
        for line in String(decoding: header, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            guard line[..<colon].lowercased() == "content-length" else { continue }
            let value = line[line.index(after: colon)...].filter { $0 != " " && $0 != "\t" }
            guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value) else {
                return nil
            }
            length = number
        }
        return length
    }
}
