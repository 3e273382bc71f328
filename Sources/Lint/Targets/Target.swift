public import CPUModel

/// What a domain's `<cpu>` is rewritten to.
public enum Target: Equatable, Sendable {
    /// The nearest complete model of the host, or of all hosts, with the protections that all hosts offer.
    case hostModelOnly
    /// The same model without the protections.
    case plainModel
    /// `mode='host-model'`, which libvirt offers on x86, ppc64 and s390.
    case hostModel
    /// `mode='host-passthrough'`, for hardware virtualisation only.
    case hostPassthrough
    /// `mode='maximum'`, which QEMU does not offer for every emulated architecture.
    case maximum
    /// The hypervisor's default: no `<cpu>`, or one without a model and a mode.
    case hypervisorDefault
    /// The hosts' baseline: a model and features.
    case baseline
    /// The CPU that the guest would get on the host today, with its model and features written out.
    case pin
    /// The smallest model with this level of x86-64 that all hosts start. The baseline, which every model has, is no
    /// target.
    case level(ISALevel)
    /// The guest's present CPU.
    case keep
    /// `mode='custom'` with the named model.
    case model(ModelTarget)
}

extension Target {
    /// The words for targets, as `--help`, completions and messages list them. Any other word is the name of a CPU
    /// model.
    public static let keywords = keywordTargets.map(\.word)

    /// The target depends on the hosts' CPUs.
    public var needsHost: Bool {
        switch self {
        case .hostModelOnly, .plainModel, .baseline, .pin, .level: true
        default: false
        }
    }

    private static let keywordTargets: [(word: String, target: Target)] = [
        ("host-model-only", .hostModelOnly), ("host-model-only,secure=off", .plainModel), ("host-model", .hostModel),
        ("host-passthrough", .hostPassthrough), ("maximum", .maximum), ("hv-default", .hypervisorDefault), ("baseline", .baseline), ("pin", .pin),
        ("keep", .keep),
    ] + ISALevel.allCases.dropFirst().map { ($0.description, .level($0)) }

    /// virt-install's alternative names.
    private static let aliases: [(word: String, target: Target)] = [
        ("host-copy", .hostModelOnly), ("clear", .hypervisorDefault), ("host-copy,secure=off", .plainModel),
        ("host-model-only,secure=on", .hostModelOnly), ("host-copy,secure=on", .hostModelOnly),
    ]

    /// Words that QEMU or virt-cpu use elsewhere, with the keyword that a message suggests instead. libvirt has no
    /// model of these names.
    private static let otherNames = [
        "host": "host-passthrough", "passthrough": "host-passthrough", "max": "maximum", "default": "hv-default",
        "hypervisor-default": "hv-default", "host-baseline": "baseline",
        "x86-64": "x86-64-v2", "x86-64-v1": "x86-64-v2", "x86-64-v2-aes": "x86-64-v2",
    ]

    /// Reads a word from a policy or from `--default`: a keyword, or else the name of a model.
    ///
    /// - Throws: `TargetError` for a word that is no name, and for a word that is nearly a keyword: such a typing error
    ///   would otherwise become a model that no host knows.
    public init(_ word: String) throws(TargetError) {
        let known = Self.keywordTargets + Self.aliases
        if let keyword = known.first(where: { $0.word == word }) {
            self = keyword.target
            return
        }
        if let meant = Self.otherNames[word.lowercased()] ?? nearMiss(word, among: known.map(\.word)) {
            throw TargetError(message: "unknown target \(quoted(word))\(didYouMean(meant))")
        }
        self = .model(ModelTarget(model: try Self.modelName(word)))
    }

    /// Returns the word if it can name a model. Keywords are refused; words that are nearly keywords are not.
    static func modelName(_ word: String) throws(TargetError) -> String {
        if (keywordTargets + aliases).contains(where: { $0.word == word }) {
            throw TargetError(
                message: "\(quoted(word)) is a target, not a CPU model",
                help: "write the target alone, without the mapping")
        }
        return try CPUName.checked(word, of: "CPU model")
    }
}

extension Target: CustomStringConvertible {
    /// The target's keyword, or the model's name with the other parts of its mapping.
    public var description: String {
        guard case .model(let target) = self else {
            return Self.keywordTargets.first { $0.target == self }?.word ?? ""
        }
        var details: [String] = []
        if let fallback = target.fallback { details.append("fallback=\(fallback.rawValue)") }
        if let vendor = target.vendor { details.append("vendor=\(vendor)") }
        details += target.features.map { "\($0.name)=\($0.policy.rawValue)" }
        return details.isEmpty ? target.model : "\(target.model) with \(details.joined(separator: ", "))"
    }
}
