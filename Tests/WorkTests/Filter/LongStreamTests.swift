import TestSupport
import Testing
import Work

/// Streams long enough for the second thread, which starts behind the first MiB.
@Suite("A long stream")
struct LongStreamTests {
    private func filter(_ input: [UInt8]) -> Outcome {
        WorkTests.filter(input, .testing("host-model") { $0.isQuiet = true })
    }

    /// Documents and what lies between them. Each is too short for the second thread. End tags, at which the stream is cut
    /// for the threads, stand also where no document ends.
    private static let pieces: [String] = {
        func domain(_ inside: String, type: String = "kvm") -> String {
            "<domain type='\(type)'><name>n</name><os><type arch='x86_64'>hvm</type></os>\(inside)</domain>\n"
        }
        let decoy = "</domain>\n<domain type='kvm'><cpu mode='host-passthrough'/></domain>\n"
        let plain = domain("\n  <cpu mode='host-passthrough'/>\n")
        return [
            Definitions.passthrough, plain, domain(""),
            domain("<!-- \(String(repeating: decoy, count: 3000)) --><cpu mode='maximum'/>"),
            domain("<title><![CDATA[\(String(repeating: decoy, count: 2000))]]></title>"),
            domain("<description>\(String(repeating: "a&gt;", count: 60_000))</description><cpu mode='host-passthrough'/>"),
            "<domstatus state='running'>\(plain)</domstatus>\n",
            "<domains>\n\(String(repeating: plain, count: 2000))</domains>\n\n",
            "<!-- \(decoy) -->\n" + plain,
            "<?xml version='1.0' encoding='ISO-8859-1'?>\n" + plain,
            "<other><domain>\(decoy)</other>\n",
            // This one is withheld, and so is the white space behind it.
            domain("<vcpu>2</vcpu><cpu><topology sockets='1' cores='1' threads='1'/></cpu>") + "  \n\n",
            plain + "\0" + plain,
        ]
    }()

    @Test("The output is that of its pieces, filtered one by one", arguments: [1, 5, 7])
    func pieces(_ step: Int) {
        let expected = Self.pieces.map { filter(Array($0.utf8)).output }
        var input: [UInt8] = [], output: [UInt8] = []
        var index = 0
        // Long runs of plain definitions between the others give both threads work that has to be undone.
        while input.count < 3 << 20 {
            let piece = index % Self.pieces.count
            input += Self.pieces[piece].utf8
            output += expected[piece]
            for _ in 0..<60 {
                input += Self.pieces[1].utf8
                output += expected[1]
            }
            index += step
        }
        let outcome = filter(input)
        // Compared outside of #expect, which would take hours to show the difference of megabytes.
        let isSame = outcome.output == output
        #expect(isSame)
        #expect(outcome.status == 1)
    }

    @Test("Findings come in order, with the lines of the whole stream")
    func lines() {
        let count = 15_000
        let wrong = "<domain type='kvm'>\n<name>n</name>\n<cpu mode='custom'>\n<feature name='vmx'/>\n</cpu>\n</domain>\n"
        let outcome = WorkTests.filter(
            String(repeating: wrong, count: count),
            .testing {
                $0.format = .github
                $0.isQuiet = true
            })
        let lines = outcome.errors.split(separator: "\n").filter { $0.contains("<feature> requires a CPU model") }.map { line in
            line.split(separator: ",").first { $0.hasPrefix("line=") }.flatMap { Int($0.dropFirst(5)) }
        }
        #expect(lines.count == count)
        #expect(lines.elementsEqual((0..<count).map { 6 * $0 + 4 }))
    }

    @Test("A remark is printed once, where it first applies")
    func remarks() {
        let other = "<domain type='xen'><name>n</name></domain>\n"
        let settings = Settings.testing("host-model", rules: ["hypervisor-default=off"]) { $0.leastCounted = nil }
        let outcome = WorkTests.filter(String(repeating: other, count: 40_000), settings)
        #expect(outcome.errors.split(separator: "\n").count { $0.contains("xen domains are not rewritten") } == 1)
    }

    @Test("A fault far into the stream: everything before it is written, and its line is counted from the beginning")
    func fault() {
        let plain = Self.pieces[1]
        let count = 12_000
        let outcome = filter(Array((String(repeating: plain, count: count) + "<domain>\n<name>\n</domain>\n" + plain).utf8))
        #expect(outcome.status == 2)
        let one = filter(Array(plain.utf8)).output
        #expect(outcome.output.count == one.count * count)
        #expect(outcome.errors.hasPrefix("<stdin>:\(3 * count + 3):10: error: Opening and ending tag mismatch"))
    }

    @Test("A stream that ends inside a domain: nothing of that domain is written")
    func truncated() {
        let plain = Self.pieces[1]
        let outcome = filter(Array((String(repeating: plain, count: 12_000) + plain.dropLast(5)).utf8))
        #expect(outcome.status == 2)
        #expect(outcome.output.count == filter(Array(plain.utf8)).output.count * 12_000)
    }
}
