import CPUModel

extension CPUDefinition {
    /// Whether the guest gets each of the listed features. Optional features are left out, because the host decides
    /// about them.
    var outcomes: [String: Bool] {
        var outcomes: [String: Bool] = [:]
        for feature in features {
            switch feature.policy {
            case .force, .require: outcomes[feature.name] = true
            case .disable, .forbid: outcomes[feature.name] = false
            case .optional: outcomes[feature.name] = nil
            }
        }
        return outcomes
    }

    /// The CPU with each optional feature required or disabled, as all hosts decide it. Features about which the hosts
    /// differ or nothing is known stay optional.
    func decided(by given: HostFeatures) -> CPUDefinition {
        var cpu = self
        for index in cpu.features.indices where cpu.features[index].policy == .optional {
            if let isGiven = given[cpu.features[index].name] { cpu.features[index].policy = isGiven ? .require : .disable }
        }
        return cpu
    }
}
