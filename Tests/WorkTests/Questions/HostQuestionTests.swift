import CPUModel
import Glibc
import Hosts
import Reports
import TestSupport
import Testing

@testable import Work

@Suite("Questions about hosts")
struct HostQuestionTests {
    static let hosts = "\(Corpus.repository)/Examples/hosts"
    static let hv01 = "\(hosts)/hv01.capabilities.xml", hv02 = "\(hosts)/hv02.capabilities.xml"

    private let directory = TemporaryDirectory()
    private let question: HostQuestion

    init() throws { question = try HostQuestion(.builtIn, timeout: 30) }

    @Test(
        "The <cpu> for libvirt's CPUID data is libvirt's, byte for byte",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func cpuElements() throws {
        let directory = "\(Corpus.libvirt!)/tests/cputestdata"
        let expected = Corpus.xmlFiles(in: directory).filter { $0.contains("/x86_64-cpuid-") && $0.hasSuffix("-host.xml") }
        #expect(expected.count == 41)
        for file in expected {
            let text = try HostQuestion(.builtIn, libvirt: .init("11.3"), timeout: 30).cpuElements(of: [file.replacing("-host.xml", with: ".xml")])
            #expect(Array(text.utf8) == Corpus.read(file), "\(file)")
        }
    }

    @Test("Hosts in words and as JSON")
    func reports() throws {
        let words = try question.reports(on: [Self.hv01])[0].text
        #expect(words.hasPrefix("hv01: x86_64, Intel, family 6, model 85, stepping 4\n"))
        #expect(words.contains("Skylake-Server-v2 (called Skylake-Server-IBRS before libvirt 10.10)"))
        let json = try question.reports(on: [Self.hv01, Self.hv02]).map(\.json.text)
        #expect(json[1].contains(#""host":"hv02","arch":"x86_64","model":"Cascadelake-Server-v1","vendor":"Intel","signature":{"family":6,"model":85,"stepping":6}"#))
    }

    @Test("A file that describes no host: file, line and column", arguments: [
        ("<domain/>", "1:1: error: <domain> is not a host description"), ("<capabilities>\n<host/></capabilities>", "1:1: error: no <host><cpu>"),
        ("<capabilities>", "error: "), ("", "error: "), ("<cpu><model>x</model></cpu>", "arch"),
    ])
    func noHost(_ text: String, message: String) {
        let file = directory.write("host.xml", text)
        let error = #expect(throws: HostError.self) { try question.reports(on: [file]) }
        #expect(error?.description.contains("host.xml:") ?? false)
        #expect(error?.description.contains(message) ?? false)
    }

    @Test("A host with a model that no map has is an error with its name and file")
    func unknownHost() {
        do {
            let element = "<model>Hasswell&#x9b;31m</model>"
            let message = "unknown CPU model 'Hasswell\u{fffd}31m'; if its libvirt is newer than 12.9.0, also give the output of virsh domcapabilities"
            let file = directory.write("odd.xml", "<cpu><arch>x86_64</arch>\(element)</cpu>")
            let questions: [() throws -> Void] = [
                { _ = try question.reports(on: [file]) }, { _ = try question.models(on: [file]) },
                { _ = try question.baseline(of: [file], migratable: false, expand: false) },
            ]
            for ask in questions { #expect(#expect(throws: HostError.self) { try ask() }?.shown == "\(file): error: host odd: \(message)") }
        }
    }

    // MARK: Models

    @Test("The map's models, and what a host lacks of them")
    func models() throws {
        let all = try question.models(on: []).text.split(separator: "\n")
        #expect(all.count > 130)
        #expect(all.contains { $0.hasPrefix("POWER9 ") })
        let hosted = try question.models(on: [Self.hv01]).text.split(separator: "\n")
        #expect(hosted.contains { $0.hasPrefix("Skylake-Server-IBRS ") && $0.hasSuffix("hv01: complete") })
        #expect(hosted.contains { $0.hasPrefix("Cascadelake-Server ") && $0.hasSuffix("hv01: lacks avx512vnni") })
        #expect(try question.models(on: []).json.map(\.text).contains(#"{"model":"Skylake-Server-v2","arch":"x86","vendor":"Intel","level":"x86-64-v4","unversioned":"Skylake-Server-IBRS","hosts":[],"schema":"models","version":"\#(Reports.Program.version)"}"#))
    }

    @Test("Two hosts of one name are told apart by their paths")
    func hostsOfOneName() throws {
        let text = String(decoding: Corpus.read(Self.hv01), as: UTF8.self)
        let a = directory.write("a/hv.xml", text), b = directory.write("b/hv.xml", text)
        let model = try JSON(try #require(question.models(on: [a, b]).json.first).text)
        #expect(model["hosts"]?.items.map { $0["host"] } == [.string("\(directory.path)/a/hv"), .string("\(directory.path)/b/hv")])
    }

    @Test("A host of another architecture has no x86 models", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func foreignEmulator() {
        let file = "\(Corpus.libvirt!)/tests/domaincapsdata/qemu_8.2.0-tcg-virt.loongarch64.xml"
        let error = #expect(throws: HostError.self) { try question.models(on: [file]) }
        #expect(error?.message.hasSuffix("is loongarch64, not x86") ?? false)
    }

    // MARK: Other CPU maps

    @Test("Another CPU map is the one that answers", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func maps() throws {
        let source = "\(Corpus.libvirt!)/src/cpu_map"
        let builtIn = try HostQuestion(.builtIn, libvirt: .init("11.3"), timeout: 30)
        #expect(try builtIn.models(on: []).text == HostQuestion(.directory(source), timeout: 30).models(on: []).text)
        for file in Corpus.xmlFiles(in: source) {
            var text = String(decoding: Corpus.read(file), as: UTF8.self)
            let name = String(file.split(separator: "/").last!)
            if name == "x86_Haswell.xml" {
                let place = try #require(text.firstRange(of: "<feature name='aes'/>"))
                text.replaceSubrange(place, with: "<feature name='vmx'/>")
            }
            directory.write("map/\(name)", text)
        }
        let guest = directory.write("guest.xml", "<cpu><model>Haswell</model></cpu>")
        let host = directory.write("host.xml", "<cpu><arch>x86_64</arch><model>Haswell</model></cpu>")
        let old = directory.write("old.xml", "<cpu><arch>x86_64</arch><model>Nehalem</model><feature name='aes'/></cpu>")
        let changed = try HostQuestion(.directory("\(directory.path)/map"), timeout: 30)
        func answer(_ question: HostQuestion, _ host: String) -> String {
            WorkTests.answer { try question.compare([guest], with: [host], to: $1) }.text
        }
        #expect(answer(changed, host).contains("identical"))
        #expect(!answer(question, old).contains("vmx"))
        #expect(answer(changed, old).contains("vmx"))
    }

    /// The maps at hand. libvirt's Haswell lacks, in each of them, two features of x86-64-v3 that QEMU's has.
    static let everyMap: [CPUMapSource] = [.builtIn] + (access(CPUMap.systemDirectory, F_OK) == 0 ? [.system] : [])
        + (Corpus.libvirt.map { [.directory("\($0)/src/cpu_map")] } ?? [])

    @Test("A guest gets QEMU's model whichever map answers", arguments: everyMap)
    func guestsByAnyMap(_ map: CPUMapSource) {
        func check(_ model: String, _ os: String, hosts: [String] = []) -> String {
            let osinfo = "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'><libosinfo:os id='http://redhat.com/rhel/\(os)'/></libosinfo:libosinfo></metadata>"
            let guest = Definitions.guest("<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model></cpu>", extra: osinfo)
            return WorkTests.check(["-"], .testing(hosts: hosts) { $0.cpuMap = map }, input: guest, in: directory).text
        }
        // QEMU, docs/system/cpu-models-x86-abi.csv: v3 from Haswell and EPYC, v2 from Nehalem.
        for model in ["Haswell", "Haswell-noTSX-IBRS", "Broadwell", "Skylake-Client", "EPYC"] {
            #expect(!check(model, "10.0").contains("guest-isa-level"), "\(model)")
        }
        for model in ["IvyBridge", "Nehalem", "Opteron_G5"] {
            #expect(check(model, "10.0").contains("needs x86-64-v3"), "\(model)")
            #expect(!check(model, "9.2").contains("guest-isa-level"), "\(model)")
        }
        for model in ["qemu64", "Penryn", "Opteron_G3"] { #expect(check(model, "9.2").contains("needs x86-64-v2"), "\(model)") }
        let host = directory.write("hv.xml", "<cpu><arch>x86_64</arch><model>Haswell-noTSX-IBRS</model><vendor>Intel</vendor><feature name='ssbd'/></cpu>")
        #expect(check("Haswell-noTSX", "8.0", hosts: [host]).contains("the host supports spec-ctrl, ssbd, but the guest does not enable them"))
        #expect(check("Haswell-noTSX-IBRS", "8.0", hosts: [host]).contains("the host supports ssbd, but the guest does not enable it"))
    }
}
