import CPUModel
import Hosts
import Reports
import TestSupport
import Testing

@Suite("What is known of a host")
struct HostReportTests {
    private func report(_ host: Host) throws -> HostReport {
        HostReport(host, hypervisors: try host.nativeCapabilities(), map: .builtIn)
    }

    @Test("In words: the processor, its nearest model, and what each hypervisor gives to guests")
    func text() throws {
        #expect(try report(.example()).text == """
            hv07: x86_64, Intel, family 6, model 63, stepping 2
              nearest model  Haswell-noTSX
              level          x86-64-v2; x86-64-v3 also needs f16c, abm
              other features vmx invtsc
              not migratable invtsc
              guests of type kvm, machine pc-q35-9.1, /usr/bin/qemu-system-x86_64
                host-model     Haswell-noTSX (Haswell-v2)
                level          x86-64-v2; x86-64-v3 also needs f16c
                with           vmx invtsc
                without        f16c
                not migratable invtsc
                addresses      the host's own, at most 46 bits
                modes missing  maximum
                usable models  2 of 4 (virt-cpu models --host lists them)
                deprecated     qemu64
                libvirt        10.10 or newer

            """)
    }

    @Test("For programs: an object, with null for what is not known")
    func json() throws {
        #expect(try report(.example()).json.text == """
            {"host":"hv07","arch":"x86_64","model":"Haswell-noTSX","vendor":"Intel",\
            "signature":{"family":6,"model":63,"stepping":2},"level":"x86-64-v2","features":["vmx","invtsc"],\
            "hypervisors":[{"virttype":"kvm","machine":"pc-q35-9.1","emulator":"/usr/bin/qemu-system-x86_64","libvirt":"10.10.0",\
            "maxphysaddr":{"mode":"passthrough","limit":46},\
            "hostModel":{"model":"Haswell-noTSX","canonical":"Haswell-v2","fallback":"forbid","vendor":"Intel","level":"x86-64-v2",\
            "require":["vmx","invtsc"],"disable":["f16c"],"notMigratable":["invtsc"]},\
            "usable":["Haswell-noTSX","Nehalem"],"deprecated":["qemu64"]}],"file":"hv07.xml","schema":"host","version":"\(Reports.Program.version)"}
            """)
    }

    @Test("Capabilities alone say nothing of hypervisors, and domain capabilities alone nothing of the processor")
    func halves() throws {
        let processor = try report(.example(hypervisor: false))
        #expect(processor.text.hasSuffix("  not migratable invtsc\n"))
        #expect(try JSON(processor.json.text)["hypervisors"] == .array([]))
        let hypervisor = try report(.example(capabilities: false))
        #expect(hypervisor.text.hasPrefix("hv07: x86_64, Intel\n  guests of type kvm, "))
        let json = try JSON(hypervisor.json.text)
        #expect(json["model"] == .null && json["vendor"] == .null && json["features"] == .array([]) && json["signature"] == nil)
    }

    @Test("A host of which nothing is known says so")
    func nothing() throws {
        let report = try report(Host(name: "hv\u{1b}", cpu: nil))
        #expect(report.text == "hv\u{241b}: nothing is known of its CPU\n")
        #expect(report.json.text == ##"{"host":"hv\u001b","arch":null,"model":null,"vendor":null,"level":null,"features":[],"hypervisors":[],"file":null,"schema":"host","version":"\##(Reports.Program.version)"}"##)
    }

    @Test("A hypervisor without host-model, and one of an old libvirt")
    func hypervisors() throws {
        let platform = DomainPlatform(architecture: "x86_64", virtType: "qemu")
        func text(_ capabilities: DomainCapabilities) -> String {
            HostReport(Host(name: "h", cpu: nil, domainCapabilities: [capabilities]), hypervisors: [capabilities], map: .builtIn).text
        }
        #expect(text(DomainCapabilities(platform: platform, modes: [.hostModel: false, .hostPassthrough: false])) == """
            h:\u{20}
              guests of type qemu
                host-model     not supported
                modes missing  host-passthrough

            """)
        let cpu = CPUDefinition(kind: .guest, model: "Nehalem")
        let model = DomainCapabilities.Model(name: "Nehalem", usability: .yes, isDeprecated: true)
        let deprecated = text(DomainCapabilities(platform: platform, hostModel: cpu, hostPassthroughAddresses: .init(mode: .emulate, bits: 40), models: [model]))
        #expect(deprecated.contains("    host-model     Nehalem, deprecated\n    level          x86-64-v2\n    addresses      40 bits\n"))
    }
}
