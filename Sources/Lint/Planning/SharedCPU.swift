import CPUModel
import Hosts

/// The nearest CPU that runs on all hosts, for the help of a finding.
struct SharedCPU: Sendable, CustomStringConvertible {
    /// The target that gives it to a guest.
    let target: Target
    /// One clause: `EPYC-Rome with 12 features (--default baseline)`.
    let description: String
}

extension HostTargets {
    /// The baseline, or else the nearest model, or else, for hosts of different vendors, a model that starts on all of
    /// them. All hosts start it: each proposal is checked. Nil if there is none.
    func sharedCPU(for platform: DomainPlatform) -> SharedCPU? {
        guard platform.isX86, platform.isAccelerated, !hosts.isEmpty else { return nil }
        if let cpu = try? baseline(for: platform), isStarted(cpu, platform) {
            return SharedCPU(target: .baseline, description: "\(words(for: cpu)) (--default baseline)")
        }
        if let cpu = try? nearestCPU(for: platform), isStarted(cpu, platform) {
            return SharedCPU(target: .hostModelOnly, description: "\(words(for: cpu)) (--default host-model-only)")
        }
        return portableModel(for: platform).map { SharedCPU(target: .model(ModelTarget(model: $0.name)), description: "\($0)") }
    }

    private func words(for cpu: CPUDefinition) -> String {
        let count = cpu.features.count
        return (cpu.model ?? "") + (count == 0 ? "" : " with \(count) feature\(count == 1 ? "" : "s")")
    }

    /// All hosts start the CPU, and it is one for guests of this architecture.
    private func isStarted(_ cpu: CPUDefinition, _ platform: DomainPlatform) -> Bool {
        let model = cpu.model.flatMap { knowledge.x86.model(named: $0) }
        if platform.architecture == "x86_64", let model, !knowledge.x86.isLong(model) { return false }
        return startCheck.allStart(StartQuestion(cpu: cpu, platform: platform))
    }
}
