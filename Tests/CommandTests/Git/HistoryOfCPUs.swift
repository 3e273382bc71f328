import TestSupport

/// Commits that change what guests see of their CPU, or words that come to the same.
extension HistoryTests {
    private static let windowsID = "microsoft.com/win/2k19"
    private static let db = "vms/windows/db.xml"

    private static let models = [
        Commit("virsh writes the definition anew, and it gets its old name and uuid") { repository in
            repository.write(db, Fleet.guest("db", 12, os: windowsID, features: Fleet.enlightenments, cpu: Fleet.model("EPYC")))
        },
        Commit(
            "the model's versioned name",
            [Found("note", "versioned-model", db, "EPYC-v1 needs libvirt 10.10", "EPYC")]
        ) { $0.edit(db, ">EPYC<", ">EPYC-v1<") },
        Commit("and its old one") { $0.edit(db, ">EPYC-v1<", ">EPYC<") },
        Commit(
            "a model of the same CPU with another brand string",
            [
                Found(
                    "error", "windows-cpu-change", db, "EPYC → EPYC-IBPB", "can trigger reactivation",
                    "brand string: AMD EPYC Processor → AMD EPYC Processor (with IBPB)", "features gained: ibpb")
            ]
        ) { $0.edit(db, ">EPYC<", ">EPYC-IBPB<") },
        Commit(
            "features more and less",
            [Found("note", "guest-cpu-change", "vms/web.xml", "features gained: pcid", "features lost: abm", "earlier version: vms/web.xml")]
        ) { $0.write("vms/web.xml", Fleet.guest("web", 11, cpu: Fleet.model("EPYC", ["require pcid", "disable abm"]))) },
        Commit("features in another order") {
            $0.write("vms/web.xml", Fleet.guest("web", 11, cpu: Fleet.model("EPYC", ["disable abm", "require pcid"])))
        },
        Commit("a feature that the model has", [Found("note", "redundant-feature", "vms/web.xml", "aes", "EPYC")]) {
            $0.write("vms/web.xml", Fleet.guest("web", 11, cpu: Fleet.model("EPYC", ["disable abm", "require pcid", "require aes"])))
        },
        Commit("goes again") { $0.edit("vms/web.xml", "    <feature policy='require' name='aes'/>\n", "") },
        Commit(
            "a feature that libvirt's map has in the model, and KVM has not",
            [Found("error", "windows-cpu-change", db, "features gained", "svm")]
        ) { $0.edit(db, "  </cpu>", "    <feature policy='require' name='svm'/>\n  </cpu>") },
        Commit("goes again, and does matter", [Found("error", "windows-cpu-change", db, "features lost", "svm")]) {
            $0.edit(db, "    <feature policy='require' name='svm'/>\n", "")
        },
        Commit(
            "another processor",
            [
                Found("note", "guest-cpu-change", "vms/web.xml", "EPYC → Haswell", "brand string: AMD EPYC Processor → Intel Core Processor (Haswell)", "signature"),
                Found("warning", "unsafe-feature", "vms/web.xml", "hle and rtm"),
            ]
        ) { $0.write("vms/web.xml", Fleet.guest("web", 11, cpu: Fleet.model("Haswell"))) },
        Commit(
            "the same without TSX",
            [
                Found(
                    "note", "guest-cpu-change", "vms/web.xml", "Haswell → Haswell-noTSX", "Intel Core Processor (Haswell, no TSX)",
                    "signature: family 6, model 60, stepping 4 → family 6, model 60, stepping 1", "features lost: hle, rtm")
            ]
        ) { $0.edit("vms/web.xml", ">Haswell<", ">Haswell-noTSX<") },
        Commit(
            "Windows by its id, by its enlightenments, by the policy",
            [
                Found("error", "windows-cpu-change", db, "EPYC-IBPB → EPYC", "treated as Windows: libosinfo id http://microsoft.com/win/2k19"),
                Found("error", "windows-cpu-change", "vms/windows/ad.xml", "EPYC → EPYC-IBPB", "treated as Windows: likely, by Hyper-V enlightenments (relaxed)"),
                Found("error", "windows-cpu-change", "vms/till.xml", "Westmere → Westmere-IBRS", "features gained: spec-ctrl", "treated as Windows: the policy says so"),
            ]
        ) { repository in
            repository.edit(db, ">EPYC-IBPB<", ">EPYC<")
            repository.edit("vms/windows/ad.xml", ">EPYC<", ">EPYC-IBPB<")
            repository.edit("vms/till.xml", ">Westmere<", ">Westmere-IBRS<")
        },
    ]

