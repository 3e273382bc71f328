import Glibc
import TestSupport
import Testing

@Suite("Endless input")
struct EndlessInputTests {
    static let good = Definitions.passthrough

    static let endless = "a tag, a value or a comment is longer than 10 MB"

    struct Flood: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var beginning: String
        var unit = "x"
        /// The most bytes that can be written before the input is refused.
        var limit: Int
        /// The most memory, in bytes.
        var peak: Int
        /// The message without the place.
        var message: String
        var arguments: [String] = []
    }

    /// libxml2 accepts up to 10 MB of one attribute. A comment has the same limit as a processing instruction, but libxml2
    /// takes long to reach it: make torture has one. A domain is kept up to --max-domain-size, in a buffer that doubles.
    @Test("A gigabyte, generated as it is read, is refused early and in bounded memory", arguments: [
        Flood(testDescription: "attribute", beginning: "<domain a='", limit: 16 << 20, peak: 64 << 20, message: "a start tag is longer than 524288 bytes"),
        Flood(testDescription: "attribute outside a domain", beginning: "<other a='", limit: 16 << 20, peak: 64 << 20, message: "a start tag is longer than 524288 bytes"),
        Flood(testDescription: "element name", beginning: "<domain><", limit: 16 << 20, peak: 64 << 20, message: "a start tag is longer than 524288 bytes"),
        Flood(testDescription: "processing instruction", beginning: "<domain><?a ", limit: 16 << 20, peak: 64 << 20, message: Self.endless),
        Flood(testDescription: "text", beginning: "<domain><title>", limit: 32 << 20, peak: 96 << 20,
              message: "a domain is larger than 16777216 bytes (see --max-domain-size)", arguments: ["--max-domain-size", "16M"]),
        Flood(testDescription: "elements", beginning: "<domain>", unit: "<a/>", limit: 16 << 20, peak: 64 << 20,
              message: "a domain is larger than 8388608 bytes (see --max-domain-size)", arguments: ["--max-domain-size", "8M"]),
    ])
    func flood(_ flood: Flood) {
        let ends = fifo()
        let program = Program(["filter", "--no-config", "--default", "keep", "--quiet"] + flood.arguments, input: .descriptor(ends.read)).start()
        close(ends.read)
        let chunk = [UInt8]((0..<(1 << 20) / flood.unit.utf8.count).flatMap { _ in Array(flood.unit.utf8) })
        var written = 0, peak = 0
        _ = writeAll(Array((Self.good + flood.beginning).utf8), to: ends.write)
        while written < 1 << 30, writeAll(chunk, to: ends.write) {
            written += chunk.count
            peak = max(peak, program.peakMemory ?? 0)
        }
        close(ends.write)
        let outcome = program.wait()
        print("\(flood.testDescription): refused within \(written >> 20) MiB, peak memory \(peak >> 20) MiB")
        #expect(outcome.status == 2)
        #expect(outcome.text == Self.good)
        #expect(written < flood.limit)
        #expect(peak < flood.peak)
        let place = flood.beginning == "<domain><" || flood.beginning == "<domain><?a " ? 9 : 1
        #expect(outcome.errors == "<stdin>:6:\(place): error: \(flood.message)\n")
    }
}
