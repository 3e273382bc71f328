import Oracle

/// A definition before and after: the same to the byte but for the first `<cpu>` of each of its domains, by the oracle's
/// places, and the same tree.
struct Comparison {
    private let old: [UInt8]
    private let part: Range<Int>
    private let new: [UInt8]
    private let document: Stream.Document

    /// - Parameters:
    ///   - part: of `old`, which `new` came from.
    ///   - document: of `old`, that the part is or lies in.
    init(_ old: [UInt8], _ part: Range<Int>, _ new: ArraySlice<UInt8>, _ document: Stream.Document) {
        self.old = old
        self.part = part
        self.new = Array(new)
        self.document = document
    }

    /// Two streams of whole definitions.
    static func difference(_ old: [UInt8], _ new: [UInt8]) -> String? {
        if old == new { return nil }
        let before = Stream(old), after = Stream(new)
        guard before.documents.count == after.documents.count else { return "\(before.documents.count) documents became \(after.documents.count)" }
        var a = 0, b = 0
        for (was, now) in zip(before.documents, after.documents) {
            if old[a..<was.range.lowerBound] != new[b..<now.range.lowerBound] { return "something between documents changed" }
            if let difference = Comparison(old, was.range, new[now.range], was).difference() { return difference }
            a = was.range.upperBound
            b = now.range.upperBound
        }
        return old[a...] == new[b...] ? nil : "something behind the last document changed"
    }

    func difference() -> String? {
        if old[part] == new[...] { return nil }
        let isWhole = part == document.range
        // Comments before an XML declaration are for nobody else to read.
        let skipped = isWhole ? document.origin - part.lowerBound : 0
        guard new.count >= skipped, old[part].prefix(skipped) == new.prefix(skipped) else { return "something before the document changed" }
        var written = oracle_document()
        let isRead = new[skipped...].withUnsafeBytes { bytes in
            oracle_read(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, document.units, encoding(isWhole), &written)
        }
        defer { oracle_free(&written) }
        guard isRead == 1 else { return "what was written is not well-formed: \(written.words)" }
        let start = document.origin
        let before = document.domains.filter { part.contains(start + $0.start) }
        let after = UnsafeBufferPointer(start: written.domains, count: written.domain_count)
        guard before.count == after.count else { return "\(before.count) domains became \(after.count)" }
        var a = part.lowerBound + skipped, b = skipped
        for (was, now) in zip(before, after) {
            if old[a..<start + was.start] != new[b..<skipped + now.start] { return "something outside a domain changed" }
            if let difference = difference(was, now, skipped) { return difference }
            a = start + was.end
            b = skipped + now.end
        }
        if old[a..<part.upperBound] != new[b...] { return "something behind a domain changed" }
        if isWhole, oracle_same(&document.read, &written) == 0 { return "another tree outside <cpu>, or something in it that stays" }
        return nil
    }

    /// What the bytes are in, where they do not say it themselves.
    private func encoding(_ isWhole: Bool) -> UnsafePointer<CChar>? {
        if isWhole || document.continued != nil { return document.continued }
        return switch document.units {
        case ORACLE_LITTLE: Stream.name("UTF-16LE")
        case ORACLE_BIG: Stream.name("UTF-16BE")
        default: document.read.encoding
        }
    }

    /// The bytes round the `<cpu>` are the same; one that came or went brings or takes the white space on one side of it.
    private func difference(_ was: oracle_domain, _ now: oracle_domain, _ skipped: Int) -> String? {
        if was.is_running != 0, old[document.origin + was.start..<document.origin + was.end] != new[skipped + now.start..<skipped + now.end] {
            return "a running domain changed"
        }
        return switch (Self.cut(old, was, document.origin), Self.cut(new, now, skipped)) {
        case ((let a, nil), (let b, nil)): a == b ? nil : "a domain without <cpu> changed"
        case ((let a, let c?), (let b, let d?)): a == b && c == d ? nil : "a byte outside <cpu> changed"
        case ((let a, let c?), (let b, nil)): isAround(a, c, b) ? nil : "the <cpu> that went took more along"
        case ((let a, nil), (let b, let d?)): isAround(b, d, a) ? nil : "the <cpu> that came brought more along"
        }
    }

    private static func cut(_ bytes: [UInt8], _ domain: oracle_domain, _ from: Int) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?) {
        let start = domain.start + from, end = domain.end + from
        guard domain.cpu_end > domain.cpu_start else { return (bytes[start..<end], nil) }
        return (bytes[start..<domain.cpu_start + from], bytes[domain.cpu_end + from..<end])
    }

    /// Whether `whole` is what is left of both when what lies between them is taken out.
    private func isAround(_ before: ArraySlice<UInt8>, _ behind: ArraySlice<UInt8>, _ whole: ArraySlice<UInt8>) -> Bool {
        let width = document.units == ORACLE_BYTES ? 1 : 2
        func isBlank(_ unit: ArraySlice<UInt8>) -> Bool {
            let code = document.units == ORACLE_BIG ? Array(unit.reversed()) : Array(unit)
            return [9, 10, 13, 32].contains(code[0]) && code.dropFirst().allSatisfy { $0 == 0 }
        }
        var head = before, tail = behind
        while head.count >= width, isBlank(head.suffix(width)) { head = head.dropLast(width) }
        while tail.count >= width, isBlank(tail.prefix(width)) { tail = tail.dropFirst(width) }
        let left = before[head.endIndex...], right = behind[..<tail.startIndex]
        return [left, right].contains { head + $0 + tail == whole }
    }
}