    private static let parts = [
        Commit(
            "another topology",
            [Found("error", "windows-cpu-change", db, "topology: 1 socket × 4 cores × 1 thread → 1 socket × 2 cores × 2 threads")]
        ) { $0.edit(db, "cores='4' threads='1'", "cores='2' threads='2'") },
        Commit(
            "no topology: each vCPU is a socket",
            [Found("error", "windows-cpu-change", db, "1 socket × 2 cores × 2 threads → 4 sockets × 1 core × 1 thread", "no <topology>: each vCPU is a socket")]
        ) { $0.edit(db, "    <topology sockets='1' cores='2' threads='2'/>\n", "") },
        Commit("a topology that says what none means") {
            $0.edit(db, "  </cpu>", "    <topology sockets='4' cores='1' threads='1'/>\n  </cpu>")
        },
        Commit(
            "more vCPUs, which alone make no other processor",
            [Found("warning", "windows-cpu-change", db, "4 sockets × 1 core × 1 thread → 8 sockets × 1 core × 1 thread")]
        ) { repository in
            repository.edit(db, "<vcpu placement='static'>4<", "<vcpu placement='static'>8<")
            repository.edit(db, "sockets='4'", "sockets='8'")
        },
        Commit("fewer of them plugged in") { $0.edit(db, "<vcpu placement='static'>", "<vcpu placement='static' current='2'>") },
        Commit(
            "fewer, and the topology forgotten",
            [Found("error", "topology-vcpus", db, "8", "6")]
        ) { $0.edit(db, "current='2'>8<", "current='2'>6<") },
        Commit("and mended") { $0.edit(db, "current='2'>6<", "current='2'>8<") },
        Commit(
            "vendor_id",
            [Found("error", "windows-cpu-change", db, "vendor: the host's → GenuineIntel")]
        ) { $0.edit(db, "<model fallback='forbid'>", "<model fallback='forbid' vendor_id='GenuineIntel'>") },
        Commit(
            "maxphysaddr",
            [Found("error", "windows-cpu-change", db, "physical addresses: not stated → 42 bits")]
        ) { $0.edit(db, "  </cpu>", "    <maxphysaddr mode='emulate' bits='42'/>\n  </cpu>") },
        Commit(
            "both go again",
            [Found("error", "windows-cpu-change", db, "vendor: GenuineIntel → the host's", "physical addresses: 42 bits → not stated")]
        ) { repository in
            repository.edit(db, " vendor_id='GenuineIntel'", "")
            repository.edit(db, "    <maxphysaddr mode='emulate' bits='42'/>\n", "")
        },
    ]

    private static let modes = [
        Commit(
            "host-model becomes a model, and no host is known",
            [Found("note", "guest-cpu-change", "vms/lab.xml", "may see a different CPU", "host-model", "no host is given")]
        ) { $0.write("vms/lab.xml", Fleet.guest("lab", 20, cpu: Fleet.model("EPYC"))) },
        Commit(
            "the same for Windows",
            [
                Found(
                    "warning", "windows-cpu-change", "vms/windows/newer.xml", "may see a different CPU", "host-model", "no host is given",
                    "which depends on the host", "--host", "treated as Windows: libosinfo id")
            ]
        ) { $0.write("vms/windows/newer.xml", Fleet.guest("newer", 23, os: windowsID, cpu: Fleet.model("EPYC-Rome"))) },
        Commit(
            "a model becomes host-passthrough",
            [
                Found("error", "windows-cpu-change", "vms/windows/newer.xml", "EPYC-Rome → host-passthrough", "brand string: AMD EPYC-Rome Processor → the host's own"),
                Found("warning", "windows-unstable-cpu", "vms/windows/newer.xml", "host-passthrough"),
            ]
        ) { repository in
            repository.edit("vms/windows/newer.xml", "<cpu mode='custom' match='exact'>\n    <model fallback='forbid'>EPYC-Rome</model>", "<cpu mode='host-passthrough'>")
        },
        Commit(
            "host-passthrough becomes a model",
            [Found("error", "windows-cpu-change", "vms/windows/newer.xml", "host-passthrough → EPYC-Rome", "brand string: the host's own → AMD EPYC-Rome Processor")]
        ) { $0.write("vms/windows/newer.xml", Fleet.guest("newer", 23, os: windowsID, cpu: Fleet.model("EPYC-Rome"))) },
        Commit(
            "no <cpu> becomes what libvirt writes for it",
            [Found("warning", "hypervisor-default", "vms/old.xml", "qemu64")]
        ) { repository in
            repository.write("vms/old.xml", Fleet.guest("old", 19, machine: "pc-i440fx-6.0", cpu: "<cpu mode='custom' match='exact' check='none'>\n    <model fallback='forbid'>qemu64</model>\n  </cpu>"))
        },
        Commit(
            "the default CPU is the machine type's",
            [
                Found("note", "guest-cpu-change", "vms/old.xml", "machine type: pc-i440fx-6.0 → pc-i440fx-7.2"),
                Found("warning", "hypervisor-default", "vms/old.xml", "qemu64"),
            ]
        ) { $0.write("vms/old.xml", Fleet.guest("old", 19, machine: "pc-i440fx-7.2")) },
        Commit("a named CPU is not") { $0.edit(db, "pc-q35-7.2", "pc-q35-8.0") },
    ]

