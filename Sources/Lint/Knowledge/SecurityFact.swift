/// What is known of a CPU feature that protects a guest, or that spares it the cost of protection: since when, from where,
/// and for which processors. A fact is data with a date, because the next attack or update adds to it.
struct SecurityFact: Sendable {
    /// What the feature is good for.
    enum Use: Sendable, Equatable {
        /// The guest protects itself with it.
        case control
        /// The guest can do without a protection, or has a cheaper one.
        case relief
    }

    /// libvirt's names of the feature, the usual one first. One of them is enough.
    var names: [String]
    var use: Use
    /// The vendors of the processors, by libvirt's names.
    var vendors: Set<String>
    /// The attack, with its CVE.
    var attack: String
    /// The processors that it concerns, in words.
    var generation: String
    /// The month in which it became public: `2019-05`.
    var since: String
    /// Where this is from.
    var source: String
    /// What it costs the guest to have the control, or to go without the relief. Nil if that is not known.
    var cost: String?
    /// The features that together say that the processor is not affected. A guest that sees them does not need the control.
    var immunity: [String] = []
    /// A guest with one of these is protected by it, unless its kernel is too old to know it.
    var successors: [String] = []
    /// A guest with one of these does not need the relief, or must not have it.
    var never: [String] = []
    /// Only a guest with all of these needs the relief.
    var onlyWith: [String] = []

    /// One line for a finding: `md-clear: Microarchitectural Data Sampling (CVE-2018-12130), known since 2019-05; …`.
    func line(for name: String) -> String {
        "\(name): \(attack), \(generation), since \(since)" + (cost.map { "; \($0)" } ?? "") + " [\(source)]"
    }

    /// One paragraph of Markdown, for the explanation of the rule.
    var paragraph: String {
        let title = names.map { "`\($0)`" }.joined(separator: " or ")
        let unneeded = immunity.isEmpty ? "" : " Not needed where the guest sees \(listing(immunity.map { "`\($0)`" }))."
        return "\(title): \(attack), \(generation), since \(since)." + (cost.map { " \(sentence($0))" } ?? "") + unneeded
            + " Source: \(source)."
    }

    private func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}

extension SecurityFact {
    private static let qemu = "QEMU, docs/system/cpu-models-x86"
    private static let bugs = "Linux, arch/x86/kernel/cpu/common.c"
    private static let tsa = "AMD-SB-7029; Linux, arch/x86/kernel/cpu/common.c"
    private static let intel: Set = ["Intel"], amd: Set = ["AMD", "Hygon"]

    /// The facts, controls first, in the order in which they became public. Last looked at on 2026-11-29.
    static let all: [SecurityFact] = controls + reliefs

    static let controls: [SecurityFact] = [
        SecurityFact(
            names: ["spec-ctrl"], use: .control, vendors: intel, attack: "Spectre v2 (CVE-2017-5715)",
            generation: "all processors", since: "2018-01", source: qemu),
        SecurityFact(
            names: ["ibpb"], use: .control, vendors: amd, attack: "Spectre v2 (CVE-2017-5715)",
            generation: "all processors", since: "2018-01", source: qemu),
        SecurityFact(
            names: ["stibp", "amd-stibp"], use: .control, vendors: intel.union(amd),
            attack: "Spectre v2 between the threads of a core", generation: "processors with several threads per core",
            since: "2018-01", source: qemu),
        SecurityFact(
            names: ["ssbd"], use: .control, vendors: intel, attack: "speculative store bypass (CVE-2018-3639)",
            generation: "all processors", since: "2018-05", source: qemu, immunity: ["ssb-no"]),
        SecurityFact(
            names: ["amd-ssbd"], use: .control, vendors: amd, attack: "speculative store bypass (CVE-2018-3639)",
            generation: "all processors", since: "2018-05", source: qemu, immunity: ["amd-no-ssb"]),
        SecurityFact(
            names: ["virt-ssbd"], use: .control, vendors: amd,
            attack: "speculative store bypass (CVE-2018-3639), for kernels that do not know amd-ssbd",
            generation: "all processors", since: "2018-05", source: qemu, immunity: ["amd-no-ssb"], successors: ["amd-ssbd"]),
        SecurityFact(
            names: ["md-clear"], use: .control, vendors: intel,
            attack: "Microarchitectural Data Sampling (CVE-2018-12126, CVE-2018-12127, CVE-2018-12130)",
            generation: "before Cascade Lake (stepping 6) and Ice Lake", since: "2019-05",
            source: "\(qemu); for Windows rebjak.com, proxmox-host-cpu-windows-vm, and blog.bairuo.net of 2025-03-03",
            cost: "Windows guests have been reported to become much slower with it and flush-l1d on old processors (2025)",
            immunity: ["mds-no"]),
        SecurityFact(
            names: ["fb-clear"], use: .control, vendors: intel,
            attack: "MMIO stale data (CVE-2022-21123, CVE-2022-21125, CVE-2022-21166)",
            generation: "servers with Haswell and Broadwell, Skylake to Ice Lake, Rocket Lake and Tremont", since: "2022-06",
            source: "Linux, hw-vuln/processor_mmio_stale_data", immunity: ["sbdr-ssdp-no", "fbsdp-no", "psdp-no"]),
        SecurityFact(
            names: ["ibpb-brtype"], use: .control, vendors: amd, attack: "return stack overflow (CVE-2023-20569)",
            generation: "Zen 1 to Zen 4", since: "2023-08", source: "Linux, hw-vuln/srso", immunity: ["srso-no"]),
        SecurityFact(
            names: ["rfds-clear"], use: .control, vendors: intel, attack: "register file data sampling (CVE-2023-28746)",
            generation: "Atom cores from Goldmont to Gracemont (the E-cores of Alder Lake and Raptor Lake)", since: "2024-03",
            source: "Linux, hw-vuln/reg-file-data-sampling", immunity: ["rfds-no"]),
        SecurityFact(
            names: ["bhi-ctrl"], use: .control, vendors: intel, attack: "branch history injection (CVE-2024-2201)",
            generation: "Alder Lake, Sapphire Rapids and newer", since: "2024-04",
            source: "Linux, commit 7390db8aea0d, hw-vuln/spectre and hw-vuln/indirect-target-selection",
            cost: "without it a Linux guest clears the branch history in software", immunity: ["bhi-no"]),
        SecurityFact(
            names: ["verw-clear"], use: .control, vendors: amd,
            attack: "transient scheduler attacks (CVE-2024-36350, CVE-2024-36357)", generation: "Zen 3 and Zen 4",
            since: "2025-07", source: tsa, immunity: ["tsa-sq-no", "tsa-l1-no"]),
    ]

