import Hosts
import Reports
import TestSupport
import Testing
import XMLTree

@testable import Work

/// A pool that grew over the years, by libvirt's data: a Haswell Xeon, an Ice Lake Xeon, and an EPYC of which only the
/// domain capabilities are known.
@Suite("Three hosts of different generations and vendors", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
struct ThreeHostsTests {
    let scratch = TemporaryDirectory()
    let guest: String
    let haswell, icelake, rome: String

    init() {
        let data = "\(Corpus.libvirt ?? "")/tests"
        haswell = "\(data)/cputestdata/x86_64-cpuid-Xeon-E5-2630-v3-host.xml"
        icelake = "\(data)/cputestdata/x86_64-cpuid-Ice-Lake-Server-host.xml"
        rome = "\(data)/domaincapsdata/qemu_9.1.0.x86_64.xml"
        guest = Definitions.passthrough
        scratch.write("hsw.xml", String(decoding: Corpus.read(haswell), as: UTF8.self))
        scratch.write("icx.xml", String(decoding: Corpus.read(icelake), as: UTF8.self))
        scratch.write("rome.xml", String(decoding: Corpus.read(rome), as: UTF8.self))
    }

    private func files(_ names: [String]) -> [String] { names.map { "\(scratch.path)/\($0).xml" } }

    private func filter(_ target: String?, _ hosts: String...) -> Outcome {
        WorkTests.filter(guest, .testing(target, hosts: files(hosts)))
    }

    private func compare(_ hosts: String..., guest: String) -> Outcome {
        answer {
            try HostQuestion(.builtIn, timeout: 30, $0).compare(["\(scratch.path)/\(guest)"], with: files(hosts), to: $1)
        }.without(scratch)
    }

    private func baseline(_ hosts: String...) throws -> String {
        try HostQuestion(.builtIn, timeout: 30).baseline(of: files(hosts), migratable: false, expand: false).xml
    }

    @Test("The target baseline disables a feature of the model that one host's hypervisor cannot give, even if the map's model lacks it")
    func blockers() throws {
        // In libvirt's file, EPYC-Rome is unusable because xsaves is missing.
        let data = "\(Corpus.libvirt ?? "")/tests/domaincapsdata/qemu_8.1.0.x86_64.xml"
        let lacking = String(decoding: Corpus.read(data), as: UTF8.self)
        #expect(lacking.contains("<blockers model='EPYC-Rome'>\n        <feature name='xsaves'/>"))
        scratch.write("b.xml", lacking)
        scratch.write("a.xml", lacking.replacing("<feature policy='disable' name='xsaves'/>", with: "<feature policy='require' name='xsaves'/>"))
        for hosts in [["b"], ["a", "b"]] {
            let outcome = WorkTests.filter(guest, .testing("baseline", hosts: files(hosts)))
            #expect(outcome.status == 0)
            #expect(outcome.text.contains("<feature policy='disable' name='xsaves'/>"), "\(hosts): \(outcome.text)")
        }
    }

    private func cpu(_ text: String) throws -> XMLElement {
        let root = try XMLElement(parsing: Array(text.utf8))
        return try #require(root.name == "cpu" ? root : root.child("cpu"))
    }

    /// The features that a host's file lists.
    private func features(_ file: String) throws -> Set<String> {
        var names = Set<String>()
        let root = try XMLElement(parsing: Corpus.read(file))
        for feature in root.children("feature") { names.insert(feature["name"]!) }
        return names
    }

    @Test("host-model-only: the nearest model that is complete on all hosts of one vendor, and starts on each")
    func nearest() throws {
        let outcome = filter("host-model-only", "hsw", "icx")
        #expect(outcome.status == 0)
        let cpu = try cpu(outcome.text)
        #expect(cpu.child("model")?.text == "Haswell-noTSX" && cpu.child("model")?["fallback"] == "forbid")
        #expect(cpu.children("feature").isEmpty)
        scratch.write("new.xml", outcome.text)
        let compared = compare("hsw", "icx", guest: "new.xml")
        #expect(compared.text == "g on hsw: superset\ng on icx: superset\n")
        // The rewritten guest has no more findings.
        let settings = Settings.testing("host-model-only", rules: ["missing-mitigation=off"], hosts: files(["hsw", "icx"])) { $0.leastCounted = .note }
        let again = WorkTests.check(["new.xml"], settings, in: scratch)
        #expect(again.text == "" && again.status == 0)
    }

    @Test("baseline: a <cpu> with the features that both hosts have and guests can get, without a finding against itself")
    func baselineTarget() throws {
        let outcome = filter("baseline", "hsw", "icx")
        #expect(outcome.status == 0)
        let cpu = try cpu(outcome.text)
        #expect(cpu.child("model")?.text == "Haswell-noTSX" && cpu.child("vendor")?.text == "Intel")
        let required = Set(cpu.children("feature").filter { $0["policy"] == "require" }.map { $0["name"]! })
        // In both hosts' files beyond Haswell; Ice Lake's model has the others.
        #expect(required.isSuperset(of: ["vmx", "ss", "tsc_adjust"]))
        #expect(required.isSuperset(of: ["f16c", "rdrand", "vme", "arat", "xsaveopt", "abm", "pdpe1gb"]))
        let own = try features(haswell)
        #expect(required.isSubset(of: own), "\(required.subtracting(own))")
        #expect(required.isDisjoint(with: ["dtes64", "ds_cpl", "smx", "est", "tm2", "xtpr", "dca", "ds", "ht", "tm", "pbe", "invtsc", "monitor", "acpi"]))
        #expect(!outcome.errors.contains("fallback-allow"))
        scratch.write("new.xml", outcome.text)
        #expect(compare("hsw", "icx", guest: "new.xml").text == "g on hsw: superset\ng on icx: superset\n")
        #expect(try self.cpu(baseline("hsw", "icx")).child("model")?.text == "Haswell-noTSX")
    }

    @Test("Hosts of several vendors have neither; the message names the vendor of a host of each", arguments: ["host-model-only", "baseline"])
    func vendors(_ target: String) {
        let outcome = filter(target, "hsw", "icx", "rome")
        #expect(outcome.text == guest)
        #expect(outcome.errors.contains("cannot apply \(target): the hosts have CPUs of different vendors (hsw is Intel, rome is AMD); "))
        // SandyBridge has nothing that the three machines lack: libvirt's file of the EPYC calls it usable, and the Xeons are
        // newer. IvyBridge needs erms, which the EPYC lacks.
        #expect(outcome.errors.contains("; what starts on all of them is SandyBridge without <vendor> (--default SandyBridge); it lacks "))
        let none = #expect(throws: NoBaseline.self) { try baseline("hsw", "icx", "rome") }
        #expect(none?.shown == "virt-cpu: error: hsw, icx, rome have no baseline: the vendors differ (hsw is Intel, rome is AMD)")
    }

    @Test("pin needs a single host if the hosts differ; the message names those that were given")
    func pin() {
        let outcome = filter("pin", "hsw", "icx", "rome")
        #expect(outcome.text == guest)
        #expect(outcome.errors.contains("pin requires the host that the guest runs on, because the CPU differs between hosts: name only that one with --host (given: hsw, icx, rome)"))
    }

    @Test("If no model is complete on all hosts, the message names the nearest and what it lacks")
    func nothingWhole() {
        scratch.write("old.xml", "<cpu><arch>x86_64</arch><model>coreduo</model><vendor>Intel</vendor></cpu>\n")
        let outcome = filter("host-model-only", "old", "icx")
        #expect(outcome.text == guest)
        let expected = /no CPU model is fully supported on old, icx: the nearest, [A-Za-z0-9_-]+, lacks [a-z0-9, ]*\blm\b/
        #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }

    @Test("compare: the missing features for each host, by domain capabilities where nothing else is known")
    func comparison() {
        scratch.write("icx.cpu", "<cpu><model>Icelake-Server-noTSX</model></cpu>\n")
        let outcome = compare("hsw", "icx", "rome", guest: "icx.cpu")
        #expect(outcome.status == 1)
        let lines = outcome.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("icx.cpu on hsw: incompatible: the host lacks required features: avx512f, avx512dq, rdseed, adx, smap, "))
        #expect(lines[1] == "icx.cpu on icx: superset")
        #expect(lines[2].hasPrefix("icx.cpu on rome: incompatible: the host lacks required features: "))
    }

    @Test("check: a guest for the new host is refused on the old one, with the change that would run there")
    func check() {
        scratch.write("new.xml", Definitions.guest("<cpu mode='custom' match='exact'><model fallback='forbid'>Icelake-Server-noTSX</model></cpu>"))
        let outcome = WorkTests.check(["new.xml"], .testing(hosts: files(["hsw", "icx"])), in: scratch)
        #expect(outcome.text.contains("warning: host hsw might not start the guest: the host lacks required features: "))
        #expect(outcome.text.contains("help: use Haswell-noTSX"), "\(outcome.text)")
        #expect(!outcome.text.contains("host icx"))
    }

    // MARK: What is shown of one

    @Test("host: host-model as the domain capabilities have it, and the features that do not migrate")
    func hostModel() throws {
        let report = try HostQuestion(.builtIn, timeout: 30).reports(on: files(["rome"]))[0]
        let text = report.text
        let mode = try #require(try XMLElement(parsing: Corpus.read(rome)).child("cpu")?.children("mode").first { $0["name"] == "host-model" })
        func names(_ policy: String) -> String { mode.children("feature").filter { $0["policy"] == policy }.map { $0["name"]! }.joined(separator: " ") }
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "rome: x86_64, AMD")
        #expect(lines[1] == "  guests of type kvm, machine pc-i440fx-9.1, /usr/bin/qemu-system-x86_64")
        #expect(lines[2] == "    host-model     EPYC-Rome (EPYC-Rome-v1)")
        #expect(lines[3] == "    level          x86-64-v3")
        #expect(lines[4] == "    with           \(names("require"))")
        #expect(lines[5] == "    without        \(names("disable"))")
        #expect(lines[6] == "    not migratable invtsc")
        #expect(lines[7] == "    addresses      the host's own, at most 64 bits")
        #expect(lines.last == "    libvirt        10.10 or newer")
        let json = report.json.text
        #expect(json.contains(#""hostModel":{"model":"EPYC-Rome","canonical":"EPYC-Rome-v1","fallback":"forbid","vendor":"AMD","level":"x86-64-v3","require":["#))
        #expect(json.contains(#""notMigratable":["invtsc"]"#))
        #expect(json.contains(#""maxphysaddr":{"mode":"passthrough","limit":64}"#))
    }

    @Test("models: usable or not, blockers, deprecated and not listed, by the hypervisor's domain capabilities")
    func models() throws {
        scratch.write("q7.xml", String(decoding: Corpus.read("\(Corpus.libvirt!)/tests/domaincapsdata/qemu_7.0.0-q35.x86_64.xml"), as: UTF8.self))
        let custom = try #require(try XMLElement(parsing: Corpus.read("\(scratch.path)/q7.xml")).child("cpu")?.children("mode").first { $0["name"] == "custom" })
        let table = try HostQuestion(.builtIn, timeout: 30).models(on: files(["q7"]))
        let lines = table.text.split(separator: "\n")
        var compared = 0
        for model in custom.children("model") {
            guard let line = lines.first(where: { $0.hasPrefix("\(model.text) ") }) else { continue }
            var word = model["usable"] == "yes" ? "q7: usable" : "q7: unusable: missing "
            if model["usable"] == "no" {
                let blockers = try #require(custom.children("blockers").first { $0["model"] == model.text }).children("feature").map { $0["name"]! }
                word += blockers.prefix(8).joined(separator: " ") + (blockers.count > 8 ? " and \(blockers.count - 8) more" : "")
            }
            if model["deprecated"] == "yes" { word += ", deprecated" }
            #expect(line.hasSuffix(word), "\(line)")
            compared += 1
        }
        #expect(compared > 100)
        #expect(lines.contains { $0.hasPrefix("EPYC-Genoa ") && $0.hasSuffix("q7: not listed") })
        #expect(table.json.contains { $0.text.contains(#""usable":"no","blockers":["erms","hle","invpcid","pcid","rtm"],"deprecated":false}]"#) })
    }
}
