import Glibc
import TestSupport
import Testing
import Work

@Suite("libvirt's hook")
struct LibvirtHookTests {
    private let directory = TemporaryDirectory()

    private static let strictPolicy = "default: keep\nrules: {host-passthrough: error}\n"

    /// A definition as libvirt hands it over: with an id, on a fresh start too.
    private static func domain(_ cpu: String, name: String = "g") -> String {
        Definitions.guest(cpu, name: name).replacing("<domain type='kvm'>", with: "<domain type='kvm' id='7'>")
    }

    private static let passthrough = domain("<cpu mode='host-passthrough' check='none' migratable='on'/>")

    /// A running guest, as migration and restoring bring it.
    private static func running(_ model: String, feature: String = "hypervisor") -> String {
        domain(
            """
            <cpu mode='custom' match='exact' check='full'>
                <model fallback='forbid'>\(model)</model>
                <feature policy='require' name='\(feature)'/>
              </cpu>
            """)
    }

    private func hook(
        _ guest: String, _ operation: String, _ suboperation: String, policy: String = strictPolicy, hosts: [String] = [],
        input: String = passthrough, _ change: (inout LibvirtHook) -> Void = { _ in }
    ) -> Outcome {
        var hook = LibvirtHook()
        hook.policyFile = directory.write("policy.yaml", policy)
        hook.hosts = hosts
        hook.stateDirectory = "\(directory.path)/state"
        change(&hook)
        return outcome(input: Array(input.utf8)) {
            try hook.run(LibvirtHook.Call(guest: guest, operation: operation, suboperation: suboperation), $0)
        }
    }

    // MARK: Fresh starts

