import DomainXML
import Fuzzing
import Lint

/// The input is a stream of definitions, behind four bytes that choose target and purpose, encoding, how the stream is
/// cut, and where another reader takes over.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var input = Input(start, count)
    let judging = Judging(input.choice())
    let encoding = input.choice(), cuts = Cuts(input.choice()), takeover = input.choice()
    let bytes = encoded(input.rest, encoding)
    guard !bytes.isEmpty else { return 0 }

    let whole = Reading.of(bytes, judging, checks: true)
    expect(whole.error != nil || whole.seen == bytes, "every byte is handed on, once and in order")
    expect(bytes.starts(with: whole.seen), "what is handed on before a fault is the input's beginning")
    let cut = Reading.of(bytes, judging, cuts)
    expect(isSame(cut.outcome, whole.outcome), "chunks of another size give the same", difference(whole.outcome, cut.outcome))
    checkTakeover(bytes, judging, whole.outcome, takeover)
    compareWithTree(bytes, whole)

    guard whole.error == nil else { return 0 }
    switch judging.purpose {
    case .rewrite:
        let again = Reading.of(whole.outcome.output, judging, checks: true)
        expect(again.error == nil, "what was written can be read", "\(again.error!)")
        expect(again.outcome.output == whole.outcome.output, "filtered twice is filtered once",
            String(decoding: again.outcome.output, as: UTF8.self))
    default:
        // As check --fix does, which gives up after 20 turns.
        var reading = whole
        for turn in 0... {
            if reading.fixes == 0 { break }
            expect(turn < 20, "fixes come to an end", String(decoding: reading.outcome.output, as: UTF8.self))
            reading = Reading.of(reading.outcome.output, judging, checks: true)
            expect(reading.error == nil, "what was mended can be read", "\(reading.error!)")
        }
    }
    return 0
}

/// Whether two outcomes are the same, except that more or less of the beginning of a document that is no domain may be
/// written before its fault is seen.
private func isSame(_ one: Reading.Outcome, _ other: Reading.Outcome) -> Bool {
    guard let error = one.error, let otherError = other.error else { return one == other }
    // Of two faults, which one is seen first depends on the pieces, and so do libxml2's words for a byte that is not
    // UTF-8; rubbish may be taken for a document that is cut off or for none.
    func isRefused(_ error: MalformedInput) -> Bool { error.kind != .malformed && error.kind != .noDocument }
    return one.findings == other.findings && one.remarks == other.remarks && isRefused(error) == isRefused(otherError)
        && one.domainsEnd == other.domainsEnd && (one.output.starts(with: other.output) || other.output.starts(with: one.output))
}

/// A reader that begins where another one stands between two documents gives what that one would have given: what the
/// filter's two threads rest on.
private func checkTakeover(_ bytes: [UInt8], _ judging: Judging, _ whole: Reading.Outcome, _ choice: Int) {
    let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: ">") }
    guard choice > 0, !ends.isEmpty else { return }
    let end = ends[choice % ends.count] + 1
    let reading = Reading(judging)
    let reader = DomainReader(handler: reading)
    do {
        try bytes[..<end].withUnsafeBytes { try reader.feed($0) }
    } catch { return }
    guard let place = reader.place, place.offset == end else { return }
    expect(reader.end == place, "a reader between two documents stands at its end")
    let dropped = reader.lastWasDropped
    let stretch = bytes[end...].withUnsafeBytes { reader.read(stretch: $0, at: place, isLast: true) }
    expect(!dropped, "nothing is dropped here")
    var outcome = reading.outcome
    outcome.error = stretch.error as? MalformedInput
    expect(isSame(outcome, whole), "another reader goes on as the first would have", difference(whole, outcome))
}

/// ISO-8859-1 for bytes of any sort, UTF-16 for text.
private func encoded(_ bytes: [UInt8], _ choice: Int) -> [UInt8] {
    switch choice % 8 {
    case 1, 2, 3:
        guard let text = String(validating: bytes, as: UTF8.self) else { return bytes }
        let isBig = choice % 8 == 2
        // Without a byte order mark it cannot be told from rubbish; with a declaration it can.
        return (isBig ? [0xfe, 0xff] : [0xff, 0xfe]) + utf16(text, isBig: isBig)
    case 4: return Array("<?xml version='1.0' encoding='ISO-8859-1'?>\n".utf8) + bytes
    default: return bytes
    }
}

private func difference(_ one: Reading.Outcome, _ other: Reading.Outcome) -> String {
    if one.error != other.error { return "\(String(describing: one.error)) \(String(describing: other.error))" }
    if one.output != other.output {
        return String(decoding: one.output, as: UTF8.self) + "\n  ----\n  " + String(decoding: other.output, as: UTF8.self)
    }
    return "\(one.findings)\n  ----\n  \(other.findings)"
}
