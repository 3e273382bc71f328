import Lint
import Reports
import TestSupport
import Testing

@Suite("What guests notice of a change")
struct GuestDifferencesTests {
    private let haswell = "<cpu><model>Haswell</model></cpu>"

    private func domain(_ name: String, _ cpu: String, extra: String = "") -> String {
        Definitions.guest(cpu, name: name, extra: "  <vcpu>4</vcpu>\n" + extra)
    }

    private func differences(_ old: String, _ new: String) throws -> GuestDifferences {
        GuestDifferences(from: try records(old), to: try records(new), on: StartCheck(hosts: []))
    }

    @Test("Other words for the same CPU are no change")
    func none() throws {
        let differences = try differences(
            domain("a", haswell), domain("a", "<cpu check='none'><model fallback='forbid'>Haswell-v1</model></cpu>"))
        #expect(!differences.isChanged && differences.isAnswer)
        #expect(differences.text == "a: no change that the guest can notice\n")
        #expect(JSONForm.json.text(of: differences.json) == """
            [{"name":"a","uuid":null,"earlierName":"a","windows":null,"result":"unchanged","changes":[],"unknown":[],"oldFile":"<stdin>","newFile":"<stdin>","schema":"diff","version":"\(Reports.Program.version)"}]

            """)
    }

    @Test("A change is spelt out, in words and for programs")
    func change() throws {
        let differences = try differences(
            domain("a", haswell), domain("a", "<cpu><model>Haswell-noTSX</model><topology sockets='1' cores='4' threads='1'/></cpu>"))
        #expect(differences.isChanged && differences.isAnswer)
        #expect(differences.text == """
            a:
              cpu            Haswell → Haswell-noTSX
              brand string   Intel Core Processor (Haswell) → Intel Core Processor (Haswell, no TSX)
              signature      family 6, model 60, stepping 4 → family 6, model 60, stepping 1
              features lost  hle, rtm
              topology       4 sockets × 1 core × 1 thread (no <topology>: each vCPU is a socket) → 1 socket × 4 cores × 1 thread

            """)
        let json = try JSON(JSONForm.json.text(of: differences.json).replacing("\n", with: ""))
        guard case .array(let guests) = json, case .array(let changes)? = guests[0]["changes"] else {
            Issue.record("no list of changes")
            return
        }
        #expect(guests[0]["result"] == .string("changed"))
        #expect(changes.map { $0["what"] } == ["cpu", "brand string", "signature", "features lost", "topology"].map { .string($0) })
        #expect(changes[0]["old"] == .string("Haswell") && changes[0]["new"] == .string("Haswell-noTSX") && changes[0]["features"] == .array([]))
        #expect(changes[3]["old"] == .null && changes[3]["features"] == .array([.string("hle"), .string("rtm")]))
    }

    @Test("For Windows the text says what a change can lead to")
    func windows() throws {
        let hyperv = "  <features><hyperv><relaxed state='on'/></hyperv></features>\n"
        let differences = try differences(
            domain("a", haswell, extra: hyperv), domain("a", "<cpu><model>Haswell-noTSX</model></cpu>"))
        #expect(differences.text.contains("\n  Windows (likely, by Hyper-V enlightenments (relaxed)): a changed CPU can trigger reactivation\n"))
        #expect(JSONForm.json.text(of: differences.json).contains(#""windows":"likely, by Hyper-V enlightenments (relaxed)""#))
    }

    @Test("What cannot be known without a host counts as a change")
    func doubts() throws {
        let differences = try differences(domain("a", "<cpu mode='host-model'/>"), domain("a", haswell))
        #expect(differences.isChanged)
        #expect(differences.text.contains("\n  unknown"))
        #expect(JSONForm.json.text(of: differences.json).contains(#""result":"unknown""#) && !JSONForm.json.text(of: differences.json).contains(#""unknown":[]"#))
    }

    @Test("Domains pair by UUID, then by name; others were added or removed")
    func pairs() throws {
        let uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
        func uuidElement(_ uuid: String) -> String { "  <uuid>\(uuid)</uuid>\n" }
        let old = domain("a", haswell, extra: uuidElement(uuid)) + domain("b", haswell) + domain("gone", haswell)
        let new = domain("come", haswell) + domain("b", haswell) + domain("renamed", haswell, extra: uuidElement(uuid.uppercased()))
        let differences = try differences(old, new)
        #expect(differences.text == """
            b: no change that the guest can notice
            renamed (formerly a): no change that the guest can notice
            come: only in the new file
            gone: only in the old file

            """)
        #expect(!differences.isChanged && differences.isAnswer)
        let json = JSONForm.json.text(of: differences.json)
        #expect(json.split(separator: "\n").count == 4, "an object per line")
        for part in [#""name":"renamed","uuid":"\#(uuid)","earlierName":"a""#, #""name":"come","uuid":null,"earlierName":null,"windows":null,"result":"added""#, #""name":"gone","uuid":null,"earlierName":"gone","windows":null,"result":"removed""#] {
            #expect(json.contains(part), "\(part)")
        }
    }

    @Test("The only domain of one side pairs with the only one of the other; strangers are no answer")
    func strangers() throws {
        let renamed = try differences(domain("a", haswell), domain("z", haswell))
        #expect(renamed.text == "z (formerly a): no change that the guest can notice\n" && renamed.isAnswer)
        let strangers = try differences(domain("a", "") + domain("b", ""), domain("c", "") + domain("d", ""))
        #expect(!strangers.isAnswer && !strangers.isChanged)
        #expect(try differences("<domain/>", "<domain/>").text == "a domain without a name: no change that the guest can notice\n")
    }
}
