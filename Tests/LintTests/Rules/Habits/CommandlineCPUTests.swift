import Hosts
import Lint
import Testing

@Suite("A -cpu in qemu:commandline")
struct CommandlineCPUTests {
    /// A macOS guest, as its makers publish them: <cpu> says one thing, and QEMU is given another.
    private static func guest(_ cpu: String, arguments: String = "<qemu:arg value='-cpu'/><qemu:arg value='Penryn,+invtsc'/>") -> String {
        """
        <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
          <name>mac</name>
          <vcpu>4</vcpu>
          <os><type arch='x86_64' machine='pc-q35-4.2'>hvm</type></os>
          \(cpu)
          <qemu:commandline>\(arguments)</qemu:commandline>
        </domain>
        """
    }

    @Test("Nothing else is said about a CPU that the guest does not get",
          arguments: ["", "<cpu mode='host-passthrough' check='none'/>", "<cpu><model>Haswell</model></cpu>"])
    func silence(_ cpu: String) throws {
        #expect(try judge(Self.guest(cpu), policy: "default: host-model").findings.map(\.rule) == ["commandline-cpu"])
    }

    /// QEMU 7.2, asked over QMP, keeps `-cpu max` of `-cpu max -name -cpu`.
    @Test("A -cpu that QEMU may take for the value of another option hides nothing", arguments: [
        ["-name", "-cpu"]: true, ["-cpu"]: true, ["-unknown", "-cpu", "host"]: true, ["--name", "-cpu", "-S"]: true,
        ["-S", "-cpu", "host"]: false, ["-name", "x", "-cpu", "host"]: false, ["-nodefaults", "--cpu", "host"]: false,
    ])
    func values(_ arguments: [String], _ isJudged: Bool) throws {
        let text = arguments.map { "<qemu:arg value='\($0)'/>" }.joined()
        let found = try judge(Self.guest("<cpu mode='host-passthrough'/>", arguments: text)).findings.map(\.rule)
        #expect(found.contains("host-passthrough") == isJudged, "\(found)")
        #expect(found.contains("commandline-cpu"))
    }

    /// QEMU 7.2, asked over QMP for the CPU's `movbe`, applies each that is found here.
    @Test("A -global that changes the CPU is found, and one of another device is not", arguments: [
        ["-global", "qemu64-x86_64-cpu.movbe=on"]: true, ["--global", "x86_64-cpu.movbe=on"]: true, ["-global", "cpu.movbe=on"]: true,
        ["-global", "driver=x86_64-cpu,property=movbe,value=on"]: true, ["-global", "property=movbe,value=on,driver=x86_64-cpu"]: true,
        ["-global", "ICH9-LPC.disable_s3=1"]: false, ["-global", "x86_64-cpu-cluster.a=b"]: false, ["-global"]: false,
        ["x86_64-cpu.movbe=on"]: false, ["-global", "qemu64-x86_64-cpu.model-id=A CPU,driver=e1000"]: true, ["-global", "e1000.a=b,driver=x86_64-cpu"]: false,
        ["-global", "value=X\u{600},driver=x86_64-cpu,property=model-id"]: true,
    ])
    func globals(_ arguments: [String], _ isFound: Bool) throws {
        let text = arguments.map { "<qemu:arg value='\($0)'/>" }.joined()
        let found = try judge(Self.guest("<cpu mode='host-passthrough'/>", arguments: text)).findings.map(\.rule)
        #expect(found.contains("commandline-cpu") == isFound, "\(found)")
        #expect(found.contains("host-passthrough"))
    }

    @Test("What libvirt refuses is still said")
    func refused() throws {
        let found = try judge(Self.guest("<cpu mode='host-model'><topology sockets='1' cores='3' threads='1'/></cpu>")).findings
        #expect(found.map(\.rule) == ["topology-vcpus", "commandline-cpu"])
    }

    @Test("filter leaves <cpu> as it is, and adds none")
    func filter() throws {
        for cpu in ["", "<cpu mode='host-passthrough'/>"] {
            let xml = Self.guest(cpu)
            #expect(try judge(xml, policy: "default: host-model", purpose: .rewrite).output == xml)
        }
    }

    @Test("Other arguments change nothing about that")
    func others() throws {
        let xml = Self.guest("<cpu mode='host-passthrough'/>", arguments: "<qemu:arg value='-set'/>")
        #expect(try judge(xml, policy: "default: host-model").findings.map(\.rule).contains("cpu-not-default"))
        #expect(try judge(xml, policy: "default: host-model", purpose: .rewrite).output != xml)
    }
}
