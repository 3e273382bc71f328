import DomainXML
import TestSupport
import Testing

@Suite("Rewriting the CPU")
struct CPURewriterTests {
    static let changes: [CPUChange] = [
        CPUChange(mode: .hostModel), CPUChange(mode: .hostPassthrough), CPUChange(mode: .maximum), CPUChange(mode: nil),
        CPUChange(mode: .custom, model: "Haswell-noTSX"),
        CPUChange(
            mode: .custom, model: "a<b&c", fallback: .forbid, vendor: "Intel",
            features: [.init(name: "pcid", policy: .require), .init(name: "hle", policy: .disable)]),
    ]

    static func rewrite(_ text: String, _ change: CPUChange) throws -> String {
        let recorder = Recorder()
        recorder.change = change
        return String(decoding: try Recorder.read(Array(text.utf8), into: recorder).output, as: UTF8.self)
    }

    @Test(
        "In libvirt's test definitions, only <cpu> changes, a second rewrite changes nothing, and the CPU is the predicted one",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"), arguments: changes)
    func corpus(_ change: CPUChange) throws {
        for file in Corpus.domains {
            let recorder = Recorder()
            recorder.change = change
            var spans: [ByteRange] = []
            var predicted: [[String]] = []
            recorder.each = { document, domain in
                guard !domain.isRunning else { return predicted.append([]) }
                let rewrite = CPURewriter.rewrite(domain, in: document, to: change)
                spans += rewrite.edits.map(\.span)
                if let cpu = domain.cpu {
                    let lead = rewrite.cpu == nil ? 200 : 0
                    #expect(rewrite.edits.allSatisfy {
                        $0.span.start >= cpu.element.span.start - lead && $0.span.end <= cpu.element.span.end
                    })
                } else {
                    #expect(rewrite.edits.allSatisfy { $0.span.count == 0 })
                }
                predicted.append(domain.with(cpu: rewrite.cpu) { meaning(of: domain) })
            }
            _ = try Recorder.read(file.bytes, into: recorder)

            var kept: [UInt8] = []
            var place = 0
            for span in spans.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
                kept += file.bytes[place..<span.start]
                place = span.end
            }
            kept += file.bytes[place...]
            #expect(isSubsequence(kept, of: recorder.output), "\(file)")

