import CPUModel
import Corpus
import Hosts
import Lint
import Testing

/// What a guest notices between two definitions.
func change(_ before: String, _ after: String, on hosts: [Host] = []) throws -> GuestChange {
    let old = try #require(records(before).first), new = try #require(records(after).first)
    return GuestChange.between(old, new, on: StartCheck(hosts: hosts))
}

/// `<cpu>` with that model and what else stands in it.
private func model(_ name: String, _ rest: String = "", attributes: String = "") -> String {
    "<cpu mode='custom' match='exact'\(attributes)><model fallback='forbid'>\(name)</model>\(rest)</cpu>"
}

/// A definition with that `<cpu>`, that number of vCPUs and those `<features>`.
private func guest(
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
    /// Brand strings and signatures are QEMU 7.2's own, as its monitor gives them (query-cpu-model-expansion).
    @Test("Brand string and signature follow the model's name", arguments: [
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
        let change = try change(guest(model(old)), guest(model(new)))
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

    @Test("What the guest cannot see is no change", arguments: [
        ("an older name of the same CPU", guest(model("Haswell")), guest(model("Haswell-v1"))),
        ("fallback, check and vendor", guest(model("Haswell")),
         guest("<cpu check='none'><model fallback='allow'>Haswell</model><vendor>Intel</vendor></cpu>")),
        ("the order of features",
         guest(model("Haswell", "<feature policy='disable' name='hle'/><feature policy='disable' name='rtm'/>")),
         guest(model("Haswell", "<feature policy='disable' name='rtm'/><feature policy='disable' name='hle'/>"))),
        ("a feature that QEMU's model has, though libvirt's map does not",
         guest(model("Haswell")), guest(model("Haswell", "<feature policy='require' name='f16c'/>"))),
        ("force in place of require, forbid of disable",
         guest(model("Haswell", "<feature policy='require' name='vmx'/><feature policy='disable' name='hle'/>")),
         guest(model("Haswell", "<feature policy='force' name='vmx'/><feature policy='forbid' name='hle'/>"))),
        ("the same under host-model, where the host decides the rest",
         guest("<cpu mode='host-model'><feature policy='require' name='vmx'/><feature policy='disable' name='hle'/></cpu>"),
         guest("<cpu mode='host-model'><feature policy='forbid' name='hle'/><feature policy='force' name='vmx'/></cpu>")),
        ("what libvirt writes out for no <cpu>", guest(""),
         guest("<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>")),
        ("a topology that says what no topology means", guest(model("Haswell")), guest(model("Haswell", topology(4, 1, 1)))),
        ("hot-plugged vCPUs", guest(model("Haswell"), vcpus: "<vcpu current='1'>4</vcpu>"),
         guest(model("Haswell"), vcpus: "<vcpu current='3'>4</vcpu>")),
        ("a machine type under a named model", guest(model("Haswell")), guest(model("Haswell"), machine: "pc-q35-8.0")),
        ("a machine type under host-model", guest("<cpu mode='host-model'/>"), guest("<cpu mode='host-model'/>", machine: "q35")),
        ("two boards of one version", guest("", machine: "pc-i440fx-6.2"), guest("", machine: "pc-q35-6.2")),
        ("the name of the board that is meant anyway", guest("", machine: nil), guest("", machine: "pc")),
        ("host-passthrough with migratable as it is by default", guest("<cpu mode='host-passthrough'/>"),
         guest("<cpu mode='host-passthrough' check='none' migratable='on'/>")),
        ("enlightenments that are off", guest(model("Haswell")),
         guest(model("Haswell"), features: "<hyperv><relaxed state='off'/></hyperv>")),
        ("a UUID and a title", guest(model("Haswell")), guest(model("Haswell"), rest: "<title>t</title>")),
        ("a second -cpu that says the same",
         guest(model("Haswell"), rest: Self.commandLine("Penryn")), guest(model("EPYC"), rest: Self.commandLine("Penryn"))),
    ])
    func invisible(_ what: String, _ before: String, _ after: String) throws {
        let there = try change(before, after), back = try change(after, before)
        #expect(there.isNone, "\(what): \(there)")
        #expect(back.isNone, "\(what): \(back)")
    }

    static func commandLine(_ cpu: String) -> String {
        """
        <commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-cpu'/><arg value='\(cpu)'/></commandline>
        """
    }

    @Test("What is seen besides the model", arguments: [
        (.vendor, "the host's → KVMKVMKVMKVM", guest(model("Haswell")),
         guest("<cpu><model vendor_id='KVMKVMKVMKVM'>Haswell</model></cpu>")),
        (.topology, "1 socket × 4 cores × 1 thread → 1 socket × 2 cores × 2 threads",
         guest(model("Haswell", topology(1, 4, 1))), guest(model("Haswell", topology(1, 2, 2)))),
        (.topology, "1 socket × 4 cores × 1 thread → 4 sockets × 1 core × 1 thread (no <topology>: each vCPU is a socket)",
         guest(model("Haswell", topology(1, 4, 1))), guest(model("Haswell"))),
        (.topology, "4 sockets × 1 core × 1 thread → 8 sockets × 1 core × 1 thread (no <topology>: each vCPU is a socket)",
         guest(model("Haswell")), guest(model("Haswell"), vcpus: "<vcpu>8</vcpu>")),
        (.physicalAddresses, "not stated → 42 bits", guest(model("Haswell")),
         guest(model("Haswell", "<maxphysaddr mode='emulate' bits='42'/>"))),
        (.physicalAddresses, "42 bits → the host's, at most 39 bits",
         guest(model("Haswell", "<maxphysaddr mode='emulate' bits='42'/>")),
         guest(model("Haswell", "<maxphysaddr mode='passthrough' limit='39'/>"))),
        (.caches, "not stated → level 3 emulate", guest(model("Haswell")),
         guest(model("Haswell", "<cache level='3' mode='emulate'/>"))),
        (.hypervisor, "KVM → KVM and Hyper-V", guest(model("Haswell")),
         guest(model("Haswell"), features: "<hyperv><relaxed state='on'/><vapic/></hyperv>")),
        (.hypervisor, "KVM and Hyper-V → KVM and Hyper-V (whatever)",
         guest(model("Haswell"), features: "<hyperv><relaxed/></hyperv>"),
         guest(model("Haswell"), features: "<hyperv><relaxed/><vendor_id state='on' value='whatever'/></hyperv>")),
        (.hypervisor, "KVM → hidden", guest(model("Haswell")),
         guest(model("Haswell"), features: "<kvm><hidden state='on'/></kvm>")),
        (.enlightenments, "hypervclock, spinlocks 4096 → hypervclock, spinlocks 8191",
         guest(model("Haswell"), features: "<hyperv><spinlocks state='on' retries='4096'/></hyperv>",
               rest: "<clock><timer name='hypervclock' present='yes'/></clock>"),
         guest(model("Haswell"), features: "<hyperv><spinlocks state='on' retries='8191'/></hyperv>",
               rest: "<clock><timer name='hypervclock'/></clock>")),
        (.paravirtualisation, "not stated → kvmclock off", guest(model("Haswell")),
         guest(model("Haswell"), rest: "<clock><timer name='kvmclock' present='no'/></clock>")),
        (.machine, "pc-i440fx-6.2 → pc-i440fx-7.2", guest("", machine: "pc-i440fx-6.2"), guest("", machine: "pc-i440fx-7.2")),
        (.commandLine, "none → Penryn", guest(model("Haswell")), guest(model("Haswell"), rest: Self.commandLine("Penryn"))),
        (.cpu, "unknown-1 → unknown-2", guest(model("unknown-1")), guest(model("unknown-2"))),
        (.cpu, "cortex-a57 → cortex-a72", guest(model("cortex-a57"), arch: "aarch64", machine: "virt-7.2"),
         guest(model("cortex-a72"), arch: "aarch64", machine: "virt-7.2")),
    ] as [(GuestChange.Aspect, String, String, String)])
    func single(_ aspect: GuestChange.Aspect, _ words: String, _ before: String, _ after: String) throws {
        let change = try change(before, after)
        #expect(change.items.map(\.aspect) == [aspect])
        #expect(change.items.map(\.value) == [words])
        #expect(change.doubts == [])
    }

    @Test("Another accelerator: the vendor, and what emulation cannot give")
    func accelerator() throws {
        let change = try change(guest(model("EPYC")), guest(model("EPYC"), type: "qemu"))
        #expect(change.items.first?.description == "virtualisation: kvm → qemu")
        #expect(change.items.contains { $0.description == "vendor: the host's → AuthenticAMD" })
        #expect(change.items.contains { $0.aspect == .featuresLost && $0.features.contains("vme") })
    }

    @Test("The host's own processor is no model's", arguments: ["host-passthrough", "maximum"])
    func passthrough(mode: String) throws {
        let change = try change(guest("<cpu mode='\(mode)'/>"), guest(model("Haswell")))
        #expect(change.items.map(\.description)
            == ["\(mode) → Haswell", "brand string: the host's own → Intel Core Processor (Haswell)"])
    }

    @Test("What cannot be known is said", arguments: [
        ("host-model", guest("<cpu mode='host-model'/>"), guest(model("Haswell")), "no host is known"),
        ("host-model now", guest(model("Haswell")), guest("<cpu mode='host-model'/>"), "no host is known"),
        ("a feature on top of the host's", guest("<cpu mode='host-model'/>"),
         guest("<cpu mode='host-model'><feature policy='disable' name='vmx'/></cpu>"), "feature vmx"),
        ("what is optional", guest(model("Haswell")),
         guest(model("Haswell", "<feature policy='optional' name='vmx'/>")), "feature vmx is optional"),
        ("match='minimum'", guest(model("Haswell")), guest("<cpu match='minimum'><model>Haswell</model></cpu>"), "minimum"),
        ("an alias of a machine", guest("", machine: "q35"), guest("", machine: "pc-q35-7.2"), "q35 is whatever version"),
        ("words that libvirt refuses", guest("<cpu mode='some'/>"), guest(model("Haswell")), "libvirt refuses the earlier"),
        ("a feature that the map does not have", guest(model("Haswell")),
         guest(model("Haswell", "<feature policy='require' name='new-one'/>")), "new-one: not in the CPU map"),
        ("host-passthrough and maximum", guest("<cpu mode='host-passthrough'/>"), guest("<cpu mode='maximum'/>"), "under KVM"),
    ])
    func doubts(_ what: String, _ before: String, _ after: String, words: String) throws {
        let change = try change(before, after)
        #expect(change.items == [])
        #expect(change.doubts.count == 1 && change.doubts[0].contains(words), "\(what): \(change.doubts)")
    }
}

@Suite("What follows the host, where the host is known")
struct GuestChangeOnHostsTests {
    static let haswell = Host(
        name: "h",
        cpu: CPUDefinition(
            kind: .host, architecture: "x86_64", model: "Haswell-noTSX", vendor: "Intel", features: [.init("vmx"), .init("invtsc")]))

    @Test("host-model spelt out as the domain capabilities have it is no change; any other model is one",
          .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func expansion() throws {
        let file = "\(Corpus.libvirt!)/tests/domaincapsdata/qemu_7.0.0-q35.x86_64.xml"
        let hosts = try HostFiles.read([(file, Corpus.read(file))])
        let before = guest("<cpu mode='host-model'/>", machine: "pc-q35-7.0", rest: "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>")
        let after = try judge(before, policy: "default: pin", purpose: .rewrite, hosts: hosts).output
        #expect(!after.contains("host-model"))
        #expect(try change(before, after, on: hosts).isNone)
        let less = after.replacing("<feature policy='require' name='amd-ssbd'/>", with: "<feature policy='disable' name='amd-ssbd'/>")
        #expect(less != after)
        #expect(try change(before, less, on: hosts).items.map(\.description) == ["features lost: amd-ssbd"])
        let other = try change(before, guest(model("EPYC"), machine: "pc-q35-7.0"), on: hosts)
        #expect(other.items.contains { $0.aspect == .brand } && other.doubts == [])
    }

    @Test("Without domain capabilities the pin of this host is no change, and another model is a doubt")
    func capabilities() throws {
        let before = guest("<cpu mode='host-model'/>")
        let after = try judge(before, policy: "default: pin", purpose: .rewrite, hosts: [Self.haswell]).output
        #expect(after.contains("<model fallback='forbid'>Haswell-noTSX</model>"))
        #expect(try change(before, after, on: [Self.haswell]).isNone)
        let other = try change(before, guest(model("EPYC")), on: [Self.haswell])
        #expect(other.items == [])
        #expect(other.doubts.count == 1 && other.doubts[0].contains("Haswell-noTSX or the like on h"))
        #expect(other.needsHost)
    }

    @Test("A feature that the host lacks can be disabled unseen; one that it has cannot")
    func features() throws {
        func disabling(_ name: String) throws -> GuestChange {
            try change(
                guest("<cpu mode='host-passthrough'/>"),
                guest("<cpu mode='host-passthrough'><feature policy='disable' name='\(name)'/></cpu>"), on: [Self.haswell])
        }
        #expect(try disabling("avx512f").isNone)
        #expect(try disabling("vmx").items.map(\.description) == ["features lost: vmx"])
    }

    @Test("vendor_id that says what the host says is no change")
    func vendor() throws {
        let after = guest("<cpu><model vendor_id='GenuineIntel'>Haswell</model></cpu>")
        #expect(try change(guest(model("Haswell")), after, on: [Self.haswell]).isNone)
        let other = guest("<cpu><model vendor_id='AuthenticAMD'>Haswell</model></cpu>")
        #expect(try change(guest(model("Haswell")), other, on: [Self.haswell]).items.map(\.description)
            == ["vendor: GenuineIntel → AuthenticAMD"])
    }

    @Test("Two hosts that give different CPUs: nobody knows on which the guest ran")
    func two() throws {
        var other = Self.haswell
        other.name = "other"
        other.cpu?.model = "Penryn"
        let before = guest("<cpu mode='host-model'/>")
        let after = try judge(before, policy: "default: pin", purpose: .rewrite, hosts: [Self.haswell]).output
        let change = try change(before, after, on: [Self.haswell, other])
        #expect(change.items == [] && change.doubts.count == 1)
    }
}
