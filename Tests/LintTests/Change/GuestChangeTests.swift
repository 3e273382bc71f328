import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

/// What a guest notices if one definition replaces another.
func change(_ before: String, _ after: String, on hosts: [Host] = []) throws -> GuestChange {
    let old = try #require(records(before).first), new = try #require(records(after).first)
    return GuestChange.between(old, new, on: StartCheck(hosts: hosts))
}

/// A `<cpu>` with a model and other content.
func cpuElement(_ name: String, _ rest: String = "", attributes: String = "") -> String {
    "<cpu mode='custom' match='exact'\(attributes)><model fallback='forbid'>\(name)</model>\(rest)</cpu>"
}

/// A definition with a `<cpu>`, a number of vCPUs and `<features>`.
func definition(
    _ cpu: String, vcpus: String = "<vcpu>4</vcpu>", features: String = "", type: String = "kvm",
    arch: String = "x86_64", machine: String? = "pc-q35-7.2", rest: String = ""
) -> String {
    """
    <domain type='\(type)'>
      <name>guest</name>
      \(vcpus)
      <os><type arch='\(arch)'\(machine.map { " machine='\($0)'" } ?? "")>hvm</type></os>
      <features><acpi/>\(features)</features>
      \(cpu)
      \(rest)
    </domain>
    """
}

private func topology(_ sockets: Int, _ cores: Int, _ threads: Int) -> String {
    "<topology sockets='\(sockets)' cores='\(cores)' threads='\(threads)'/>"
}

@Suite("What a guest notices of a change")
struct GuestChangeTests {
    /// The brand strings and signatures are those of QEMU 7.2 (query-cpu-model-expansion).
    @Test("The brand string and the signature depend on the model's name", arguments: [
        ("EPYC", "EPYC-IBPB", "AMD EPYC Processor → AMD EPYC Processor (with IBPB)", nil, ["ibpb"], []),
        ("Haswell", "Haswell-noTSX", "Intel Core Processor (Haswell) → Intel Core Processor (Haswell, no TSX)",
         "family 6, model 60, stepping 4 → family 6, model 60, stepping 1", [], ["hle", "rtm"]),
        ("Haswell", "Haswell-noTSX-IBRS", "Intel Core Processor (Haswell) → Intel Core Processor (Haswell, no TSX, IBRS)",
         "family 6, model 60, stepping 4 → family 6, model 60, stepping 1", ["spec-ctrl"], ["hle", "rtm"]),
        ("Cascadelake-Server", "Cascadelake-Server-noTSX", nil, nil, ["ibrs-all"], ["hle", "rtm"]),
    ] as [(String, String, String?, String?, [String], [String])])
    func models(
        _ old: String, _ new: String, brand: String?, signature: String?, gained: [String], lost: [String]
    ) throws {
        let change = try change(definition(cpuElement(old)), definition(cpuElement(new)))
        func value(_ aspect: GuestChange.Aspect) -> String? { change.items.first { $0.aspect == aspect }?.value }
        #expect(value(.cpu) == "\(old) → \(new)")
        #expect(value(.brand) == brand)
        #expect(value(.signature) == signature)
        #expect(value(.vendor) == nil)
        let listed = { (aspect: GuestChange.Aspect) in change.items.first { $0.aspect == aspect }?.features ?? [] }
        #expect(Set(gained).isSubset(of: listed(.featuresGained)))
        #expect(listed(.featuresLost) == lost)
        #expect(change.doubts == [])
    }

