import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

@testable import Work

/// Hosts that are named by URIs are tested with the executable.
@Suite("Hosts that are named")
struct HostArgumentsTests {
    private let directory = TemporaryDirectory()
    private static let capabilities = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)

    private func hosts(_ specs: String...) throws -> [Host] { try HostArguments(CPUKnowledge()).hosts(for: specs) }

    @Test("Files of one host make one host, even if different patterns name them")
    func oneHost() throws {
        let first = directory.write("hv01.capabilities.xml", Self.capabilities)
        directory.write("hv01.domcapabilities.xml", "<domainCapabilities><domain>kvm</domain><machine>q35</machine><arch>x86_64</arch></domainCapabilities>")
        let hosts = try hosts(first, "\(directory.path)/*.domcapabilities.xml")
        #expect(hosts.map(\.name) == ["hv01"])
        #expect(hosts[0].domainCapabilities.count == 1)
    }

    @Test("A file that two patterns name is read once")
    func overlap() throws {
        let file = directory.write("hv01.xml", Self.capabilities)
        directory.write("hv02.xml", Self.capabilities)
        #expect(try hosts("\(directory.path)/*.xml", file).map(\.name) == ["hv01", "hv02"])
    }

    @Test("Two hosts of one name are told apart")
    func names() throws {
        let a = directory.write("a/hv.xml", Self.capabilities), b = directory.write("b/hv.xml", Self.capabilities)
        #expect(try hosts(a, b).map(\.name) == ["\(directory.path)/a/hv", "\(directory.path)/b/hv"])
        let local = directory.write("local.xml", Self.capabilities)
        #expect(try hosts(local, "local").map(\.name) == ["local", "local (2)"])
    }

    @Test("A file whose name looks like a pattern is that file")
    func literalNames() throws {
        let file = directory.write("[hv].xml", Self.capabilities)
        #expect(try hosts(file).map(\.name) == ["[hv]"])
    }

    @Test("A directory stands for the host files *.xml directly in it")
    func directories() throws {
        directory.write("hosts/hv02.xml", Self.capabilities)
        directory.write("hosts/hv01.capabilities.xml", Self.capabilities)
        directory.write("hosts/README", "no host")
        directory.write("hosts/.hidden.xml", "no host")
        directory.write("hosts/deep/hv03.xml", Self.capabilities)
        #expect(try hosts("\(directory.path)/hosts").map(\.name) == ["hv01", "hv02"])
        #expect(try hosts("\(directory.path)/hosts/").map(\.name) == ["hv01", "hv02"])
    }

    @Test("A directory without host files is an error that says what it stands for")
    func emptyDirectory() {
        let error = #expect(throws: IOFailure.self) { try hosts(directory.path) }
        #expect(error?.description == "virt-cpu: error: \(directory.path): contains no *.xml file; a directory stands for the host files *.xml directly in it")
    }

    @Test("The host - is read from stdin, unless stdin holds the definitions")
    func standardInput() throws {
        var names: [String] = []
        let asked = outcome(input: Array(Self.capabilities.utf8)) { channels in
            var arguments = HostArguments(CPUKnowledge())
            arguments.standardInput = StandardInput(channels)
            names = try arguments.hosts(for: ["-"]).map(\.name)
        }
        #expect(asked.status == 0 && names == ["<stdin>"])
        let error = #expect(throws: IOFailure.self) { try hosts("-") }
        #expect(error?.description == "virt-cpu: error: -: a host cannot be read from stdin here: name a file")
    }

    @Test("The hosts have the scope that they are named for")
    func scope() throws {
        let file = directory.write("hv01.xml", Self.capabilities)
        let arguments = HostArguments(CPUKnowledge())
        #expect(try arguments.hosts(for: [file]).map(\.scope) == [.any])
        #expect(try arguments.hosts(for: [file], scope: .every).map(\.scope) == [.every])
    }

    // MARK: Hosts that cannot be used

    /// What filter, check, check --fix and the questions about hosts say of a host that they cannot use: the message, exit
    /// status 2, and no output. No file is changed.
    private func expectFault(_ message: String, hosts: [String], _ comment: Comment? = nil) {
        let scratch = TemporaryDirectory()
        scratch.write("a.xml", Definitions.passthrough)
        let filtered = filter(Definitions.passthrough, .testing(nil, hosts: hosts))
        #expect(filtered.status == 2, comment)
        #expect(filtered.output == [], comment)
        #expect(filtered.errors.hasSuffix(message + "\n"), comment)
        for mode in [CheckMode.report, .fix] {
            let checked = check(["a.xml"], .testing(nil, hosts: hosts), mode: mode, in: scratch)
            #expect(checked.status == 2, comment)
            #expect(checked.errors.split(separator: "\n").contains { $0 == message }, "\(checked.errors)")
        }
        #expect(scratch.text("a.xml") == Definitions.passthrough, comment)
        #expect(filtered.errors == message + "\n", comment)
        // A baseline is also made of domains, and of a <cpu> without <arch>.
        let takesMore = message.contains("<domain> is not") || message.contains("no <arch>")
        let baseline: (HostQuestion) throws -> Void = { _ = try $0.baseline(of: hosts, migratable: false, expand: false) }
        for question in [{ _ = try $0.reports(on: hosts) }, takesMore ? { _ = try $0.reports(on: hosts) } : baseline] as [(HostQuestion) throws -> Void] {
            let asked = outcome { _ in try question(HostQuestion(.builtIn, timeout: 30)) }
            #expect(asked.status == 2, comment)
            #expect(asked.errors == message + "\n", comment)
        }
    }

    @Test("A file that describes no host", arguments: [
        ("hello\n", "1:1: error: Start tag expected, '<' not found"),
        ("", "1:1: error: the file is empty"),
        ("<html><body>503 Service Unavailable</body></html>\n", "1:1: error: <html> is not a host description: expected <capabilities>, <domainCapabilities>, <cpu> or <cpudata>, as printed by virsh capabilities and virsh domcapabilities"),
        ("<domain type='kvm'/>\n", "1:1: error: <domain> is not a host description: expected <capabilities>, <domainCapabilities>, <cpu> or <cpudata>, as printed by virsh capabilities and virsh domcapabilities"),
        ("<capabilities>\n  <host>\n    <uuid/>\n  </host>\n</capabilities>\n", "1:1: error: no <host><cpu> in the capabilities"),
        ("<cpu>\n<model>Haswell</model></cpu>\n", "1:1: error: the host's <cpu> has no <arch>, which is required"),
    ])
    func foreign(_ text: String, message: String) {
        let file = directory.write("hv01.xml", text)
        expectFault("\(file):\(message)", hosts: [file])
    }

    @Test("Capabilities cut off at any line")
    func truncated() {
        let lines = Self.capabilities.split(separator: "\n", omittingEmptySubsequences: false)
        for count in stride(from: 1, to: lines.count - 2, by: 7) {
            let file = directory.write("hv01.xml", lines.prefix(count).joined(separator: "\n") + "\n")
            let outcome = filter(Definitions.passthrough, .testing(nil, hosts: [file]))
            #expect(outcome.status == 2, "\(count)")
            #expect(outcome.output == [], "\(count)")
            #expect(outcome.errors.hasPrefix("\(file):"), "\(count): \(outcome.errors)")
            #expect(outcome.errors.firstMatch(of: /:[0-9]+:[0-9]+: error: [^\n]+\n$/) != nil, "\(count): \(outcome.errors)")
        }
    }

    @Test("A pattern that matches nothing, a missing file, a directory without host files")
    func absent() {
        let pattern = "\(directory.path)/*.capabilities.xml"
        expectFault("virt-cpu: error: \(pattern): no such file", hosts: [pattern])
        expectFault("virt-cpu: error: \(directory.path)/none.xml: no such file", hosts: ["\(directory.path)/none.xml"])
        expectFault(
            "virt-cpu: error: \(directory.path): contains no *.xml file; a directory stands for the host files *.xml directly in it",
            hosts: [directory.path])
    }

    @Test("A model that the map does not have: exit 2, nothing is judged", arguments: ["check", "filter"])
    func unknownModel(_ command: String) {
        directory.write("hv.xml", "<cpu><arch>x86_64</arch><model>Nosuch</model></cpu>")
        let settings = Settings.testing(hosts: ["\(directory.path)/hv.xml"]), domain = "<domain type='kvm'><cpu/></domain>"
        let outcome = command == "check" ? check(["-"], settings, input: domain, in: directory) : filter(domain, settings)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("hv.xml: error: host hv: unknown CPU model 'Nosuch'"))
    }

    @Test("That no host has a guest's architecture is a finding; among others, such a host is another guest's")
    func architecture() {
        let arm = directory.write("arm01.xml", "<cpu><arch>aarch64</arch><model>cortex-a72</model></cpu>\n")
        let power = directory.write("p9.xml", "<cpu><arch>ppc64le</arch><model>POWER9</model></cpu>\n")
        let foreign = filter(Definitions.passthrough, .testing(nil, hosts: [arm, power]))
        #expect(foreign.status == 1)
        #expect(foreign.output.isEmpty)
        #expect(foreign.errors.contains("error: none of the given hosts can run x86_64 guests with hardware virtualisation [host-incompatible]"))
        let own = directory.write("hv01.xml", Self.capabilities)
        let mixed = filter(Definitions.passthrough, .testing("host-model-only", hosts: [arm, own]))
        #expect(mixed.status == 0)
        #expect(mixed.text.contains("<model fallback='forbid'>Skylake-Server-noTSX-IBRS</model>"))
        // A policy's hosts may be there for other guests.
        directory.write(".virt-cpu.yaml", "hosts: [arm01.xml]\n")
        let policy = filter(Definitions.passthrough, .discovering(), from: directory.path)
        #expect(policy.status == 0)
        #expect(policy.text == Definitions.passthrough)
        #expect(policy.errors.contains("none of the given hosts can run x86_64 guests with hardware virtualisation"))
        // Of a directory, check judges those definitions that it can.
        directory.write("vms/x86.xml", Definitions.passthrough)
        directory.write("vms/arm.xml", Definitions.passthrough.replacing("x86_64", with: "aarch64"))
        let all = check(["vms"], .testing(nil, hosts: [own]), in: directory)
        #expect(all.status == 0)
        #expect(all.text.contains("none of the given hosts can run aarch64 guests with hardware virtualisation"))
        // The same of that definition alone: the exit status does not depend on what else is checked.
        let alone = check(["vms/arm.xml"], .testing(nil, hosts: [own]), in: directory)
        #expect(alone.status == 0)
        #expect(alone.text.contains("none of the given hosts can run aarch64 guests with hardware virtualisation"))
        // An emulated guest runs anywhere.
        let emulated = Definitions.passthrough.replacing("type='kvm'", with: "type='qemu'")
        #expect(filter(emulated, .testing("host-model-only", hosts: [arm])).status == 0)
    }

    @Test("Domains before the one that its hosts cannot run have been written")
    func streamed() {
        let arm = directory.write("arm01.xml", "<cpu><arch>aarch64</arch><model>cortex-a72</model></cpu>\n")
        let emulated = Definitions.passthrough.replacing("type='kvm'", with: "type='qemu'")
            .replacing("host-passthrough", with: "maximum")
        let outcome = filter(emulated + Definitions.passthrough, .testing(nil, hosts: [arm]) { $0.isQuiet = true })
        #expect(outcome.status == 1)
        #expect(outcome.text == emulated)
    }
}