    @Test("A fresh start with an error by the policy is refused, in words for virsh's user")
    func refused() {
        let outcome = hook("g", "prepare", "begin")
        #expect(outcome.status == 1)
        #expect(outcome.text == "")
        #expect(outcome.errors == """
            virt-cpu: g was not started, because it breaks the policy:
              host-passthrough gives the guest the CPU of the host that it starts on, so migration needs identical hosts [host-passthrough]
                help: use host-model or name a model; for a guest that never migrates, turn this rule off in the policy

            """)
    }

    @Test("A fresh start with findings below errors is allowed, and so is one with an id, which live-definition would report")
    func allowed() {
        for policy in ["default: keep\n", "default: keep\nrules: {live-definition: error}\n"] {
            let outcome = hook("g", "prepare", "begin", policy: policy)
            #expect(outcome.status == 0, "\(policy): \(outcome.errors)")
            #expect(outcome.text == "" && outcome.errors == "", "\(policy)")
        }
    }

    @Test("The names in a target may be those that only the hook's hosts have, and no others")
    func namesOfHosts() {
        let host = directory.write("hv07.xml", """
            <domainCapabilities>
              <path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>
              <cpu><mode name='custom' supported='yes'><model usable='yes' vendor='AMD'>EPYC-Nexus</model></mode></cpu>
            </domainCapabilities>
            """)
        let domain = Self.domain("<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC-Nexus</model></cpu>")
        let known = hook("g", "prepare", "begin", policy: "default: {model: EPYC-Nexus}\n", hosts: [host], input: domain) { $0.isStrict = true }
        #expect(known.status == 0, "\(known.errors)")
        let misspelt = hook("g", "prepare", "begin", policy: "default: {model: EPYC-Nexuss}\n", hosts: [host], input: domain) { $0.isStrict = true }
        #expect(misspelt.status == 1)
        #expect(misspelt.errors.contains("(did you mean 'EPYC-Nexus'?)"), "\(misspelt.errors)")
        // Of a host that is not newer than the maps, it is certain that it does not have the name.
        let old = "\(Corpus.repository)/Examples/hosts/hv02.capabilities.xml"
        let unknown = hook("g", "prepare", "begin", policy: "default: {model: Zebra}\n", hosts: [old], input: domain) { $0.isStrict = true }
        #expect(unknown.status == 1 && unknown.errors.contains("and no named host has it"), "\(unknown.errors)")
    }

    @Test("Targets are computed from the policy's hosts and not from this machine")
    func clusterTarget() {
        // Skylake and Cascade Lake together have Skylake-Server-noTSX-IBRS.
        let policy = "default: host-model-only,secure=off\nhosts: [\(Corpus.repository)/Examples/hosts/*.xml]\nrules: {cpu-not-default: error}\n"
        let host = "\(Corpus.repository)/Examples/hosts/hv02.capabilities.xml"
        let domain = Self.domain("<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-noTSX-IBRS</model></cpu>")
        let outcome = hook("g", "prepare", "begin", policy: policy, hosts: [host], input: domain)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let own = "default: host-model-only,secure=off\nrules: {cpu-not-default: error}\n"
        #expect(hook("g", "prepare", "begin", policy: own, hosts: [host], input: domain).status == 1)
        // libvirt is waiting for the hook, so that no URI is asked; then nothing can be said about the default.
        let uri = "default: host-model-only\nhosts: ['test:///default']\nrules: {cpu-not-default: error}\n"
        #expect(hook("g", "prepare", "begin", policy: uri, hosts: [host], input: domain).status == 0)
    }

    @Test("An entry's hosts count for the target, and a name that no host has is an error of the policy")
    func entryHosts() {
        func policy(_ name: String) -> String {
            """
            default: host-model-only,secure=off
            hosts: [\(Corpus.repository)/Examples/hosts/*.xml]
            guests: [{match: {name: g}, hosts: [\(name)]}]
            rules: {cpu-not-default: error}

            """
        }
        let host = "\(Corpus.repository)/Examples/hosts/hv02.capabilities.xml"
        let domain = Self.domain("<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-noTSX-IBRS</model></cpu>")
        #expect(hook("g", "prepare", "begin", policy: policy("hv01"), hosts: [host], input: domain).status == 0)
        #expect(hook("g", "prepare", "begin", policy: policy("hv02"), hosts: [host], input: domain).status == 1)
        let wrong = hook("g", "prepare", "begin", policy: policy("hv03"), hosts: [host], input: domain)
        #expect(wrong.errors.contains("policy.yaml:3:37: ") && wrong.errors.contains("unknown host 'hv03'"), "\(wrong.errors)")
    }

    // MARK: Running guests

    @Test("A running guest is never refused because of the policy")
    func running() {
        let policy = "default: Haswell\nrules: {cpu-not-default: error, missing-mitigation: error, live-definition: error}\n"
        let outcome = hook("g", "prepare", "begin", policy: policy, input: Self.running("Nehalem"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        // On a fresh start the same CPU is refused.
        let fresh = Self.running("Nehalem").replacing(" check='full'", with: "")
        #expect(hook("g", "prepare", "begin", policy: policy, input: fresh).status == 1)
    }

    @Test("A running guest is refused if the host cannot continue it, unless the policy turns the rule off")
    func hostCannot() throws {
        let host = directory.write("hv.xml", Self.haswell)
        let lacking = Self.running("Haswell-noTSX", feature: "avx512f")
        let policy = "default: keep\nrules: {host-incompatible: note}\n"
        let outcome = hook("g", "prepare", "begin", policy: policy, hosts: [host], input: lacking)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("virt-cpu: g cannot run on this host:\n"))
        #expect(outcome.errors.contains("avx512f") && outcome.errors.contains("[host-incompatible]"))
        #expect(hook("g", "prepare", "begin", hosts: [host], input: Self.running("Haswell-noTSX")).status == 0)
        let off = "default: keep\nrules: {host-incompatible: off}\n"
        #expect(hook("g", "prepare", "begin", policy: off, hosts: [host], input: lacking).status == 0)
        // Capabilities alone leave a doubt, which stops no guest.
        let doubt = directory.write("doubt.xml", String(Self.haswell[..<Self.haswell.firstRange(of: "<domainCapabilities>")!.lowerBound]))
        let error = "default: keep\nrules: {host-incompatible: error}\n"
        #expect(hook("g", "prepare", "begin", policy: error, hosts: [doubt], input: lacking).status == 0)
    }

    // MARK: Notes about incoming guests

    @Test("migrate begin and restore begin print nothing, and excuse the prepare that follows, once", arguments: ["migrate", "restore"])
    func incoming(_ operation: String) {
        let outcome = hook("g", operation, "begin")
        #expect(outcome.status == 0)
        #expect(outcome.text == "" && outcome.errors == "")
        #expect(hook("other", "prepare", "begin").status == 1)
        #expect(hook("g", "prepare", "begin").status == 0)
        #expect(hook("g", "prepare", "begin").status == 1)
    }

    @Test("The note that a failed operation left is valid for two minutes")
    func staleNote() {
        #expect(hook("g", "restore", "begin").status == 0)
        var times = [timespec(tv_sec: time(nil) - 121, tv_nsec: 0), timespec(tv_sec: time(nil) - 121, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, "\(directory.path)/state/incoming-g", &times, 0) == 0)
        #expect(hook("g", "prepare", "begin").status == 1)
    }

    @Test("Where notes cannot be written, any guest might be an incoming one", arguments: ["/proc/nothing", "/dev/null/state"])
    func unusableState(_ place: String) {
        #expect(hook("g", "migrate", "begin") { $0.stateDirectory = place }.status == 0)
        let outcome = hook("g", "prepare", "begin") { $0.stateDirectory = place }
        #expect(outcome.status == 0, "it could be the guest that migrates in")
        #expect(outcome.errors.contains("is not writable"))
    }

    @Test("A guest's name may be longer than a file's, and the parents of the notes' directory need not exist")
    func longNames() {
        let name = String(repeating: "\u{436}", count: 200)
        func run(_ guest: String, _ operation: String) -> Int32? {
            hook(guest, operation, "begin") { $0.stateDirectory = "\(directory.path)/a/b/c" }.status
        }
        #expect(run(name, "prepare") == 1)
        #expect(run(name, "restore") == 0)
        #expect(run(name + "x", "prepare") == 1, "another guest")
        #expect(run(name, "prepare") == 0)
        #expect(run(name, "prepare") == 1, "the note was valid once")
    }

    // MARK: Other operations, and failures

    @Test(
        "Every other operation succeeds, with a broken policy, without a domain, and with any words",
        arguments: [
            ["start", "begin"], ["started", "begin"], ["stopped", "end"], ["release", "end"], ["migrate", "begin"],
            ["restore", "begin"], ["reconnect", "begin"], ["attach", "begin"], ["prepare", "end"], ["later", "begin"], ["", ""],
        ])
    func others(_ words: [String]) {
        for policy in ["rules: [", "default: keep\n"] {
            for input in ["", "junk", Self.passthrough] {
                let outcome = hook("g", words[0], words[1], policy: policy, input: input) { $0.isStrict = true }
                #expect(outcome.status == 0)
                #expect(outcome.text == "" && outcome.errors == "")
            }
        }
    }

    private struct Failure {
        var policy = LibvirtHookTests.strictPolicy
        var input = LibvirtHookTests.passthrough
        var change: (inout LibvirtHook) -> Void = { _ in }
        /// A part of the message.
        var message: String
    }

    @Test("Something that cannot be read stops no guest; in a strict hook it stops fresh starts")
    func broken() {
        for failure in [
            Failure(policy: "rules: [", message: "policy.yaml:1:"),
            Failure(change: { $0.policyFile = "/nowhere.yaml" }, message: "/nowhere.yaml: No such file or directory"),
            Failure(change: { $0.hosts = ["/nowhere.xml"] }, message: "/nowhere.xml: No such file or directory"),
            Failure(input: "", message: "stdin"), Failure(input: "<network/>", message: "no domain on stdin"),
        ] {
            let open = hook("g", "prepare", "begin", policy: failure.policy, input: failure.input, failure.change)
            #expect(open.status == 0, "\(failure.message): \(open.errors)")
            #expect(open.errors.contains(failure.message) && open.errors.hasSuffix("; g was not checked\n"), "\(open.errors)")
            let strict = hook("g", "prepare", "begin", policy: failure.policy, input: failure.input) {
                failure.change(&$0)
                $0.isStrict = true
            }
            #expect(strict.status == 1, "\(failure.message)")
            #expect(strict.errors.contains(failure.message), "\(strict.errors)")
            #expect(open.text == "" && strict.text == "")
        }
        let running = hook("g", "prepare", "begin", policy: "rules: [", input: Self.running("Nehalem")) { $0.isStrict = true }
        #expect(running.status == 0)
    }

    @Test("A definition that cannot be read does not start, because its author could choose that; an incoming guest does")
    func unreadableDefinition() {
        let attributes = (0...1024).map { " a\($0)=''" }.joined()
        let strange = Self.passthrough.replacing("</domain>", with: "<metadata><x\(attributes)/></metadata></domain>")
        for input in ["<domain><cpu>", strange, Self.passthrough + "<"] {
            let outcome = hook("g", "prepare", "begin", input: input)
            #expect(outcome.status == 1)
            #expect(outcome.errors.hasPrefix("<stdin>:") && !outcome.errors.contains("was not checked"), "\(outcome.errors)")
            #expect(hook("g", "migrate", "begin").status == 0)
            let incoming = hook("g", "prepare", "begin", input: input)
            #expect(incoming.status == 0 && incoming.errors.hasSuffix("; g was not checked\n"), "\(incoming.errors)")
        }
    }

    @Test("check='full' excuses only a named model, as libvirt writes it", arguments: [
        "<cpu mode='host-passthrough' check='full'/>", "<cpu mode='host-passthrough' check='full'><model>Nehalem</model></cpu>",
        "<cpu mode='maximum' check='full'/>", "<cpu mode='host-model' check='full'/>", "<cpu check='full'/>", "<cpu mode='custom' check='full'><model/></cpu>",
    ])
    func fullCheck(_ cpu: String) {
        let outcome = hook("g", "prepare", "begin", policy: "default: Haswell\nrules: {cpu-not-default: error}\n", input: Self.domain(cpu))
        #expect(outcome.status == 1 && outcome.errors.contains("breaks the policy"), "\(outcome.errors)")
    }

    /// A desktop processor without AVX-512, by its capabilities and its hypervisor's.
    private static let haswell = """
        <capabilities>
          <host><cpu><arch>x86_64</arch><model>Haswell-noTSX-IBRS</model><vendor>Intel</vendor></cpu></host>
        </capabilities>
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path>
          <domain>kvm</domain>
          <machine>pc-q35-7.2</machine>
          <arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'/>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>Haswell-noTSX-IBRS</model>
              <vendor>Intel</vendor>
              <feature policy='require' name='hypervisor'/>
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes'>Haswell-noTSX</model>
            </mode>
          </cpu>
        </domainCapabilities>

        """
}