    private static let hypervisor = [
        Commit(
            "an enlightenment more",
            [Found("warning", "windows-cpu-change", db, "enlightenments", "vpindex")]
        ) { $0.edit(db, "      <vapic state='on'/>\n", "      <vapic state='on'/>\n      <vpindex state='on'/>\n") },
        Commit("one that is off is as one that is not there") { $0.edit(db, "<vpindex state='on'/>", "<vpindex state='on'/>\n      <synic state='off'/>") },
        Commit(
            "no enlightenments, which were how Windows was known",
            [Found("error", "windows-cpu-change", "vms/windows/ad.xml", "hypervisor: KVM and Hyper-V → KVM", "Hyper-V enlightenments (relaxed), in the earlier version")]
        ) { $0.edit("vms/windows/ad.xml", Fleet.enlightenments, "") },
        Commit(
            "and again",
            [Found("error", "windows-cpu-change", "vms/windows/ad.xml", "hypervisor: KVM → KVM and Hyper-V")]
        ) { $0.edit("vms/windows/ad.xml", "    <apic/>", "    <apic/>" + Fleet.enlightenments) },
        Commit(
            "KVM hidden",
            [
                Found("note", "guest-cpu-change", "vms/gpu.xml", "hypervisor: KVM → hidden"),
                Found("warning", "host-passthrough", "vms/gpu.xml"),
            ]
        ) { $0.edit("vms/gpu.xml", "    <apic/>", "    <apic/>\n    <kvm>\n      <hidden state='on'/>\n    </kvm>") },
        Commit(
            "emulation",
            [Found("note", "guest-cpu-change", "vms/web.xml", "virtualisation: kvm → qemu", "vendor: the host's → GenuineIntel")]
        ) { $0.edit("vms/web.xml", "<domain type='kvm'>", "<domain type='qemu'>") },
        Commit("an Arm guest is new") { $0.write("vms/arm.xml", arm) },
        Commit(
            "and gets another CPU",
            [Found("note", "guest-cpu-change", "vms/arm.xml", "cortex-a57 → cortex-a72")]
        ) { $0.edit("vms/arm.xml", "cortex-a57", "cortex-a72") },
    ]

    private static let arm = Fleet.guest("arm", 24, machine: "virt-7.2", cpu: Fleet.model("cortex-a57"))
        .replacing("type='kvm'", with: "type='qemu'").replacing("x86_64", with: "aarch64")

    private static func comment(_ text: String, to model: String) -> @Sendable (TestRepository) -> Void {
        { repository in
            repository.edit(db) { $0.replacing(/>EPYC[-\w]*</, with: ">\(model)<").replacing(/\x20*<!-- virt-cpu.*\n/, with: "") }
            if !text.isEmpty { repository.edit(db, "  <memory", "  <!-- virt-cpu: ignore \(text) -->\n  <memory") }
        }
    }

    private static let comments = [
        Commit("a change that is meant", edit: comment("windows-cpu-change - reinstalled on 2 May", to: "EPYC-Rome")),
        Commit(
            "its comment is left behind",
            [Found("note", "suppression", db, "hides nothing of what changed since the earlier version", "remove the comment")]
        ) { $0.edit(db, ">8388608<", ">16777216<") },
        Commit("and goes", edit: comment("", to: "EPYC-Rome")),
        Commit(
            "a slip in the rule's name",
            [
                Found("error", "windows-cpu-change", db, "EPYC-Rome → EPYC-Milan"),
                Found("warning", "suppression", db, "windows-cpu-chnage", "windows-cpu-change"),
            ], edit: comment("windows-cpu-chnage - reinstalled on 3 May", to: "EPYC-Milan")),
        Commit(
            "no reason",
            [Found("warning", "suppression", db, "without a reason")], edit: comment("windows-cpu-change", to: "EPYC-Rome")),
        Commit("no comment", edit: comment("", to: "EPYC-Rome")),
    ]

