import Glibc
import TestSupport
import Testing

/// A libvirt hook is called with the guest's name, the operation, the suboperation and `-`, with the domain on stdin.
@Suite("hook libvirt")
struct LibvirtHookTests {
    let directory = TemporaryDirectory()

    static let strictPolicy = "default: keep\nrules: {host-passthrough: error}\n"
    static let isSystemWithoutHost = access("/etc/virt-cpu/host.xml", F_OK) != 0

    /// As libvirt hands it over: with an id, on a fresh start too.
    static func domain(_ cpu: String, name: String = "g") -> String {
        Definitions.guest(cpu, name: name).replacing("<domain type='kvm'>", with: "<domain type='kvm' id='7'>")
    }

    static let passthrough = domain("<cpu mode='host-passthrough' check='none' migratable='on'/>")

    /// A guest that runs, as restoring and migration bring it.
    static func running(_ model: String, feature: String = "hypervisor") -> String {
        domain(
            """
            <cpu mode='custom' match='exact' check='full'>
                <model fallback='forbid'>\(model)</model>
                <feature policy='require' name='\(feature)'/>
              </cpu>
            """)
    }

    private func hook(
        _ call: String..., options: [String] = [], policy: String = strictPolicy, input: String = passthrough
    ) -> Outcome {
        let own = ["--config", directory.write("policy.yaml", policy), "--state", "\(directory.path)/state"]
        // What libvirt leaves of the environment.
        var program = Program(["hook", "libvirt"] + own + options + call, input: .text(input), in: "/")
        program.environment = ["LC_ALL=C", "PATH=/usr/bin:/bin", "HOME=/root"]
        return program.run()
    }

