import CPUModel
import DomainXML

/// The CPUID leaves from 0x40000000 on, by which software in the guest recognises its hypervisor, and the other effects
/// of `<features>` and `<clock>` on CPUID. `acpi`, `apic`, `pae` and `hap` have no effect on CPUID in QEMU.
///
/// Under emulation, QEMU ignores what `<kvm>` and `<hyperv>` request, and shows its own leaf (target/i386/cpu.c,
/// `expose_tcg`), which machine types up to 2.8 do not have (hw/i386/pc.c, `pc_compat_2_8`).
public struct HypervisorLeaves: Sendable, Equatable {
    /// `<kvm><hidden state='on'/>`, which is QEMU's `kvm=off`.
    let isKVMHidden: Bool
    /// QEMU's translator executes the guest's instructions.
    let isEmulated: Bool
    /// The guest finds the signature of QEMU's translator, `TCGTCGTCGTCG`.
    let showsTCG: Bool
    /// `hyperv mode='passthrough'` or, since libvirt 11.9, `mode='host-model'`: the guest gets all enlightenments that
    /// the host supports.
    let isHyperVPassedThrough: Bool
    /// The Hyper-V leaves are present.
    let showsHyperV: Bool
    /// The value of `<vendor_id>` in `<hyperv>` if it is on; nil stands for QEMU's `Microsoft Hv`.
    let hyperVVendor: String?
    /// The other enlightenments that are on, with their values, sorted. The timer `hypervclock` counts as one.
    let enlightenments: [String]
    /// Other settings, sorted: `kvmclock off`, `pmu off`, `hint-dedicated on`.
    let others: [String]

    init(_ guest: Guest) {
        let domain = guest.domain
        isHyperVPassedThrough = domain.hypervFollowsHost
        var vendor: String?
        var on: [String] = [], others: [String] = []
        for flag in domain.lastOfEach(domain.enlightenments) where flag.state == nil || domain.is(flag.state, "on") {
            if domain.is(flag.name, "vendor_id") {
                vendor = domain[flag.value]
            } else {
                on.append(domain[flag.name] + (domain[flag.value].map { " \(plainNumber($0))" } ?? ""))
            }
        }
        var isHidden = false
        for flag in domain.lastOfEach(domain.cpuidFlags) {
            let isOn = flag.state == nil || domain.is(flag.state, "on")
            if domain.is(flag.name, "hidden") {
                isHidden = isOn
            } else if !domain.is(flag.name, "pmu") || isOn != Self.hasPMU(guest.cpu) {
                others.append("\(domain[flag.name]) \(isOn ? "on" : "off")")
            }
        }
        for timer in domain.timers {
            let isPresent = !domain.is(timer.present, "no")
            if domain.is(timer.name, "hypervclock") {
                if isPresent { on.append("hypervclock") }
            } else if domain.is(timer.name, "kvmclock") {
                if !isPresent { others.append("kvmclock off") }
            }
        }
        isKVMHidden = isHidden
        hyperVVendor = vendor
        isEmulated = guest.hypervisor == .emulated
        let machine = domain[domain.machine].flatMap { MachineVersion(machine: $0) }
        showsTCG = isEmulated && guest.isX86 && machine.map { $0 > Self.lastWithoutTCG } ?? true
        showsHyperV = !isEmulated && (isHyperVPassedThrough || vendor != nil || !on.isEmpty)
        enlightenments = isEmulated ? [] : on.sorted()
        self.others = others.sorted()
    }

    /// The newest machine type that does not show the leaf of QEMU's translator.
    private static let lastWithoutTCG = MachineVersion(major: 2, minor: 8)

    /// QEMU's default for `pmu`: on for the CPUs `max` and `host` (target/i386/cpu.c).
    private static func hasPMU(_ cpu: CPU?) -> Bool {
        cpu?.effectiveMode == .hostPassthrough || cpu?.effectiveMode == .maximum
    }
}

extension HypervisorLeaves: CustomStringConvertible {
    /// The hypervisors that the guest recognises: `KVM`, `KVM and Hyper-V`, `TCG`, or `hidden`.
    public var description: String {
        if isEmulated { return showsTCG ? "TCG" : "hidden" }
        let signatures = [
            isKVMHidden ? nil : "KVM",
            isHyperVPassedThrough ? "Hyper-V (all that the host supports)" : nil,
            showsHyperV && !isHyperVPassedThrough ? "Hyper-V" + (hyperVVendor.map { " (\($0))" } ?? "") : nil,
        ].compactMap { $0 }
        return signatures.isEmpty ? "hidden" : signatures.joined(separator: " and ")
    }
}