    @Test("A change that the guest cannot notice is no change", arguments: [
        ("an older name of the same CPU", definition(cpuElement("Haswell")), definition(cpuElement("Haswell-v1"))),
        ("fallback, check and vendor", definition(cpuElement("Haswell")),
         definition("<cpu check='none'><model fallback='allow'>Haswell</model><vendor>Intel</vendor></cpu>")),
        ("the order of features",
         definition(cpuElement("Haswell", "<feature policy='disable' name='hle'/><feature policy='disable' name='rtm'/>")),
         definition(cpuElement("Haswell", "<feature policy='disable' name='rtm'/><feature policy='disable' name='hle'/>"))),
        ("a feature that QEMU's model has, though libvirt's map does not",
         definition(cpuElement("Haswell")), definition(cpuElement("Haswell", "<feature policy='require' name='f16c'/>"))),
        ("force in place of require, forbid of disable",
         definition(cpuElement("Haswell", "<feature policy='require' name='vmx'/><feature policy='disable' name='hle'/>")),
         definition(cpuElement("Haswell", "<feature policy='force' name='vmx'/><feature policy='forbid' name='hle'/>"))),
        ("the same under host-model, where the host decides the rest",
         definition("<cpu mode='host-model'><feature policy='require' name='vmx'/><feature policy='disable' name='hle'/></cpu>"),
         definition("<cpu mode='host-model'><feature policy='forbid' name='hle'/><feature policy='force' name='vmx'/></cpu>")),
        ("what libvirt writes out for no <cpu>", definition(""),
         definition("<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>")),
        ("a topology that says what no topology means", definition(cpuElement("Haswell")), definition(cpuElement("Haswell", topology(4, 1, 1)))),
        ("hot-plugged vCPUs", definition(cpuElement("Haswell"), vcpus: "<vcpu current='1'>4</vcpu>"),
         definition(cpuElement("Haswell"), vcpus: "<vcpu current='3'>4</vcpu>")),
        ("a machine type under a named model", definition(cpuElement("Haswell")), definition(cpuElement("Haswell"), machine: "pc-q35-8.0")),
        ("a machine type under host-model", definition("<cpu mode='host-model'/>"), definition("<cpu mode='host-model'/>", machine: "q35")),
        ("a machine type with the same default CPU", definition("", machine: "pc-i440fx-6.2"), definition("", machine: "pc-i440fx-7.2")),
        ("two boards of one version", definition("", machine: "pc-i440fx-6.2"), definition("", machine: "pc-q35-6.2")),
        ("the name of the board that is meant anyway", definition("", machine: nil), definition("", machine: "pc")),
        ("host-passthrough with migratable as it is by default", definition("<cpu mode='host-passthrough'/>"),
         definition("<cpu mode='host-passthrough' check='none' migratable='on'/>")),
        ("enlightenments that are off", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell"), features: "<hyperv><relaxed state='off'/></hyperv>")),
        ("a UUID and a title", definition(cpuElement("Haswell")), definition(cpuElement("Haswell"), rest: "<title>t</title>")),
        ("a second -cpu that says the same",
         definition(cpuElement("Haswell"), rest: Self.commandLine("Penryn")), definition(cpuElement("EPYC"), rest: Self.commandLine("Penryn"))),
    ])
    func invisible(_ what: String, _ before: String, _ after: String) throws {
        let there = try change(before, after), back = try change(after, before)
        #expect(there.isNone, "\(what): \(there)")
        #expect(back.isNone, "\(what): \(back)")
    }

    static func commandLine(_ cpu: String, option: String = "-cpu") -> String {
        """
        <commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='\(option)'/><arg value='\(cpu)'/></commandline>
        """
    }

    @Test("The guest notices changes of other properties than the model", arguments: [
        (.vendor, "the host's → KVMKVMKVMKVM", definition(cpuElement("Haswell")),
         definition("<cpu><model vendor_id='KVMKVMKVMKVM'>Haswell</model></cpu>")),
        (.topology, "1 socket × 4 cores × 1 thread → 1 socket × 2 cores × 2 threads",
         definition(cpuElement("Haswell", topology(1, 4, 1))), definition(cpuElement("Haswell", topology(1, 2, 2)))),
        (.topology, "1 socket × 4 cores × 1 thread → 4 sockets × 1 core × 1 thread (no <topology>: each vCPU is a socket)",
         definition(cpuElement("Haswell", topology(1, 4, 1))), definition(cpuElement("Haswell"))),
        (.topology, "4 sockets × 1 core × 1 thread → 8 sockets × 1 core × 1 thread (no <topology>: each vCPU is a socket)",
         definition(cpuElement("Haswell")), definition(cpuElement("Haswell"), vcpus: "<vcpu>8</vcpu>")),
        (.physicalAddresses, "not stated → 42 bits", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell", "<maxphysaddr mode='emulate' bits='42'/>"))),
        (.physicalAddresses, "42 bits → the host's, at most 39 bits",
         definition(cpuElement("Haswell", "<maxphysaddr mode='emulate' bits='42'/>")),
         definition(cpuElement("Haswell", "<maxphysaddr mode='passthrough' limit='39'/>"))),
        (.caches, "not stated → level 3 emulate", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell", "<cache level='3' mode='emulate'/>"))),
        (.hypervisor, "KVM → KVM and Hyper-V", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell"), features: "<hyperv><relaxed state='on'/><vapic/></hyperv>")),
        (.hypervisor, "KVM and Hyper-V → KVM and Hyper-V (whatever)",
         definition(cpuElement("Haswell"), features: "<hyperv><relaxed/></hyperv>"),
         definition(cpuElement("Haswell"), features: "<hyperv><relaxed/><vendor_id state='on' value='whatever'/></hyperv>")),
        (.hypervisor, "KVM → hidden", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell"), features: "<kvm><hidden state='on'/></kvm>")),
        (.enlightenments, "hypervclock, spinlocks 4096 → hypervclock, spinlocks 8191",
         definition(cpuElement("Haswell"), features: "<hyperv><spinlocks state='on' retries='4096'/></hyperv>",
               rest: "<clock><timer name='hypervclock' present='yes'/></clock>"),
         definition(cpuElement("Haswell"), features: "<hyperv><spinlocks state='on' retries='8191'/></hyperv>",
               rest: "<clock><timer name='hypervclock'/></clock>")),
        (.paravirtualisation, "not stated → kvmclock off", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell"), rest: "<clock><timer name='kvmclock' present='no'/></clock>")),
        (.machine, "pc-q35-rhel8.6.0 → pc-q35-rhel9.4.0", definition("", machine: "pc-q35-rhel8.6.0"),
         definition("", machine: "pc-q35-rhel9.4.0")),
        (.globals, "none → Haswell-x86_64-cpu.vmx=on", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell"), rest: Self.commandLine("Haswell-x86_64-cpu.vmx=on", option: "-global"))),
        (.commandLine, "none → Penryn", definition(cpuElement("Haswell")), definition(cpuElement("Haswell"), rest: Self.commandLine("Penryn"))),
        (.cpu, "unknown-1 → unknown-2", definition(cpuElement("unknown-1")), definition(cpuElement("unknown-2"))),
        (.cpu, "cortex-a57 → cortex-a72", definition(cpuElement("cortex-a57"), arch: "aarch64", machine: "virt-7.2"),
         definition(cpuElement("cortex-a72"), arch: "aarch64", machine: "virt-7.2")),
    ] as [(GuestChange.Aspect, String, String, String)])
    func single(_ aspect: GuestChange.Aspect, _ words: String, _ before: String, _ after: String) throws {
        let change = try change(before, after)
        #expect(change.items.map(\.aspect) == [aspect])
        #expect(change.items.map(\.value) == [words])
        #expect(change.doubts == [])
    }

    /// As guests of QEMU 7.2 see it (CPUID leaf 1).
    @Test("An old machine type has another CPU of the same name, and an alias stands for the newest", arguments: ["pc-q35-7.2", "q35"])
    func oldMachine(newer: String) throws {
        let seen = try change(
            definition(cpuElement("Haswell"), machine: newer), definition(cpuElement("Haswell"), machine: "pc-i440fx-2.4"))
        #expect(seen.items.map(\.description) == [
            "machine type: \(newer) → pc-i440fx-2.4", "signature: family 6, model 60, stepping 4 → family 6, model 60, stepping 1",
            "features lost: abm",
        ])
        #expect(seen.doubts == [])
        let unchanged = try change(
            definition(cpuElement("Haswell-noTSX-IBRS"), machine: newer),
            definition(cpuElement("Haswell-noTSX-IBRS"), machine: "pc-i440fx-2.4"))
        #expect(unchanged.isNone)
    }

    @Test("The hypervisor's default CPU is that of the machine type")
    func defaultOfAnOldMachine() throws {
        let seen = try change(definition("", machine: "pc-i440fx-2.12"), definition("", machine: "pc-i440fx-9.2"))
        #expect(seen.items.map(\.description) == [
            "machine type: pc-i440fx-2.12 → pc-i440fx-9.2", "signature: family 6, model 6, stepping 3 → family 15, model 107, stepping 1",
        ])
    }

    @Test("ht is part of the change of the topology, and nothing more")
    func threads() throws {
        let seen = try change(definition(cpuElement("EPYC")), definition(cpuElement("EPYC", topology(1, 2, 2)), type: "kvm"))
        #expect(seen.items.map(\.aspect) == [.topology])
        let cores = definition(cpuElement("EPYC", topology(1, 4, 1)), type: "qemu")
        let other = try change(cores, definition(cpuElement("Haswell", topology(1, 4, 1)), type: "qemu"))
        let lost = try #require(other.items.first { $0.aspect == .featuresLost }).features
        #expect(lost.contains("cmp_legacy") && !lost.contains("ht"))
    }

    @Test("Under emulation, a guest sees QEMU's own leaf and no enlightenments")
    func emulatedLeaves() throws {
        let plain = definition(cpuElement("Haswell"), type: "qemu")
        let asking = definition(
            cpuElement("Haswell"), features: "<hyperv><relaxed/></hyperv><kvm><hidden state='on'/></kvm>", type: "qemu")
        #expect(try change(plain, asking).isNone)
        let old = try change(
            definition(cpuElement("kvm64"), type: "qemu", machine: "pc-i440fx-2.9"),
            definition(cpuElement("kvm64"), type: "qemu", machine: "pc-i440fx-2.8"))
        #expect(old.items.map(\.description) == ["hypervisor: TCG → hidden"])
    }

    @Test("Under another accelerator, the vendor and some features differ")
    func accelerator() throws {
        let change = try change(definition(cpuElement("EPYC")), definition(cpuElement("EPYC"), type: "qemu"))
        #expect(change.items.first?.description == "virtualisation: kvm → qemu")
        #expect(change.items.contains { $0.description == "vendor: the host's → AuthenticAMD" })
        #expect(change.items.contains { $0.aspect == .featuresLost && $0.features.contains("vme") })
    }

    @Test("The host's own processor differs from every model", arguments: ["host-passthrough", "maximum"])
    func passthrough(mode: String) throws {
        let change = try change(definition("<cpu mode='\(mode)'/>"), definition(cpuElement("Haswell")))
        #expect(change.items.map(\.description)
            == ["\(mode) → Haswell", "brand string: the host's own → Intel Core Processor (Haswell)"])
    }

    @Test("What is not known is reported as a doubt", arguments: [
        ("host-model", definition("<cpu mode='host-model'/>"), definition(cpuElement("Haswell")), "no host is given"),
        ("host-model now", definition(cpuElement("Haswell")), definition("<cpu mode='host-model'/>"), "no host is given"),
        ("a feature on top of the host's", definition("<cpu mode='host-model'/>"),
         definition("<cpu mode='host-model'><feature policy='disable' name='vmx'/></cpu>"), "nested virtualisation (vmx): as on the host → off"),
        ("what is optional", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell", "<feature policy='optional' name='vmx'/>")), "feature vmx is optional"),
        ("match='minimum'", definition(cpuElement("Haswell")), definition("<cpu match='minimum'><model>Haswell</model></cpu>"), "minimum"),
        ("an alias of a machine", definition("", machine: "q35"), definition("", machine: "pc-q35-7.2"), "the version of q35 depends"),
        ("words that libvirt refuses", definition("<cpu mode='some'/>"), definition(cpuElement("Haswell")), "libvirt refuses the earlier"),
        ("a feature that the map does not have", definition(cpuElement("Haswell")),
         definition(cpuElement("Haswell", "<feature policy='require' name='new-one'/>")), "new-one: not in the CPU map"),
        ("host-passthrough and maximum", definition("<cpu mode='host-passthrough'/>"), definition("<cpu mode='maximum'/>"), "under KVM"),
    ])
    func doubts(_ what: String, _ before: String, _ after: String, words: String) throws {
        let change = try change(before, after)
        #expect(change.items == [])
        #expect(change.doubts.count == 1 && change.doubts[0].contains(words), "\(what): \(change.doubts)")
    }
}
