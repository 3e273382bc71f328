import Testing

/// Streams long enough for the second thread, which starts behind the first MiB.
@Suite("A long stream")
struct LongStreamTests {
    private func filter(_ input: [UInt8], _ arguments: String...) -> Outcome {
        Program(["filter", "--no-config", "--default", "host-model"] + arguments, input: .bytes(input)).run()
    }

    /// Documents and what lies between them, each for itself too short for the second thread: what the cuts are made by
    /// stands where no document ends.
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
            // Not written, nor the white space behind it.
            domain("<vcpu>2</vcpu><cpu><topology sockets='1' cores='1' threads='1'/></cpu>") + "  \n\n",
            plain + "\0" + plain,
        ]
    }()

    @Test("It comes out as its pieces do, one by one", arguments: [1, 5, 7])
    func pieces(_ step: Int) {
        let expected = Self.pieces.map { filter(Array($0.utf8), "--quiet").output }
        var input: [UInt8] = [], output: [UInt8] = []
        var index = 0
        // Long runs of definitions between the others, so that there are two threads' work to undo.
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
        let outcome = filter(input, "--quiet")
        // Not shown: the difference of megabytes would take the test library hours.
        let isSame = outcome.output == output
        #expect(isSame)
        #expect(outcome.status == 1)
    }

    @Test("Findings come in order, with the lines of the whole stream")
    func lines() {
        let count = 15_000
        let wrong = "<domain type='kvm'>\n<name>n</name>\n<cpu mode='custom'>\n<feature name='vmx'/>\n</cpu>\n</domain>\n"
        let outcome = Program(
            ["filter", "--no-config", "--default", "keep", "--format", "github", "--quiet"],
            input: .text(String(repeating: wrong, count: count))
        ).run()
        let lines = outcome.errors.split(separator: "\n").filter { $0.contains("features without") }.map { line in
            line.split(separator: ",").first { $0.hasPrefix("line=") }.flatMap { Int($0.dropFirst(5)) }
        }
        #expect(lines.count == count)
        #expect(lines.elementsEqual((0..<count).map { 6 * $0 + 4 }))
    }

    @Test("What is said once is said once, where it is first met")
    func remarks() {
        let other = "<domain type='xen'><name>n</name></domain>\n"
        let outcome = filter(Array(String(repeating: other, count: 40_000).utf8), "--fail-on", "never", "--rule", "hypervisor-default=off")
        #expect(outcome.errors.split(separator: "\n").count { $0.contains("xen domains are not rewritten") } == 1)
    }

    @Test("A fault far in: what came before it is written, and its line is the stream's")
    func fault() {
        let plain = Self.pieces[1]
        let count = 12_000
        let outcome = filter(Array((String(repeating: plain, count: count) + "<domain>\n<name>\n</domain>\n" + plain).utf8), "--quiet")
        #expect(outcome.status == 2)
        let one = filter(Array(plain.utf8), "--quiet").output
        #expect(outcome.output.count == one.count * count)
        #expect(outcome.errors.hasPrefix("<stdin>:\(3 * count + 3):10: error: Opening and ending tag mismatch"))
    }

    @Test("The end inside a domain: nothing of that one is written")
    func truncated() {
        let plain = Self.pieces[1]
        let outcome = filter(Array((String(repeating: plain, count: 12_000) + plain.dropLast(5)).utf8), "--quiet")
        #expect(outcome.status == 2)
        #expect(outcome.output.count == filter(Array(plain.utf8), "--quiet").output.count * 12_000)
    }
}

@Suite("A plain filter line")
struct PlainFilterTests {
    /// ArgumentParser alone knows `--option=value`.
    @Test(
        "It means what it means to ArgumentParser",
        arguments: [
            [], ["--no-config"], ["--default", "host-model"], ["--no-config", "--default", "maximum", "--quiet"],
            ["--no-config", "--rule", "host-passthrough=error", "--rule", "cpu-not-default=off", "--default", "keep"],
            ["--no-config", "--default", "keep", "--format", "json"], ["--no-config", "--fail-on", "note", "--default", "keep"],
            ["--no-config", "--host", "/nonexistent"], ["--config", "/nonexistent"], ["--default", "no such"],
            ["--format", "yaml"], ["--rule", "x"], ["--no-config", "--config", "x"], ["--default"], ["--default", "--quiet"],
        ])
    func same(_ arguments: [String]) {
        let plain = Program(["filter", "--no-local"] + arguments, input: .text(Definitions.passthrough)).run()
        // An option that the plain reader does not know, with its default.
        let parsed = Program(["filter", "--no-local", "--color=auto"] + arguments, input: .text(Definitions.passthrough)).run()
        #expect(plain.status == parsed.status)
        #expect(plain.output == parsed.output)
        #expect(plain.errors == parsed.errors)
    }
}