            let again = Recorder()
            again.change = change
            var meanings: [[String]] = []
            again.each = { _, domain in meanings.append(domain.isRunning ? [] : meaning(of: domain)) }
            _ = try Recorder.read(recorder.output, into: again)
            #expect(again.output == recorder.output, "\(file)")
            for (before, after) in zip(predicted, meanings) where !after.isEmpty {
                #expect(before == after, "\(file)")
            }
        }
    }

    /// What the CPU says, without places.
    func meaning(of domain: Domain) -> [String] {
        guard let cpu = domain.cpu else { return ["none"] }
        return [
            "\(domain[cpu.mode?.text] ?? "-") \(domain[cpu.match?.text] ?? "-") \(domain[cpu.check?.text] ?? "-")",
            "\(domain[cpu.migratable?.text] ?? "-") \(domain[cpu.deprecatedFeatures?.text] ?? "-")",
            "\(domain[cpu.namedModel] ?? "-") \(domain[cpu.model?.fallback?.text] ?? "-") \(domain[cpu.model?.vendorID] ?? "-")",
            "\(domain[cpu.vendor?.text] ?? "-") \(domain[cpu.topology?.cores] ?? "-") \(cpu.numa != nil) \(domain[cpu.maxPhysAddr?.bits] ?? "-") \(domain[cpu.maxPhysAddr?.mode?.text] ?? "-")",
        ] + cpu.features.map { "\(domain[$0.name] ?? "-")=\($0.effectivePolicy?.rawValue ?? "?")" }.sorted()
            + cpu.caches.map { "\(domain[$0.mode?.text] ?? "-")" }
    }

    func isSubsequence(_ part: [UInt8], of whole: [UInt8]) -> Bool {
        var index = 0
        for byte in whole where index < part.count && part[index] == byte { index += 1 }
        return index == part.count
    }

    @Test("Rewriting a stream is the same as rewriting its documents one by one", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func concatenation() throws {
        let change = CPUChange(mode: .hostModel)
        var whole: [UInt8] = [], expected: [UInt8] = []
        for file in Corpus.domains {
            let recorder = Recorder()
            recorder.change = change
            whole += file.bytes
            expected += try Recorder.read(file.bytes, into: recorder).output
        }
        for chunks in [[4096], [1 << 20], [1, 17, 4000]] {
            let recorder = Recorder()
            recorder.change = change
            #expect(try Recorder.read(whole, chunks: chunks, into: recorder).output == expected)
        }
    }

    @Test("New markup copies the file's own style", arguments: [
        // A missing <cpu>, indented by two blanks.
        ("<domain type='kvm'>\n  <os/>\n  <devices/>\n</domain>", "<domain type='kvm'>\n  <os/>\n  <cpu mode='host-model'/>\n  <devices/>\n</domain>"),
        // Double quotes, tabs and CRLF.
        ("<domain type=\"kvm\">\r\n\t<features/>\r\n\t<clock/>\r\n</domain>", "<domain type=\"kvm\">\r\n\t<features/>\r\n\t<cpu mode=\"host-model\"/>\r\n\t<clock/>\r\n</domain>"),
        // No line breaks.
        ("<domain><os/><devices/></domain>", "<domain><os/><cpu mode='host-model'/><devices/></domain>"),
        // A comment that belongs to the line before.
        ("<domain>\n <os/> <!-- boot -->\n <devices/>\n</domain>", "<domain>\n <os/> <!-- boot -->\n <cpu mode='host-model'/>\n <devices/>\n</domain>"),
        // No element before the place of <cpu>.
        ("<domain>\n <on_crash>x</on_crash>\n</domain>", "<domain>\n <cpu mode='host-model'/>\n <on_crash>x</on_crash>\n</domain>"),
        // Parts that stay.
        (
            "<domain>\n  <cpu match='exact' check='partial' mode='custom'>\n    <model fallback='allow'>X</model> <!-- old -->\n    <vendor>Intel</vendor>\n    <topology sockets='1' cores='1' threads='1'/>\n    <feature policy='require' name='a'/>\n    <numa/>\n  </cpu>\n</domain>",
            "<domain>\n  <cpu mode='host-model'> <!-- old -->\n    <topology sockets='1' cores='1' threads='1'/>\n    <numa/>\n  </cpu>\n</domain>"
        ),
        // Under host-passthrough, a vendor_id has no effect, and it gets none.
        ("<domain>\n  <cpu mode='host-passthrough'><model vendor_id='123456789012'/></cpu>\n</domain>", "<domain>\n  <cpu mode='host-model'/>\n</domain>"),
        // The vendor_id stays.
        ("<domain>\n  <cpu><model vendor_id='123456789012' fallback='allow'>X</model></cpu>\n</domain>", "<domain>\n  <cpu mode='host-model'><model vendor_id='123456789012'/></cpu>\n</domain>"),
        // A cache with mode passthrough is removed, and other caches stay.
        ("<domain><cpu mode='host-passthrough' migratable='on'><cache mode='passthrough'/></cpu></domain>", "<domain><cpu mode='host-model'/></domain>"),
        ("<domain><cpu mode='host-passthrough'><cache level='3' mode='emulate'/></cpu></domain>", "<domain><cpu mode='host-model'><cache level='3' mode='emulate'/></cpu></domain>"),
        // libvirt accepts maxphysaddr with mode passthrough under every CPU mode, and the guest sees it.
        ("<domain><cpu mode='custom'><maxphysaddr mode='passthrough' limit='39'/></cpu></domain>", "<domain><cpu mode='host-model'><maxphysaddr mode='passthrough' limit='39'/></cpu></domain>"),
        // An element with only white space in it.
        ("<domain><cpu mode='maximum'>\n  </cpu></domain>", "<domain><cpu mode='host-model'/></domain>"),
        ("<domain><cpu /></domain>", "<domain><cpu mode='host-model' /></domain>"),
    ])
    func style(_ before: String, _ after: String) throws {
        #expect(try Self.rewrite(before, CPUChange(mode: .hostModel)) == after)
    }

    @Test("A model with vendor and features is written in libvirt's order")
    func model() throws {
        let change = CPUChange(
            mode: .custom, model: "Haswell", fallback: .forbid, vendor: "Intel",
            features: [.init(name: "pcid", policy: .require), .init(name: "hle", policy: .disable)])
        let expected = """
            <domain>
              <os/>
              <cpu mode='custom' match='exact'>
                <model fallback='forbid'>Haswell</model>
                <vendor>Intel</vendor>
                <feature policy='require' name='pcid'/>
                <feature policy='disable' name='hle'/>
              </cpu>
            </domain>
            """
        #expect(try Self.rewrite("<domain>\n  <os/>\n</domain>", change) == expected)
        #expect(try Self.rewrite("<domain>\n  <os/>\n  <cpu mode='host-model'/>\n</domain>", change) == expected)
        #expect(try Self.rewrite("<domain>\n  <os/>\n  <cpu mode='host-model'>\n  </cpu>\n</domain>", change) == expected)
        #expect(
            try Self.rewrite("<domain>\n  <os/>\n  <cpu mode='host-passthrough' check='none'>\n    <topology sockets='1'/>\n    <numa/>\n  </cpu>\n</domain>", change)
                == expected.replacing("</vendor>\n", with: "</vendor>\n    <topology sockets='1'/>\n").replacing("'hle'/>\n", with: "'hle'/>\n    <numa/>\n"))
        #expect(
            try Self.rewrite("<domain>\n  <cpu mode='custom' match='minimum'>\n    <feature name='hle' policy='disable'/>\n    <model>A</model>\n  </cpu>\n</domain>", CPUChange(mode: .custom, model: "B", features: [.init(name: "hle", policy: .disable)]))
                == "<domain>\n  <cpu mode='custom' match='exact'>\n    <feature name='hle' policy='disable'/>\n    <model>B</model>\n  </cpu>\n</domain>")
    }

    @Test("For the hypervisor's default, <cpu> is removed unless it contains other parts")
    func hypervisorDefault() throws {
        #expect(try Self.rewrite("<domain>\n  <os/>\n  <cpu mode='host-model'/>\n  <clock/>\n</domain>", CPUChange(mode: nil)) == "<domain>\n  <os/>\n  <clock/>\n</domain>")
        #expect(try Self.rewrite("<domain>\n  <cpu mode='custom' match='exact'>\n    <model>A</model>\n    <topology/>\n  </cpu>\n</domain>", CPUChange(mode: nil)) == "<domain>\n  <cpu>\n    <topology/>\n  </cpu>\n</domain>")
        // Without the first element, libvirt would read the second.
        #expect(try Self.rewrite("<domain><cpu mode='host-model'/><cpu mode='maximum'/></domain>", CPUChange(mode: nil)) == "<domain><cpu/><cpu mode='maximum'/></domain>")
        #expect(try Self.rewrite("<domain><cpu mode='maximum'><!-- why --></cpu></domain>", CPUChange(mode: nil)) == "<domain><cpu><!-- why --></cpu></domain>")
    }
}
