import CPUModel
import Hosts

extension Host {
    /// The vendor of the host's CPU. If only domain capabilities are known, the vendor of the hypervisor's host-model.
    var vendor: String? { cpu?.vendor ?? domainCapabilities.first { $0.platform.isAccelerated }?.hostModel?.vendor }
}