    static let cpus = models + parts + modes + hypervisor + comments

    /// Where the site's host is known by its domain capabilities.
    static let known: [Commit] = {
        guard let libvirt = Corpus.libvirt else { return [] }
        let capabilities = String(decoding: Corpus.read("\(libvirt)/tests/domaincapsdata/qemu_8.1.0-q35.x86_64.xml"), as: UTF8.self)
        // libvirt's own words for host-model, less what cannot migrate and so is not what starts.
        let mode = capabilities.split(separator: "<mode name='host-model' supported='yes'>\n")[1].split(separator: "    </mode>")[0]
        let lines = mode.split(separator: "\n").filter { !$0.contains("invtsc") && !$0.contains("<maxphysaddr") }
        let expansion = "<cpu mode='custom' match='exact'>\n" + lines.map { $0.dropFirst(2) + "\n" }.joined()
            + "    <topology sockets='1' cores='4' threads='1'/>\n  </cpu>"
        let guest = { @Sendable (name: String, number: Int, os: String?, cpu: String) in
            Fleet.guest(name, number, os: os, machine: "pc-q35-8.1", cpu: cpu)
        }
        let followed = guest("erp", 31, windowsID, Fleet.following), pinned = guest("erp", 31, windowsID, expansion)
        let unstable = Found("warning", "windows-unstable-cpu", "erp.xml")
        // libvirt's host-model of this host lists it, although the processor is one of AMD's.
        let atRisk = Found("warning", "unsafe-feature", "erp.xml", "arch-capabilities is required")
        return [
            Commit("the first commit", [unstable]) { repository in
                repository.write(".virt-cpu.yaml", "default: keep\nhosts: [hosts/*.xml]\n")
                repository.write("hosts/hv01.domcapabilities.xml", capabilities)
                repository.write("erp.xml", followed)
                repository.write("ci.xml", guest("ci", 32, nil, Fleet.following))
            },
            Commit("host-model spelt out as the host has it", [atRisk]) { $0.write("erp.xml", pinned) },
            Commit(
                "and one feature less",
                [
                    atRisk,
                    Found("error", "windows-cpu-change", "erp.xml", "features lost: amd-ssbd"),
                    Found("note", "redundant-feature", "erp.xml", "disabling amd-ssbd is redundant: EPYC-Rome does not include it"),
                ]
            ) { $0.edit("erp.xml", "<feature policy='require' name='amd-ssbd'/>", "<feature policy='disable' name='amd-ssbd'/>") },
            Commit(
                "host-model again",
                [unstable, Found("error", "windows-cpu-change", "erp.xml", "features gained: amd-ssbd")]
            ) { $0.write("erp.xml", followed) },
            Commit(
                "the host's own",
                [
                    unstable,
                    Found("error", "windows-cpu-change", "erp.xml", "host-model → host-passthrough"),
                ]
            ) { $0.edit("erp.xml", "mode='host-model'", "mode='host-passthrough'") },
            Commit(
                "a model that is not the host's",
                [
                    Found("note", "guest-cpu-change", "ci.xml", "host-model (EPYC-Rome on hv01) → EPYC", "AMD EPYC Processor"),
                    Found("warning", "missing-mitigation", "ci.xml", "ibpb"),
                ]
            ) { $0.write("ci.xml", guest("ci", 32, nil, Fleet.model("EPYC"))) },
            Commit(
                "one that the host cannot start",
                [
                    Found("note", "guest-cpu-change", "ci.xml", "EPYC → Skylake-Server-noTSX-IBRS"),
                    Found("error", "host-incompatible", "ci.xml", "hv01", "avx512f", "model of vendor Intel"),
                ]
            ) { $0.edit("ci.xml", ">EPYC<", ">Skylake-Server-noTSX-IBRS<") },
            Commit("another host, and no definition") {
                $0.write("hosts/hv02.domcapabilities.xml", capabilities.replacing("EPYC-Rome</model>\n      <vendor>", with: "EPYC</model>\n      <vendor>"))
            },
        ]
    }()
}
