import TestSupport
import Testing

@Suite("diff")
struct DiffTests {
    private func domain(_ name: String, _ cpu: String, uuid: String = "") -> String {
        """
        <domain type='kvm'>
          <name>\(name)</name>\(uuid.isEmpty ? "" : "<uuid>\(uuid)</uuid>")
          <vcpu>4</vcpu>
          <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
          \(cpu)
        </domain>

        """
    }

    private let haswell = "<cpu><model>Haswell</model></cpu>"

    private func run(_ old: String, _ new: String, _ options: [String] = []) -> Outcome {
        let scratch = TemporaryDirectory()
        let file = scratch.write("old.xml", old)
        return Program(["diff"] + options + [file, "-"], input: .text(new)).run()
    }

    @Test("No change that the guest can see: 0")
    func none() {
        let outcome = run(domain("a", haswell), domain("a", "<cpu check='none'><model fallback='forbid'>Haswell-v1</model></cpu>"))
        #expect(outcome.status == 0)
        #expect(outcome.text == "a: no change that the guest can see\n")
    }

    @Test("A change is spelt out for people: 1")
    func change() {
        let outcome = run(
            domain("a", haswell), domain("a", "<cpu><model>Haswell-noTSX</model><topology sockets='1' cores='4' threads='1'/></cpu>"))
        #expect(outcome.status == 1)
        #expect(outcome.text == """
            a:
              cpu            Haswell → Haswell-noTSX
              brand string   Intel Core Processor (Haswell) → Intel Core Processor (Haswell, no TSX)
              signature      family 6, model 60, stepping 4 → family 6, model 60, stepping 1
              features lost  hle, rtm
              topology       4 sockets × 1 core × 1 thread (no <topology>: each vCPU is a socket) → 1 socket × 4 cores × 1 thread

            """)
    }

    @Test("What cannot be known is 1 too, until the host is named")
    func unknown() {
        let examples = "\(Corpus.repository)/Examples", host = ["--host", "\(examples)/hosts/hv01.capabilities.xml"]
        let before = domain("a", "<cpu mode='host-model'/>")
        let pinned = Program(["filter", "--no-config", "--default", "pin", "--quiet"] + host, input: .text(before)).run()
        #expect(pinned.text.contains("Skylake-Server-IBRS"))
        let unknown = run(before, pinned.text)
        #expect(unknown.status == 1 && unknown.text.contains("no host is known"))
        #expect(run(before, pinned.text, host).status == 0)
    }

    @Test("Domains pair by UUID and name; the only one of each file pairs anyway")
    func pairs() {
        let uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
        let several = run(
            domain("a", haswell, uuid: uuid) + domain("b", haswell) + domain("gone", haswell),
            domain("come", haswell) + domain("b", haswell) + domain("renamed", haswell, uuid: uuid.uppercased()))
        #expect(several.status == 0)
        #expect(several.text == """
            b: no change that the guest can see
            renamed (earlier a): no change that the guest can see
            come: only in the present version
            gone: only in the earlier version

            """)
        #expect(run(domain("a", haswell), domain("z", haswell)).text == "z (earlier a): no change that the guest can see\n")
    }

    @Test("For programs")
    func json() throws {
        let outcome = run(domain("a", haswell), domain("a", "<cpu><model vendor_id='KVMKVMKVMKVM'>Haswell</model></cpu>"), ["--format", "json"])
        #expect(outcome.status == 1)
        #expect(outcome.text == """
            [{"name":"a","uuid":null,"earlierName":"a","windows":null,"result":"changed","changes":[{"what":"vendor","old":"the host's","new":"KVMKVMKVMKVM","features":[]}],"unknown":[]}]

            """)
    }

    @Test("What cannot be compared: 2", arguments: [
        ("<domain>", "<domain/>"), ("<a/>", "<domain/>"), ("<domain/>", ""),
    ])
    func failed(_ old: String, _ new: String) {
        let outcome = run(old, new)
        #expect(outcome.status == 2 && !outcome.errors.isEmpty)
        #expect(Program(["diff", "-", "-"]).run().status == 2)
        #expect(Program(["diff", "/nonexistent", "-"], input: .text("<domain/>")).run().status == 2)
        let strangers = run(domain("a", "") + domain("b", ""), domain("c", "") + domain("d", ""))
        #expect(strangers.status == 2 && strangers.errors.contains("no domain of the one file is in the other"))
    }
}
