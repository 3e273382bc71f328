import LibvirtWords
import Lint

/// What the words of `<cpu>` and of policies mean, in a line.
enum WordMeaning {
    /// The values of an attribute with what they mean; empty for attributes without fixed words.
    static func values(of attribute: String, in element: String) -> [(word: String, meaning: String)] {
        switch (element, attribute) {
        case ("cpu", "mode"): CPUMode.allCases.map { ($0.rawValue, meaning(of: $0)) }
        case ("cpu", "match"): CPUMatch.allCases.map { ($0.rawValue, meaning(of: $0)) }
        case ("cpu", "check"): CPUCheck.allCases.map { ($0.rawValue, meaning(of: $0)) }
        case ("cpu", "migratable"):
            [
                ("on", "The guest gets no feature that keeps it from migrating."),
                ("off", "The guest also gets features that keep it from migrating."),
            ]
        case ("model", "fallback"): fallbacks
        case ("feature", "policy"): featurePolicies
        case ("cache", "mode"): CacheMode.allCases.map { ($0.rawValue, meaning(of: $0)) }
        default: []
        }
    }

    static let fallbacks: [(word: String, meaning: String)] = ModelFallback.allCases.map {
        switch $0 {
        case .allow: ($0.rawValue, "If the hypervisor does not know the model, libvirt may start the guest with the nearest one.")
        case .forbid: ($0.rawValue, "If the hypervisor does not know the model, libvirt refuses to start the guest.")
        }
    }

    static let featurePolicies: [(word: String, meaning: String)] = FeaturePolicy.allCases.map { ($0.rawValue, meaning(of: $0)) }

    private static func meaning(of mode: CPUMode) -> String {
        switch mode {
        case .custom: "The guest gets the named model with the listed features."
        case .hostModel: "The guest gets the host's CPU, which libvirt writes out as model and features when the guest starts."
        case .hostPassthrough: "The guest gets the CPU of the host that it starts on, so migration needs identical hosts."
        case .maximum: "The guest gets every feature that the hypervisor can provide on this host."
        }
    }

    private static func meaning(of match: CPUMatch) -> String {
        switch match {
        case .minimum: "The guest gets what is listed, and every other feature of the host."
        case .exact: "The guest gets what is listed; the host may have more."
        case .strict: "libvirt refuses a host that has more than what is listed."
        }
    }

    private static func meaning(of check: CPUCheck) -> String {
        switch check {
        case .none: "libvirt compares nothing: QEMU may leave out features and start the guest anyway."
        case .partial: "libvirt compares the definition with the host's CPU before it starts the guest."
        case .full: "libvirt also compares the CPU that QEMU has made, and stops the guest if it differs."
        }
    }

    private static func meaning(of policy: FeaturePolicy) -> String {
        switch policy {
        case .force: "The guest gets the feature, whether or not the host has it."
        case .require: "The guest gets the feature; libvirt refuses a host without it."
        case .optional: "The guest gets the feature if the host has it."
        case .disable: "The guest does not get the feature."
        case .forbid: "The guest does not get the feature, and libvirt refuses a host that has it."
        }
    }

    private static func meaning(of mode: CacheMode) -> String {
        switch mode {
        case .emulate: "The guest sees a cache that the hypervisor makes up."
        case .passthrough: "The guest sees the host's cache."
        case .disable: "The guest sees no cache."
        }
    }

    /// What a target of a policy means; nil for the name of a model.
    static func meaning(ofTarget word: String) -> String? {
        guard let target = try? Target(word) else { return nil }
        return switch target {
        case .hostModelOnly: "The nearest model that all hosts fully support, with the protections that all of them offer."
        case .plainModel: "The nearest model that all hosts fully support, without further features."
        case .hostModel: "mode='host-model': the CPU of the host that the guest starts on, written out."
        case .hostPassthrough: "mode='host-passthrough': the CPU of the host that the guest starts on."
        case .maximum: "mode='maximum': everything that the hypervisor can provide."
        case .hypervisorDefault: "No `<cpu>`: the hypervisor's default, a basic model."
        case .baseline: "One model with features that runs on all hosts, as `virsh cpu-baseline` computes it."
        case .pin: "The CPU that the guest gets on the host today, written out as model and features."
        case .level(let level): "The smallest model with \(level) that all hosts start."
        case .keep: "The CPU that the definition states."
        case .model: nil
        }
    }
}