    @Test("A fresh start that breaks the policy at error level is refused, in words for virsh's user")
    func refused() {
        let outcome = hook("g", "prepare", "begin", "-")
        #expect(outcome.status == 1)
        #expect(outcome.text == "")
        #expect(outcome.errors == """
            virt-cpu: g is not started: the policy forbids it:
              host-passthrough: the guest's CPU is whatever host it starts on; migration needs identical hosts [host-passthrough]
                help: name a model, or use host-model; for a guest that stays, turn the rule off for it in the policy

            """)
    }

    @Test("Where an incoming guest cannot be noted, none is taken for a fresh start", arguments: ["/proc/nothing", "/dev/null/state"])
    func unusableState(_ place: String) {
        let options = ["--state", place]
        #expect(hook("g", "migrate", "begin", "-", options: options).status == 0)
        let outcome = hook("g", "prepare", "begin", "-", options: options)
        #expect(outcome.status == 0, "it could be the guest that migrates in")
        #expect(outcome.errors.contains("cannot be written to"))
    }

    @Test("A guest's name may be longer than a file's, and its directory's parents need not be there")
    func longNames() {
        let name = String(repeating: "\u{436}", count: 200), state = ["--state", "\(directory.path)/a/b/c"]
        #expect(hook(name, "prepare", "begin", "-", options: state).status == 1)
        #expect(hook(name, "restore", "begin", "-", options: state).status == 0)
        #expect(hook(name + "x", "prepare", "begin", "-", options: state).status == 1, "another guest")
        #expect(hook(name, "prepare", "begin", "-", options: state).status == 0)
        #expect(hook(name, "prepare", "begin", "-", options: state).status == 1, "the note held once")
    }

    @Test("One that breaks it below error level starts, and so does one that live-definition would call live")
    func allowed() {
        for policy in ["default: keep\n", "default: keep\nrules: {live-definition: error}\n"] {
            let outcome = hook("g", "prepare", "begin", "-", policy: policy)
            #expect(outcome.status == 0, "\(policy): \(outcome.errors)")
            #expect(outcome.text == "" && outcome.errors == "", "\(policy)")
        }
    }

    @Test("A running guest is never refused for the policy")
    func running() {
        let policy = "default: Haswell\nrules: {cpu-not-default: error, missing-mitigation: error, live-definition: error}\n"
        let outcome = hook("g", "prepare", "begin", "-", policy: policy, input: Self.running("Nehalem"))
        #expect(outcome.status == 0, "\(outcome.errors)")
        // The same CPU on a fresh start is.
        let fresh = Self.running("Nehalem").replacing(" check='full'", with: "")
        #expect(hook("g", "prepare", "begin", "-", policy: policy, input: fresh).status == 1)
    }

    @Test("migrate begin and restore begin print nothing, and excuse the prepare that follows, once", arguments: ["migrate", "restore"])
    func incoming(_ operation: String) {
        let outcome = hook("g", operation, "begin", "-")
        #expect(outcome.status == 0)
        #expect(outcome.text == "" && outcome.errors == "")
        #expect(hook("other", "prepare", "begin", "-").status == 1)
        #expect(hook("g", "prepare", "begin", "-").status == 0)
        #expect(hook("g", "prepare", "begin", "-").status == 1)
    }

    @Test("A note that an operation left behind holds two minutes")
    func staleNote() {
        #expect(hook("g", "restore", "begin", "-").status == 0)
        var times = [timespec(tv_sec: time(nil) - 121, tv_nsec: 0), timespec(tv_sec: time(nil) - 121, tv_nsec: 0)]
        #expect(utimensat(AT_FDCWD, "\(directory.path)/state/incoming-g", &times, 0) == 0)
        #expect(hook("g", "prepare", "begin", "-").status == 1)
    }

    @Test("A running guest is refused where the host is known not to carry it on, whatever the policy makes of the rule")
    func hostCannot() throws {
        let host = directory.write("hv.xml", Self.haswell)
        let lacking = Self.running("Haswell-noTSX", feature: "avx512f")
        let policy = "default: keep\nrules: {host-incompatible: note}\n"
        let outcome = hook("g", "prepare", "begin", "-", options: ["--host", host], policy: policy, input: lacking)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("virt-cpu: g cannot run on this host:\n"))
        #expect(outcome.errors.contains("avx512f") && outcome.errors.contains("[host-incompatible]"))
        #expect(hook("g", "prepare", "begin", "-", options: ["--host", host], input: Self.running("Haswell-noTSX")).status == 0)
        // Turned off, it has no say; and what capabilities alone say is a doubt, which stops no guest.
        let off = "default: keep\nrules: {host-incompatible: off}\n"
        #expect(hook("g", "prepare", "begin", "-", options: ["--host", host], policy: off, input: lacking).status == 0)
        let doubt = directory.write("doubt.xml", Self.haswell[..<Self.haswell.firstRange(of: "<domainCapabilities>")!.lowerBound] + "")
        let error = "default: keep\nrules: {host-incompatible: error}\n"
        #expect(hook("g", "prepare", "begin", "-", options: ["--host", doubt], policy: error, input: lacking).status == 0)
    }

    @Test("Targets are the policy's hosts', not this machine's")
    func clusterTarget() {
        // Skylake and Cascade Lake together: Skylake-Server-IBRS.
        let policy = "default: host-model-only\nhosts: [\(Corpus.repository)/Examples/hosts/*.xml]\nrules: {cpu-not-default: error}\n"
        let host = "\(Corpus.repository)/Examples/hosts/hv02.capabilities.xml"
        let domain = Self.domain("<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-IBRS</model></cpu>")
        let outcome = hook("g", "prepare", "begin", "-", options: ["--host", host], policy: policy, input: domain)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let own = "default: host-model-only\nrules: {cpu-not-default: error}\n"
        #expect(hook("g", "prepare", "begin", "-", options: ["--host", host], policy: own, input: domain).status == 1)
        // libvirt waits for the hook: a host behind it is not asked, and then nothing is said of the default.
        let uri = "default: host-model-only\nhosts: ['test:///default']\nrules: {cpu-not-default: error}\n"
        #expect(hook("g", "prepare", "begin", "-", options: ["--host", host], policy: uri, input: domain).status == 0)
    }

    @Test(
        "Every other operation succeeds, with a broken policy, no domain and any words",
        arguments: [
            ["start", "begin"], ["started", "begin"], ["stopped", "end"], ["release", "end"], ["migrate", "begin"],
            ["restore", "begin"], ["reconnect", "begin"], ["attach", "begin"], ["prepare", "end"], ["later", "begin"], ["", ""],
        ])
    func others(_ words: [String]) {
        for policy in ["rules: [", "default: keep\n"] {
            for input in ["", "junk", Self.passthrough] {
                let outcome = hook("g", words[0], words[1], "-", options: ["--strict"], policy: policy, input: input)
                #expect(outcome.status == 0)
                #expect(outcome.text == "" && outcome.errors == "")
            }
        }
    }

    @Test("Wrong options stop nothing, and nothing is printed on stdout", arguments: ["prepare", "reconnect", "migrate"])
    func wrongOptions(_ operation: String) {
        for option in ["--confog", "--help", "--version"] {
            let outcome = hook("g", operation, "begin", "-", options: [option])
            #expect(outcome.status == 0)
            #expect(outcome.text == "")
            #expect(outcome.errors.hasPrefix("hook libvirt: "))
        }
    }

    @Test("A guest may be named like an option", arguments: ["--help", "--version", "--strict", "-h", "--", "--config", "a b\"c\n%"])
    func oddNames(_ name: String) {
        #expect(hook(name, "prepare", "begin", "-").status == 1)
        let migrate = hook(name, "migrate", "begin", "-")
        #expect(migrate.status == 0 && migrate.text == "" && migrate.errors == "")
        #expect(hook(name, "prepare", "begin", "-").status == 0)
    }

    @Test("What cannot be read stops no guest; with --strict, fresh starts")
    func broken() {
        let cases: [(options: [String], policy: String, input: String, says: String)] = [
            ([], "rules: [", Self.passthrough, "policy.yaml:1:"),
            (["--config", "/nowhere.yaml"], "", Self.passthrough, "/nowhere.yaml: No such file or directory"),
            (["--host", "/nowhere.xml"], Self.strictPolicy, Self.passthrough, "/nowhere.xml: No such file or directory"),
            ([], Self.strictPolicy, "", "stdin"),
            ([], Self.strictPolicy, "<domain><cpu>", "stdin, 1:14"),
            ([], Self.strictPolicy, "<network/>", "no domain on stdin"),
        ]
        for (options, policy, input, says) in cases {
            let open = hook("g", "prepare", "begin", "-", options: options, policy: policy, input: input)
            #expect(open.status == 0, "\(says): \(open.errors)")
            #expect(open.errors.contains(says) && open.errors.hasSuffix("; g was not judged\n"), "\(open.errors)")
            let strict = hook("g", "prepare", "begin", "-", options: options + ["--strict"], policy: policy, input: input)
            #expect(strict.status == 1, "\(says)")
            #expect(strict.errors.contains(says), "\(strict.errors)")
            #expect(open.text == "" && strict.text == "")
        }
        let running = hook("g", "prepare", "begin", "-", options: ["--strict"], policy: "rules: [", input: Self.running("Nehalem"))
        #expect(running.status == 0)
    }

    @Test("With closed streams it still decides")
    func closed() {
        let policy = directory.write("policy.yaml", Self.strictPolicy)
        var program = Program(
            ["hook", "libvirt", "--config", policy, "--state", directory.path, "g", "prepare", "begin", "-"],
            input: .text(Self.passthrough), output: .closed)
        #expect(program.run().status == 1)
        program.input = .closed
        #expect(program.run().status == 0)
    }

    @Test("The scripts fail on a refusal and on nothing else", arguments: ["qemu", "qemu.d/virt-cpu"])
    func script(_ name: String) {
        let bin = directory.makeDirectory("bin")
        var script = Program(["g", "reconnect", "begin", "-"])
        script.executable = "\(Corpus.repository)/Examples/libvirt-hooks/\(name)"
        script.environment = ["PATH=\(bin):/usr/bin:/bin"]
        // Debian's package may be installed.
        if access("/usr/bin/virt-cpu", F_OK) != 0 { #expect(script.run().status == 0, "not installed") }
        for (ending, status) in [("exit 1", 1), ("exit 0", 0), ("exit 2", 0), ("exit 127", 0), ("kill -SEGV $$", 0)] as [(String, Int32)] {
            chmod(directory.write("bin/virt-cpu", "#!/bin/sh\n\(ending)\n"), 0o755)
            #expect(script.run().status == status, "\(ending)")
        }
    }

    /// A desktop processor without AVX-512, by its capabilities and its hypervisor's.
    static let haswell = """
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

/// KubeVirt's shim runs `onDefineDomain --vmi JSON --domain XML`.
@Suite("hook kubevirt")
struct KubeVirtHookTests {
    let directory = TemporaryDirectory()

    /// As virt-launcher writes it: Go's encoder, no line ends at the close of the document, double quotes.
    static func launcher(_ cpu: String, padding: Int = 0) -> String {
        """
        <domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
        \t<name>default_testvm</name>
        \t<memory unit="b">134217728</memory>
        \t<os>
        \t\t<type arch="x86_64" machine="q35">hvm</type>
        \t\t<smbios mode="sysinfo"></smbios>
        \t</os>
        \t<sysinfo type="smbios">
        \t\t<system>
        \t\t\t<entry name="uuid">5a9fc181-957e-5c32-9e5a-2de5e9673531</entry>
        \t\t</system>
        \t</sysinfo>
        \t<devices></devices>
        \t<metadata>
        \t\t<kubevirt xmlns="http://kubevirt.io">
        \t\t\t<uid>\(String(repeating: "x", count: padding))</uid>
        \t\t</kubevirt>
        \t</metadata>
        \t<features>
        \t\t<acpi></acpi>
        \t</features>
        \t\(cpu)
        \t<vcpu placement="static">1</vcpu>
        </domain>
        """
    }

    static let topology = #"<topology sockets="1" cores="1" threads="1"></topology>"#
    static let hostModel = #"<cpu mode="host-model">\#(topology)</cpu>"#
    static let vmi = #"{"metadata":{"name":"testvm","namespace":"default"},"spec":{"domain":{"devices":{}}}}"#

    private func hook(_ arguments: String..., policy: String) -> Outcome {
        var program = Program(["hook", "kubevirt", "--config", directory.write("policy.yaml", policy)] + arguments, in: "/")
        program.environment = ["PATH=/usr/bin:/bin"]
        return program.run()
    }

    @Test("Prints the domain with the policy's CPU, every other byte as it was")
    func rewritten() {
        let outcome = hook("--vmi", Self.vmi, "--domain", Self.launcher(Self.hostModel), policy: "default: {model: Haswell, fallback: forbid}\n")
        #expect(outcome.status == 0)
        let cpu = """
            <cpu mode="custom" match="exact"><model fallback="forbid">Haswell</model>\(Self.topology)</cpu>
            """
        #expect(outcome.text == Self.launcher(cpu))
        #expect(outcome.errors == "")
    }

    @Test("A domain that is as the policy wants it comes out as it came in")
    func unchanged() {
        let domain = Self.launcher(Self.hostModel)
        #expect(hook("--vmi", Self.vmi, "--domain", domain, policy: "default: keep\n").text == domain)
    }

    @Test("Refused at error level: nothing is printed, the status fails the start")
    func refused() {
        let policy = "default: keep\nrules: {host-passthrough: error}\n"
        let outcome = hook("--vmi", Self.vmi, "--domain", Self.launcher(#"<cpu mode="host-passthrough"></cpu>"#), policy: policy)
        #expect(outcome.status == 1)
        #expect(outcome.text == "")
        #expect(outcome.errors.hasPrefix("virt-cpu: default_testvm is not started:\n  host-passthrough: "))
    }

    @Test("Linux takes 131,071 bytes for an argument: domains and VMIs of that size go through")
    func long() {
        let frame = Self.launcher(Self.hostModel).utf8.count
        let domain = Self.launcher(Self.hostModel, padding: (128 << 10) - 1 - frame)
        #expect(domain.utf8.count == 131_071)
        let vmi = Self.vmi + String(repeating: " ", count: 131_071 - Self.vmi.utf8.count)
        let outcome = hook("--vmi", vmi, "--domain", domain, policy: "default: keep\n")
        #expect(outcome.status == 0)
        #expect(outcome.text == domain)
    }

    @Test("What cannot be done prints nothing and fails the start")
    func failures() {
        let domain = Self.launcher(Self.hostModel)
        for (arguments, says) in [
            (["--vmi", Self.vmi], "--domain"),
            (["--vmi", Self.vmi, "--domain", domain, "--cloud-init", "x"], "--cloud-init"),
            (["--vmi", Self.vmi, "--domain", ""], "--domain"),
            (["--vmi", Self.vmi, "--domain", "<network/>"], "--domain holds no domain"),
            (["--vmi", Self.vmi, "--domain", String(domain.dropLast(4))], "--domain:"),
        ] {
            var program = Program(["hook", "kubevirt", "--no-config"] + arguments)
            program.environment = ["PATH=/usr/bin"]
            let outcome = program.run()
            #expect(outcome.status == 2, "\(says)")
            #expect(outcome.text == "", "\(says)")
            #expect(outcome.errors.contains(says), "\(outcome.errors)")
        }
        #expect(hook("--vmi", Self.vmi, "--domain", domain, policy: "defualt: keep\n").status == 2)
        // The shim has a --version of its own, which never reaches the hook.
        #expect(hook("--version", policy: "default: keep\n").text.hasPrefix("0."))
    }
}

extension KubeVirtHookTests {
    /// The script that the ConfigMap puts at /usr/bin/onDefineDomain.
    private func configMapScript() -> String {
        let text = String(decoding: Corpus.read("\(Corpus.repository)/Examples/kubevirt/configmap.yaml"), as: UTF8.self)
        let lines = text.split(separator: "\n").drop { $0 != "  onDefineDomain: |" }.dropFirst()
        return lines.map { "\($0.dropFirst(4))\n" }.joined()
    }

    @Test("The example's scripts do as the shim expects", arguments: [true, false])
    func example(_ isConfigMap: Bool) {
        let script = isConfigMap
            ? directory.write("onDefineDomain", configMapScript()) : "\(Corpus.repository)/Examples/kubevirt/onDefineDomain"
        chmod(script, 0o755)
        let programs = Program.path.split(separator: "/").dropLast().joined(separator: "/")
        let domain = Self.launcher(Self.hostModel)
        let policy = isConfigMap ? [] : ["--config", directory.write("policy.yaml", "default: Haswell-noTSX-IBRS\n")]
        var program = Program(policy + ["--vmi", Self.vmi, "--domain", domain])
        program.executable = script
        program.environment = ["PATH=/\(programs):/usr/bin:/bin", "TMPDIR=\(directory.path)"]
        let outcome = program.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains(">Haswell-noTSX-IBRS</model>"))
        #expect(outcome.text.hasSuffix("</domain>"))
    }
}

/// VDSM runs `before_vm_start` with the domain in the file that the environment names.
@Suite("hook vdsm")
struct VDSMHookTests {
    let directory = TemporaryDirectory()

    private func hook(_ arguments: String..., file: String?, policy: String = "default: Haswell\n") -> Outcome {
        var program = Program(["hook", "vdsm", "--config", directory.write("policy.yaml", policy)] + arguments, in: "/")
        program.environment = ["PATH=/usr/bin:/bin", "vmId=5a9fc181-957e-5c32-9e5a-2de5e9673531"]
        if let file { program.environment.append("_hook_domxml=\(file)") }
        return program.run()
    }

    private func text(_ path: String) -> String { String(decoding: Corpus.read(path), as: UTF8.self) }

    @Test("Rewrites the file, which keeps its mode; nothing is printed and nothing lies beside it")
    func rewritten() {
        let file = directory.write("tmp/dom", Definitions.hostModel)
        chmod(file, 0o640)
        let outcome = hook(file: file)
        #expect(outcome.status == 0 && outcome.text == "" && outcome.errors == "")
        #expect(text(file).contains("<model>Haswell</model>") || text(file).contains(">Haswell</model>"))
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o7777 == 0o640)
        var listing = Program(["-a", "\(directory.path)/tmp"])
        listing.executable = "/bin/ls"
        #expect(listing.run().text == ".\n..\ndom\n")
    }

    @Test("A file that is as the policy wants it is not touched")
    func untouched() {
        let file = directory.write("dom", Definitions.hostModel)
        var before = stat(), after = stat()
        #expect(stat(file, &before) == 0)
        #expect(hook(file: file, policy: "default: host-model\n").status == 0)
        #expect(stat(file, &after) == 0)
        #expect(before.st_ino == after.st_ino)
        #expect(text(file) == Definitions.hostModel)
    }

    @Test("Refused at error level: 2 stops the start, the file stays")
    func refused() {
        let file = directory.write("dom", Definitions.passthrough)
        let outcome = hook(file: file, policy: "default: keep\nrules: {host-passthrough: error}\n")
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("virt-cpu: g is not started:\n"))
        #expect(text(file) == Definitions.passthrough)
    }

    @Test("What cannot be read is said and stops nothing; with --strict it does")
    func broken() {
        let file = directory.write("dom", Definitions.hostModel), half = directory.write("half", "<domain><cpu>")
        for (name, policy, says) in [
            (file, "rules: [", "policy.yaml:1:"), (half, "default: Haswell\n", "half:1:14"),
            ("\(directory.path)/none", "default: Haswell\n", "No such file"), (nil, "default: Haswell\n", "_hook_domxml"),
        ] {
            let open = hook(file: name, policy: policy), strict = hook("--strict", file: name, policy: policy)
            #expect(open.status == 0 && strict.status == 2, "\(says)")
            #expect(open.errors.contains(says) && strict.errors.contains(says), "\(open.errors)")
        }
        #expect(text(file) == Definitions.hostModel)
        #expect(text(half) == "<domain><cpu>")
    }
}
