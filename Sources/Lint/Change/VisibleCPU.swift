import CPUModel
import Hosts

extension StartCheck {
    /// A CPU that names its model, as the guest sees it on the hosts. Features that the CPU map does not contain are
    /// left out. Nil for a model that the map does not contain.
    func visible(_ cpu: CPUDefinition, _ platform: DomainPlatform) -> GuestVisibleCPU? {
        var cpu = cpu
        cpu.mode = .custom
        cpu.match = .exact
        cpu.features.removeAll { knowledge.x86.feature(named: $0.name) == nil }
        let qemu = knowledge.qemu ?? QEMUModels(qemuVersion: "", libvirtVersion: "", models: [])
        var seen = try? knowledge.map.guestVisibleCPU(of: cpu, under: platform.accelerator, qemu: qemu)
        if platform.accelerator == .kvm, seen?.vendor == nil { seen?.vendor = hostVendor(platform) }
        return seen
    }

    /// The vendor string in CPUID of all hosts. Nil if they differ, and if one is not known.
    private func hostVendor(_ platform: DomainPlatform) -> String? {
        var vendor: String?
        for index in hosts.indices {
            guard let name = fullHost(index, for: platform)?.vendor,
                let string = knowledge.x86.vendor(named: name)?.string, vendor == nil || vendor == string
            else { return nil }
            vendor = string
        }
        return vendor
    }
}
