import CPUModel
import Hosts

extension DomainPlatform {
    /// The accelerator by which QEMU's models are described. hvf is treated as KVM.
    var accelerator: Accelerator { isAccelerated ? .kvm : .tcg }
}