    static let reliefs: [SecurityFact] = [
        SecurityFact(
            names: ["pcid"], use: .relief, vendors: intel, attack: "Meltdown (CVE-2017-5754)",
            generation: "Westmere (not all) and newer", since: "2018-01", source: "\(qemu); Linux, arch/x86/pti",
            cost: "without it the protection flushes the TLB at each system call"),
        SecurityFact(
            names: ["rdctl-no"], use: .relief, vendors: intel, attack: "Meltdown (CVE-2017-5754)",
            generation: "not affected since Cascade Lake and Ice Lake", since: "2018-01",
            source: "\(bugs); libvirt, src/cpu_map, Cascadelake-Server-v2 and Icelake-Server-v3",
            cost: "without it the guest may isolate its page tables for nothing"),
        SecurityFact(
            names: ["mds-no"], use: .relief, vendors: intel, attack: "Microarchitectural Data Sampling (CVE-2018-12130)",
            generation: "not affected since Cascade Lake (stepping 6) and Ice Lake", since: "2019-05",
            source: "\(qemu); libvirt, src/cpu_map, Cascadelake-Server-v2 and Icelake-Server-v3",
            cost: "without it the guest may clear buffers at each return to a program for nothing"),
        SecurityFact(
            names: ["taa-no"], use: .relief, vendors: intel, attack: "TSX asynchronous abort (CVE-2019-11135)",
            generation: "not affected since Cooper Lake and Ice Lake", since: "2019-11",
            source: "\(qemu); Linux, commit f8c7600d468b",
            cost: "without it the guest switches TSX off or clears buffers for nothing", onlyWith: ["rtm"]),
        SecurityFact(
            names: ["amd-no-ssb"], use: .relief, vendors: amd, attack: "speculative store bypass (CVE-2018-3639)",
            generation: "processors that are not affected", since: "2018-05", source: qemu,
            cost: "without it the guest uses a protection that it does not need", never: ["amd-ssbd", "virt-ssbd"]),
        SecurityFact(
            names: ["gds-no"], use: .relief, vendors: intel, attack: "gather data sampling (CVE-2022-40982)",
            generation: "not affected since Alder Lake and Sapphire Rapids", since: "2023-08",
            source: "\(bugs) and hw-vuln/gather_data_sampling"),
        SecurityFact(
            names: ["auto-ibrs"], use: .relief, vendors: amd, attack: "Spectre v2 (CVE-2017-5715)", generation: "Zen 4 and newer",
            since: "2023-01", source: "Linux, commit e7862eda309e and hw-vuln/spectre",
            cost: "without it a Linux guest replaces each indirect branch by a retpoline"),
        SecurityFact(
            names: ["sbpb"], use: .relief, vendors: amd, attack: "return stack overflow (CVE-2023-20569)",
            generation: "Zen 3 and Zen 4 with microcode of 2023, and newer", since: "2023-08",
            source: "Linux, arch/x86/kernel/cpu/amd.c and bugs.c",
            cost: "without it a Linux guest that is not affected flushes the types of branches, too, at each barrier"),
        SecurityFact(
            names: ["srso-no"], use: .relief, vendors: amd, attack: "return stack overflow (CVE-2023-20569)",
            generation: "processors that are not affected", since: "2023-08", source: "\(bugs) and hw-vuln/srso",
            cost: "without it the guest may use safe returns for nothing"),
        SecurityFact(
            names: ["rfds-no"], use: .relief, vendors: intel, attack: "register file data sampling (CVE-2023-28746)",
            generation: "processors that are not affected", since: "2024-03",
            source: "Linux, hw-vuln/reg-file-data-sampling"),
        SecurityFact(
            names: ["bhi-no"], use: .relief, vendors: intel, attack: "branch history injection (CVE-2024-2201)",
            generation: "processors that are not affected", since: "2024-04", source: bugs,
            cost: "without it a Linux guest may clear the branch history for nothing"),
        SecurityFact(
            names: ["its-no"], use: .relief, vendors: intel, attack: "indirect target selection (CVE-2024-28956)",
            generation: "not affected since Alder Lake and Sapphire Rapids", since: "2025-05",
            source: "Linux, hw-vuln/indirect-target-selection",
            cost: "without it, and without bhi-ctrl, every Linux guest moves its branches and returns for nothing",
            never: ["bhi-ctrl"]),
        SecurityFact(
            names: ["tsa-sq-no"], use: .relief, vendors: amd, attack: "transient scheduler attacks (CVE-2024-36350)",
            generation: "processors that are not affected", since: "2025-07", source: tsa),
        SecurityFact(
            names: ["tsa-l1-no"], use: .relief, vendors: amd, attack: "transient scheduler attacks (CVE-2024-36357)",
            generation: "processors that are not affected", since: "2025-07", source: tsa),
    ]
}
