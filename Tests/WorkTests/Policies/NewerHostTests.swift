import TestSupport
import Testing
import Work

/// Hosts whose libvirt and QEMU are newer than every CPU map of the program. EPYC-Nexus and nexus-feature do not exist.
@Suite("Hosts that are newer than the program")
struct NewerHostTests {
    private let directory = TemporaryDirectory()

    private func capabilities(_ features: String = "<feature name='nexus-feature'/>") -> String {
        """
        <capabilities>
          <host>
            <cpu><arch>x86_64</arch><model>EPYC-Turin</model><vendor>AMD</vendor><signature family='26' model='0' stepping='0'/>\(features)</cpu>
          </host>
        </capabilities>
        """
    }

    private func domainCapabilities(hostModel: String = "EPYC-Nexus", features: String = "<feature policy='require' name='nexus-feature'/>", blocker: String = "nexus-other") -> String {
        """
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-11.1</machine><arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'/>
            <mode name='maximum' supported='yes'/>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>\(hostModel)</model>
              <vendor>AMD</vendor>
              <feature policy='require' name='x2apic'/>
              \(features)
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes' vendor='AMD' canonical='EPYC-Nexus-v1'>EPYC-Nexus</model>
              <model usable='no' vendor='AMD'>EPYC-Nexus-v9</model>
              <blockers model='EPYC-Nexus-v9'><feature name='\(blocker)'/></blockers>
              <model usable='yes' vendor='AMD' canonical='EPYC-Milan-v1'>EPYC-Milan</model>
              <model usable='yes' vendor='AMD' canonical='EPYC-v1'>EPYC</model>
            </mode>
          </cpu>
        </domainCapabilities>
        """
    }

    private func host(_ text: String? = nil) -> String { directory.write("hv07.domcapabilities.xml", text ?? domainCapabilities()) }

    private func guest(_ cpu: String) -> String {
        // QEMU 11.1 does not mark this machine type as deprecated.
        Definitions.guest(cpu, extra: "").replacing("pc-q35-7.2", with: "pc-q35-10.0")
    }

    private func named(_ model: String, _ features: String = "") -> String {
        guest("<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model>\(features)</cpu>")
    }

    private func check(_ definition: String, hosts: [String]) -> Outcome {
        WorkTests.check(["-"], .testing("keep", rules: ["missing-mitigation=off"], hosts: hosts), input: definition, in: directory)
    }

    private let said = "virt-cpu: note: host hv07 has a newer libvirt or QEMU than the CPU maps of this program (libvirt 12.9.0); taken by name: model EPYC-Nexus, model EPYC-Nexus-v9, nexus-feature, nexus-other\n"

    @Test("Usable models start, blockers and unlisted models are refused, and the names are noted once")
    func verdicts() {
        let hosts = [host()]
        let usable = check(named("EPYC-Nexus") + named("EPYC-Nexus"), hosts: hosts)
        #expect(usable.status == 0)
        #expect(usable.errors.hasPrefix(said))
        #expect(usable.errors.components(of: "taken by name") == 1)
        #expect(usable.text == "")
        let blocked = check(named("EPYC-Nexus-v9"), hosts: hosts)
        #expect(blocked.status == 1)
        #expect(blocked.text.contains("the hypervisor reports EPYC-Nexus-v9 as unusable: missing nexus-other"))
        let open = check(named("EPYC-Nexus-v9", "<feature policy='disable' name='nexus-other'/>"), hosts: hosts)
        #expect(open.status == 0)
        let unlisted = check(named("EPYC-Rome"), hosts: hosts)
        #expect(unlisted.status == 1)
        #expect(unlisted.text.contains("the hypervisor does not list the model EPYC-Rome"))
        let misspelt = check(named("EPYC-Nexuss"), hosts: hosts)
        #expect(misspelt.text.contains("libvirt does not know the CPU model 'EPYC-Nexuss' (did you mean 'EPYC-Nexus'?)"))
    }

    @Test("A feature that the host has is required with success, another new one is not known at all")
    func features() {
        let hosts = [host()]
        #expect(check(named("EPYC-Nexus", "<feature policy='require' name='nexus-feature'/>"), hosts: hosts).status == 0)
        let lacked = check(named("EPYC-Nexus", "<feature policy='require' name='nexus-other'/>"), hosts: hosts)
        #expect(lacked.text.contains("[host-incompatible]"), "the host may have it as a part of its model, so nobody can tell")
        let unknown = check(named("EPYC-Nexus", "<feature policy='require' name='nexus-third'/>"), hosts: hosts)
        #expect(unknown.status == 1)
        #expect(unknown.text.contains("libvirt does not know the CPU feature 'nexus-third'"))
    }

