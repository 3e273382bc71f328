import CPUModel
import DomainXML
import Hosts
import TestSupport
import Testing

@testable import Lint

@Suite("What definitions ask of hosts")
struct AskTests {
    /// A host as its kind is packed: everything but what is known of it is lost.
    private static func packed(_ host: Host) throws -> Host {
        var packed = try HostFiles.read([("kind.xml", Array(host.xml.utf8))])[0]
        (packed.name, packed.libvirt, packed.hasModelSpecificRegisters) = (host.name, host.libvirt, host.hasModelSpecificRegisters)
        return packed
    }

    /// libvirt's hosts: processors alone, domain capabilities alone, and both.
    static func hosts() throws -> [Host] {
        let tests = "\(Corpus.libvirt ?? "")/tests"
        var hosts: [Host] = []
        for path in Corpus.xmlFiles(in: "\(tests)/cputestdata").filter({ $0.hasSuffix("-host.xml") }) + Corpus.xmlFiles(in: "\(tests)/domaincapsdata") {
            if var host = try? HostFiles.read([(path, Corpus.read(path))])[0] {
                host.name = path
                hosts.append(host)
            }
        }
        var both = try Machines.host("Xeon-Gold-6130")
        both.domainCapabilities = hosts.last { $0.name.contains("qemu_9.2.0.x86_64.xml") }?.domainCapabilities ?? []
        return hosts + [both]
    }

    /// The asks and questions of all definitions of libvirt's tests.
    private static func definitions() throws -> [(name: String, question: StartQuestion, ask: Ask)] {
        var all: [(String, StartQuestion, Ask)] = []
        for file in Corpus.domains {
            try? readDocuments(file.bytes) { document in
                for domain in document.domains {
                    let guest = Guest(domain, in: document)
                    if let question = StartQuestion(guest), let ask = Ask(guest) { all.append((file.name, question, ask)) }
                }
            }
        }
        return all
    }

    @Test("Whole definition on a real host = ask on a kind: every domain of libvirt's tests on each of its hosts", .enabled(if: Corpus.libvirt != nil))
    func equivalence() throws {
        let hosts = try Self.hosts()
        let whole = StartCheck(hosts: hosts), small = StartCheck(hosts: try hosts.map(Self.packed))
        let definitions = try Self.definitions()
        #expect(hosts.count > 80 && definitions.count > 900)
        var pairs = 0, answers: Set<String> = []
        var known: [Ask: [HostVerdict]] = [:]
        for (name, question, ask) in definitions {
            let asked = try #require(ask.question(), "\(name)")
            let there = known[ask] ?? hosts.indices.map { small.verdict(on: asked, host: $0) }
            known[ask] = there
            for host in hosts.indices {
                let verdict = whole.verdict(on: question, host: host)
                #expect(verdict == there[host], "\(name) on \(hosts[host].name)")
                answers.insert("\(verdict.answer)")
                pairs += 1
            }
        }
        #expect(answers.count == 3 && pairs > 70_000)
        #expect(known.count < definitions.count / 3)
    }

    @Test("The same for moves between two machines", .enabled(if: Corpus.libvirt != nil))
    func moves() throws {
        let hosts = try ["Xeon-Gold-6130", "EPYC-7502-32-Core", "Core-i7-5600U", "Core-i7-5600U-ibrs"].map { try Machines.host($0) }
        let whole = MoveCheck(StartCheck(hosts: hosts)), small = MoveCheck(StartCheck(hosts: try hosts.map(Self.packed)))
        for (name, question, ask) in try Self.definitions() {
            let asked = try #require(ask.question())
            for from in hosts.indices {
                for to in hosts.indices where to != from {
                    #expect(whole.verdict(on: question, from: from, to: to) == small.verdict(on: asked, from: from, to: to), "\(name)")
                }
            }
        }
    }

    @Test("The definition of an ask asks the same, and is the smallest: its own ask is itself", .enabled(if: Corpus.libvirt != nil))
    func smallest() throws {
        for (name, _, ask) in try Self.definitions() {
            let again = try Ask(reading: ask.definition, key: ask.key)
            #expect(again == ask, "\(name)")
        }
    }

    private func ask(_ xml: String) throws -> Ask {
        var result: Ask?
        try readDocuments(Array(xml.utf8)) { result = Ask(Guest($0.domains[0], in: $0)) }
        return try #require(result)
    }

    private static let base = """
        <domain type='kvm'><name>a</name><uuid>1</uuid><vcpu>4</vcpu><os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>
        <cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Haswell</model><vendor>Intel</vendor>
        <topology sockets='1' cores='4' threads='1'/><feature policy='require' name='pcid'/><feature policy='disable' name='hle'/></cpu>
        <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>
        """

    @Test("What does not decide is left out: one ask for definitions that differ in it", arguments: [
        ("<name>a", "<name>b"), ("<uuid>1", "<uuid>2"), ("<vcpu>4", "<vcpu>8"), ("machine='pc-q35-9.2'", "machine='pc-q35-7.2'"),
        ("match='exact' ", ""), (" check='partial'", ""), ("<topology sockets='1' cores='4' threads='1'/>", ""),
        ("<topology sockets='1' cores='4' threads='1'/>", "<numa><cell id='0' cpus='0-3' memory='1'/></numa>"),
        ("<feature policy='require' name='pcid'/>", "<feature name='pcid'/>"), ("<cpu mode='custom'", "<cpu"),
        ("<feature policy='require' name='pcid'/><feature policy='disable' name='hle'/>", "<feature policy='disable' name='hle'/><feature name='pcid'/>"),
        ("<devices>", "<features><acpi/></features><devices><disk/>"), ("<domain ", "<domain id='3' "),
    ])
    func leftOut(old: String, new: String) throws {
        #expect(Self.base.contains(old))
        #expect(try ask(Self.base.replacing(old, with: new)) == ask(Self.base))
    }

    @Test("Words that libvirt drops are left out: match beside another mode than custom, the fallback of no model")
    func dropped() throws {
        let plain = try ask(domain("<cpu mode='host-model'><feature policy='disable' name='hle'/></cpu>"))
        for cpu in [
            "<cpu mode='host-model' match='minimum'><feature policy='disable' name='hle'/></cpu>",
            "<cpu mode='host-model'><model fallback='forbid'/><feature policy='disable' name='hle'/></cpu>",
        ] { #expect(try ask(domain(cpu)) == plain, "\(cpu)") }
        #expect(try ask(domain("<cpu><model fallback='forbid'/></cpu>")) == ask(domain("")))
    }

    @Test("The definition of an ask is what its text says: an unknown text and a wrong key are errors")
    func errors() throws {
        #expect(throws: AskError.noAsk("<domain")) { try Ask(reading: "<domain") }
        #expect(throws: AskError.noAsk("<domain type='xen'/>")) { try Ask(reading: "<domain type='xen'/>") }
        #expect(throws: AskError.self) { try Ask(reading: "<domain type='kvm'/>", key: String(repeating: "0", count: 32)) }
        let ask = try ask(Self.base.replacing("hle", with: "a&#10;&lt;&apos;b"))
        #expect(try Ask(reading: ask.definition, key: ask.key) == ask)
    }
}
