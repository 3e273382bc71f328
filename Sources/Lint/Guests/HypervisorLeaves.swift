import DomainXML

/// The CPUID leaves from 0x40000000 on, by which software in the guest recognises its hypervisor, and the other effects
/// of `<features>` and `<clock>` on CPUID. `acpi`, `apic`, `pae` and `hap` have no effect on CPUID in QEMU.
public struct HypervisorLeaves: Sendable, Equatable {
    /// `<kvm><hidden state='on'/>`, which is QEMU's `kvm=off`.
    let isKVMHidden: Bool
    /// `hyperv mode='passthrough'`: the guest gets all enlightenments that the host supports.
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
        isHyperVPassedThrough = domain.is(domain.hypervMode, "passthrough")
        var vendor: String?
        var on: [String] = [], others: [String] = []
        for flag in domain.enlightenments where flag.state == nil || domain.is(flag.state, "on") {
            if domain.is(flag.name, "vendor_id") {
                vendor = domain[flag.value]
            } else {
                on.append(domain[flag.name] + (domain[flag.value].map { " \($0)" } ?? ""))
            }
        }
        var isHidden = false
        for flag in domain.cpuidFlags {
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
        showsHyperV = isHyperVPassedThrough || vendor != nil || !on.isEmpty
        enlightenments = on.sorted()
        self.others = others.sorted()
    }

    /// QEMU's default for `pmu`: on for the CPUs `max` and `host` (target/i386/cpu.c).
    private static func hasPMU(_ cpu: CPU?) -> Bool {
        cpu?.effectiveMode == .hostPassthrough || cpu?.effectiveMode == .maximum
    }
}

extension HypervisorLeaves: CustomStringConvertible {
    /// The hypervisors that the guest recognises: `KVM`, `KVM and Hyper-V`, or `hidden`.
    public var description: String {
        let signatures = [
            isKVMHidden ? nil : "KVM",
            isHyperVPassedThrough ? "Hyper-V (all that the host supports)" : nil,
            showsHyperV && !isHyperVPassedThrough ? "Hyper-V" + (hyperVVendor.map { " (\($0))" } ?? "") : nil,
        ].compactMap { $0 }
        return signatures.isEmpty ? "hidden" : signatures.joined(separator: " and ")
    }
}