    @Test("host-model is pinned by name, and check accepts what pin writes")
    func pin() {
        let hosts = [host()]
        let pinned = filter(guest("<cpu mode='host-model'/>"), .testing("pin", hosts: hosts))
        #expect(pinned.status == 0)
        for part in ["<model fallback='forbid'>EPYC-Nexus</model>", "<vendor>AMD</vendor>", "name='nexus-feature'", "name='x2apic'"] {
            #expect(pinned.text.contains(part))
        }
        let checked = check(pinned.text, hosts: hosts)
        #expect(checked.status == 0)
        #expect(checked.text == "")
    }

    @Test("The nearest known model is that of the usable models; a baseline takes what all hosts have, by name")
    func targets() {
        let one = host()
        let two = directory.write(
            "hv08.domcapabilities.xml",
            domainCapabilities(features: "<feature policy='disable' name='nexus-feature'/><feature policy='require' name='nexus-fourth'/>"))
        #expect(filter(guest("<cpu mode='maximum'/>"), .testing("host-model-only", hosts: [one])).text.contains("<model fallback='forbid'>EPYC-Milan</model>"))
        let baseline = filter(guest("<cpu mode='maximum'/>"), .testing("baseline", hosts: [one, two]))
        #expect(baseline.text.contains("<model fallback='forbid'>EPYC-Nexus</model>"))
        #expect(baseline.text.contains("<feature policy='require' name='x2apic'/>"))
        #expect(baseline.text.contains("<feature policy='disable' name='nexus-feature'/>"))
        #expect(!baseline.text.contains("nexus-fourth"))
        let different = directory.write("hv09.domcapabilities.xml", domainCapabilities(hostModel: "EPYC-Milan"))
        let refused = filter(guest("<cpu mode='maximum'/>"), .testing("baseline", rules: ["host-passthrough=off"], hosts: [one, different]))
        #expect(refused.text.contains("mode='maximum'"))
        #expect(refused.errors.contains("the features of CPU model 'EPYC-Nexus' are not known here"))
    }

    @Test("The questions about such a host are answered")
    func questions() throws {
        let file = host()
        let other = directory.write("hv08.domcapabilities.xml", domainCapabilities())
        let cpu = directory.write("cpu.xml", "<cpu><model>EPYC-Nexus</model><feature name='nexus-feature'/></cpu>")
        let answers = outcome { channels in
            let question = try HostQuestion(.builtIn, timeout: 30, channels)
            try channels.print(try question.reports(on: [file]).map(\.text).joined())
            try channels.print(try question.models(on: [file]).text)
            try channels.print(try question.baseline(of: [file, other], migratable: false, expand: false).xml)
            try channels.answer(nil) { try question.compare([cpu], with: [file], to: $0) }
        }
        #expect(answers.text.contains("EPYC-Nexus"))
        #expect(answers.text.contains("<feature policy='require' name='nexus-feature'/>"))
        #expect(answers.errors.contains("taken by name"))
        #expect(!answers.errors.contains("error"), "\(answers.errors)")
    }

    @Test("The features in a newer host's capabilities do not keep its guests from being judged")
    func capabilitiesOnly() {
        let file = directory.write("hv07.capabilities.xml", capabilities())
        let started = check(named("EPYC-Turin", "<feature policy='require' name='nexus-feature'/>"), hosts: [file])
        #expect(started.status == 0)
        #expect(!started.text.contains("host-incompatible"))
        let refused = check(named("Haswell", "<feature policy='require' name='nexus-feature'/>"), hosts: [file])
        #expect(refused.text.contains("might not start the guest: the host lacks required features: hle, rtm"))
    }

    @Test("With an older release stated, what the host's own lists say still counts")
    func statedOlder() {
        let file = host(domainCapabilities(hostModel: "EPYC-Turin", features: "<feature policy='require' name='tsa-sq-no'/>"))
        let outcome = WorkTests.check(
            ["-"], .testing("keep", rules: ["missing-mitigation=off"], hosts: [file]) { $0.libvirt = .init("11.3") },
            input: named("EPYC-Turin", "<feature policy='require' name='tsa-sq-no'/>").replacing("EPYC-Turin", with: "EPYC-Nexus"), in: directory)
        #expect(!outcome.text.contains("does not know"), "\(outcome.text)")
    }

    @Test("Thousands of new names, long ones and ones with control characters: bounded and printable")
    func hostile() {
        let many = (0..<5000).map { "<feature policy='require' name='n\($0)-\u{9b}31m'/>" }.joined()
        let file = host(domainCapabilities(features: many))
        let outcome = check(named("EPYC-Nexus"), hosts: [file])
        #expect(!outcome.errors.unicodeScalars.contains("\u{9b}") && !outcome.text.unicodeScalars.contains("\u{9b}"))
        #expect(outcome.errors.utf8.count < 4000)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        var count = 0, rest = self[...]
        while let range = rest.firstRange(of: part) { count += 1; rest = rest[range.upperBound...] }
        return count
    }
}
