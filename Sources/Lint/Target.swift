import DomainXML

/// What a domain's `<cpu>` is rewritten to.
public enum Target: Equatable, Sendable {
    /// The nearest complete model of the host, or of all hosts.
    case hostModelOnly
    /// `mode='host-model'`, which libvirt has on x86, ppc64 and s390.
    case hostModel
    /// `mode='host-passthrough'`, for hardware virtualisation only.
    case hostPassthrough
    /// `mode='maximum'`, which QEMU does not have for every emulated architecture.
    case maximum
    /// No `<cpu>`, or one without model and mode: what the hypervisor gives.
    case hypervisorDefault
    /// The hosts' baseline: model and features.
    case baseline
    /// What the guest would get on the host today, spelt out.
    case pin
    /// The CPU that the guest has.
    case keep
    /// `mode='custom'` with the model named.
    case model(ModelTarget)
}

/// A CPU model that the user names, with what is to stand in its `<cpu>`.
public struct ModelTarget: Equatable, Sendable {
    /// `<model>`'s text.
    public var model: String
    /// `<model fallback=…>`; nil writes none.
    public var fallback: CPU.Fallback?
    /// `<vendor>`'s text; nil writes none.
    public var vendor: String?
    /// In the order of the policy. No name comes twice.
    public var features: [TargetFeature]

    /// Names are not checked: `Target(_:)` and `Policy.parse` do that.
    public init(model: String, fallback: CPU.Fallback? = nil, vendor: String? = nil, features: [TargetFeature] = []) {
        self.model = model
        self.fallback = fallback
        self.vendor = vendor
        self.features = features
    }
}

/// One `<feature>` of a target.
public struct TargetFeature: Equatable, Sendable {
    /// libvirt's name of the feature.
    public var name: String
    /// Written out always, `require` too.
    public var policy: CPU.Policy

    /// The name is not checked.
    public init(name: String, policy: CPU.Policy) {
        self.name = name
        self.policy = policy
    }
}

/// Why a word is no target.
public struct TargetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// With `(did you mean 'x'?)` where a target is near.
    public var message: String
    /// The way out; nil where the message says it.
    public var help: String?

    /// The message, and the help in brackets.
    public var description: String { message + (help.map { " (\($0))" } ?? "") }
}

extension Target {
    /// The words that are targets themselves, as `--help`, completions and messages list them. Any other word is the
    /// name of a CPU model.
    public static let keywords = keywordTargets.map(\.word)

    private static let keywordTargets: [(word: String, target: Target)] = [
        ("host-model-only", .hostModelOnly), ("host-model", .hostModel), ("host-passthrough", .hostPassthrough),
        ("maximum", .maximum), ("hv-default", .hypervisorDefault), ("baseline", .baseline), ("pin", .pin),
        ("keep", .keep),
    ]

    /// virt-install's other names.
    private static let aliases: [(word: String, target: Target)] = [
        ("host-copy", .hostModelOnly), ("clear", .hypervisorDefault),
    ]

    /// QEMU's and virt-cpu's own words for what a target is called otherwise. None is a model that libvirt knows.
    private static let otherNames = [
        "host": "host-passthrough", "passthrough": "host-passthrough", "max": "maximum", "default": "hv-default",
        "hypervisor-default": "hv-default", "host-baseline": "baseline",
    ]

    /// From a word in a policy or after `--default`: a keyword, or else a model's name. A word that is nearly a
    /// keyword is an error, lest a slip become a model that no host knows.
    public init(_ word: String) throws(TargetError) {
        let known = Self.keywordTargets + Self.aliases
        if let keyword = known.first(where: { $0.word == word }) {
            self = keyword.target
            return
        }
        if let meant = Self.otherNames[word.lowercased()] ?? nearMiss(word, among: known.map(\.word)) {
            throw TargetError(message: "\(quoted(word)) is no target\(didYouMean(meant))")
        }
        self = .model(ModelTarget(model: try Self.modelName(word)))
    }

    /// Checks what stands where a model's name must, in the mapping form too: keywords are no models, near misses may
    /// be.
    static func modelName(_ word: String) throws(TargetError) -> String {
        if (keywordTargets + aliases).contains(where: { $0.word == word }) {
            throw TargetError(
                message: "\(quoted(word)) is a target of its own, not a CPU model",
                help: "write it in place of the whole mapping")
        }
        return try name(word, of: "CPU model")
    }

    /// `[A-Za-z0-9][A-Za-z0-9._+-]*`, which every model, vendor and feature of libvirt and QEMU keeps to.
    static func name(_ word: String, of kind: String) throws(TargetError) -> String {
        guard let first = word.unicodeScalars.first else {
            throw TargetError(message: "the name of a \(kind) is missing")
        }
        guard word.utf8.count <= 128 else {
            throw TargetError(message: "\(quoted(word)) is no \(kind): names are shorter")
        }
        guard first.isASCIIAlphanumeric else {
            throw TargetError(message: "\(quoted(word)) is no \(kind): a name starts with a letter or digit")
        }
        let wrong = word.unicodeScalars.first { !$0.isASCIIAlphanumeric && !"._+-".unicodeScalars.contains($0) }
        if let wrong {
            throw TargetError(
                message: "\(quoted(word)) is no \(kind): \(quoted(String(wrong))) cannot stand in a name",
                help: "names are letters, digits and . _ + -")
        }
        return word
    }
}

extension Target: CustomStringConvertible {
    /// The word that gives this target; for a mapping, the model and what comes with it.
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

extension Unicode.Scalar {
    var isASCIIAlphanumeric: Bool {
        ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self)
    }
}
