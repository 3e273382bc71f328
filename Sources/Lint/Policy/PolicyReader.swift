import LibvirtWords

extension Policy {
    /// Reads a policy.
    ///
    /// - Parameters:
    ///   - bytes: the content of the file, in UTF-8.
    ///   - file: the path of the file, for errors only.
    ///   - origin: decides what hosts the policy may name.
    ///   - knownRules: the ids of the rules that `rules` may set.
    ///   - knowledge: finds misspelt CPU models; without it, every name is accepted.
    /// - Throws: the first error in the file, with its position.
    public static func parse(
        _ bytes: [UInt8], file: String, origin: PolicyOrigin, knownRules: [String], knowledge: CPUKnowledge? = nil
    ) throws(PolicyError) -> Policy {
        let root = try YAMLNode.parse(bytes, file: file)
        return try PolicyReader(file: file, origin: origin, knownRules: knownRules, knowledge: knowledge).policy(root)
    }
}

/// Turns a YAML tree into a policy, key by key.
struct PolicyReader {
    let file: String
    let origin: PolicyOrigin
    let knownRules: [String]
    var knowledge: CPUKnowledge?

    static let keys = ["hosts", "default", "windows", "migration", "libvirt", "rules", "guests"]
    static let guestKeys = ["match", "os", "default", "windows", "rules"]
    static let matchKeys = ["name", "os", "type", "arch", "path"]

    func policy(_ root: YAMLNode) throws(PolicyError) -> Policy {
        let fields = try fields(of: root, "a policy", keys: Self.keys)
        var policy = Policy()
        if let node = fields["hosts"] { policy.hosts = try hosts(node) }
        if let node = fields["default"] { policy.default = try target(node) }
        if let node = fields["windows"] { policy.windows = try choice(node, of: "'windows'") }
        if let node = fields["migration"] { policy.migration = try boolean(node, of: "'migration'") }
        if let node = fields["libvirt"] { policy.libvirt = try version(node) }
        if let node = fields["rules"] { policy.rules = try rules(node) }
        if let node = fields["guests"] {
            for entry in try elements(of: node, "guests", example: "[{match: {name: \"db-*\"}, default: keep}]") {
                policy.guests.append(try guest(entry))
            }
        }
        return policy
    }

    private func hosts(_ node: YAMLNode) throws(PolicyError) -> [HostPattern] {
        var hosts: [HostPattern] = []
        for element in try elements(of: node, "hosts", example: "[hosts/*.xml]") {
            let spec = try text(element, of: "a host")
            let host = HostPattern(spec: spec, line: element.line, column: element.column)
            if let refusal = host.refusal(in: origin) {
                throw error(element, refusal.message, help: refusal.help)
            }
            guard hosts.count < Self.mostHosts else { throw error(element, "more than \(Self.mostHosts) hosts") }
            hosts.append(host)
        }
        return hosts
    }

    /// The most entries that `hosts` may have. Each entry can mean a search for files, and no pool has this many hosts.
    private static let mostHosts = 4096

    private func version(_ node: YAMLNode) throws(PolicyError) -> LibvirtVersion {
        let word = try text(node, of: "'libvirt'")
        guard let version = LibvirtVersion(word) else {
            throw error(node, "\(quoted(word)) is not a libvirt version (expected a number such as 9.0 or 11.3.0)")
        }
        return version
    }

    private func rules(_ node: YAMLNode) throws(PolicyError) -> RuleSettings {
        var rules = RuleSettings()
        for pair in try pairs(of: node, "rules") {
            let selector: RuleSelector
            do {
                selector = try RuleSelector(pair.name, knownRules: knownRules)
            } catch {
                throw self.error(pair.key, error.message, help: error.help)
            }
            let word = try text(pair.value, of: "rule '\(pair.name)'")
            guard let setting = RuleSetting(word) else {
                throw error(
                    pair.value, "unknown severity \(quoted(word))\(didYouMean(RuleSetting.suggestion(for: word)))",
                    help: oneOf(RuleSetting.words))
            }
            rules[selector] = setting
        }
        return rules
    }
}

// MARK: - Guests

extension PolicyReader {
    private func guest(_ node: YAMLNode) throws(PolicyError) -> GuestEntry {
        let fields = try fields(of: node, "an entry of 'guests'", keys: Self.guestKeys)
        guard let matchNode = fields["match"] else {
            throw error(node, "an entry of 'guests' must have a 'match'")
        }
        var entry = GuestEntry(match: try match(matchNode))
        if let node = fields["os"] {
            entry.os = try choice(node, of: "'os'")
            if entry.match.os != nil {
                throw error(node, "an entry that sets 'os' cannot also match on 'os'")
            }
        }
        if let node = fields["default"] { entry.default = try target(node) }
        if let node = fields["windows"] { entry.windows = try choice(node, of: "'windows'") }
        if let node = fields["rules"] { entry.rules = try rules(node) }
        return entry
    }

    private func match(_ node: YAMLNode) throws(PolicyError) -> GuestMatch {
        let fields = try fields(of: node, "'match'", keys: Self.matchKeys)
        guard !fields.isEmpty else {
            throw error(
                node, "'match' has no conditions", help: "settings for all guests belong at the top level of the policy")
        }
        var words: [String: String] = [:]
        for key in Self.matchKeys {
            guard let node = fields[key] else { continue }
            let word = try text(node, of: "'\(key)'")
            if word.isEmpty { throw error(node, "'\(key)' is empty and would match no guest") }
            words[key] = word
        }
        if let node = fields["os"], let os = words["os"] { try check(os: os, at: node) }
        for (key, known) in [("type", Self.domainTypes), ("arch", Self.architectures)] {
            if let node = fields[key], let word = words[key], !known.contains(word), !Glob.isPattern(word),
                let meant = nearMiss(word, among: known)
            {
                throw error(node, "unknown \(key) \(quoted(word))\(didYouMean(meant))")
            }
        }
        return GuestMatch(
            name: words["name"], os: words["os"], type: words["type"], arch: words["arch"], path: words["path"])
    }

    /// Refuses a word that can match no guest: an id is a URL, so a pattern for it has a slash or a wildcard.
    private func check(os: String, at node: YAMLNode) throws(PolicyError) {
        if os == GuestMatch.windows || os.utf8.contains(UInt8(ascii: "/")) || Glob.isPattern(os) { return }
        let meant = nearest(os, among: [GuestMatch.windows])
        throw error(
            node, "unknown os \(quoted(os))\(didYouMean(meant))",
            help: "use 'windows', or a pattern for the libosinfo id such as '*redhat.com/rhel/9*'")
    }

    /// libvirt's domain types. A `type` that is nearly one of them is an error; other words are accepted. The same
    /// applies to architectures.
    private static let domainTypes = [
        "qemu", "kvm", "hvf", "xen", "lxc", "openvz", "test", "vmware", "hyperv", "vbox", "vz", "bhyve",
    ]
    private static let architectures = ArchitectureFacts.allNames
}

// MARK: - Targets

extension PolicyReader {
    static let targetKeys = ["model", "fallback", "vendor", "features"]

    private func target(_ node: YAMLNode) throws(PolicyError) -> Target {
        if case .mapping = node.value { return .model(try modelTarget(node)) }
        guard case .scalar(let word, _) = node.value, !node.isNull else {
            throw error(
                node, "a target must be a word or a mapping with 'model', not \(node.kindName)",
                help: "use one of \(Target.keywords.joined(separator: ", ")), or the name of a CPU model")
        }
        let target = try checked(node) { () throws(TargetError) in try Target(word) }
        if case .model(let model) = target { try check(model: model.model, at: node) }
        return target
    }

    /// Refuses a misspelt model, which would otherwise be refused for each guest. A name that is near no known model is
    /// accepted, because it may be a model of another architecture.
    private func check(model name: String, at node: YAMLNode) throws(PolicyError) {
        if let meant = knowledge?.meant(byModel: name) {
            throw error(node, "libvirt does not know the CPU model \(quoted(name))\(didYouMean(meant))")
        }
    }

    private func modelTarget(_ node: YAMLNode) throws(PolicyError) -> ModelTarget {
        let fields = try fields(of: node, "a target", keys: Self.targetKeys)
        guard let modelNode = fields["model"] else { throw error(node, "a target written as a mapping must have a 'model'") }
        let model = try text(modelNode, of: "'model'")
        var target = ModelTarget(
            model: try checked(modelNode) { () throws(TargetError) in try Target.modelName(model) })
        try check(model: model, at: modelNode)
        if let node = fields["fallback"] { target.fallback = try choice(node, of: "'fallback'") }
        if let node = fields["vendor"] { target.vendor = try name(node, of: "vendor") }
        if let node = fields["features"] { target.features = try features(node) }
        return target
    }

    private func features(_ node: YAMLNode) throws(PolicyError) -> [TargetFeature] {
        var features: [TargetFeature] = []
        switch node.value {
        case _ where node.isNull: break
        case .mapping(let pairs):
            for pair in pairs {
                let name = try name(pair.key, of: "feature")
                features.append(TargetFeature(name: name, policy: try choice(pair.value, of: "feature '\(name)'")))
            }
        case .sequence(let elements):
            var names: Set<String> = []
            for element in elements {
                let name = try name(element, of: "feature")
                guard names.insert(name).inserted else {
                    throw error(element, "feature '\(name)' is listed twice")
                }
                features.append(TargetFeature(name: name, policy: .require))
            }
        case .scalar:
            throw error(
                node, "'features' must be a mapping or a list, not \(node.kindName)",
                help: "for example {pcid: require, hle: disable}, or [pcid] to require pcid")
        }
        return features
    }

    private func name(_ node: YAMLNode, of kind: String) throws(PolicyError) -> String {
        let word = try text(node, of: "a \(kind)")
        return try checked(node) { () throws(TargetError) in try CPUName.checked(word, of: kind) }
    }

    /// Adds the position of `node` to a `TargetError` that `make` throws.
    private func checked<T>(_ node: YAMLNode, _ make: () throws(TargetError) -> T) throws(PolicyError) -> T {
        do {
            return try make()
        } catch {
            throw self.error(node, error.message, help: error.help)
        }
    }
}

// MARK: - Kinds of nodes

extension PolicyReader {
    /// The values of a mapping by key. Any key except `keys` is an error.
    private func fields(
        of node: YAMLNode, _ subject: String, keys: [String]
    ) throws(PolicyError) -> [String: YAMLNode] {
        guard case .mapping(let pairs) = node.value else {
            throw error(node, "\(subject) must be a mapping, not \(node.kindName)", help: "valid keys: \(list(keys))")
        }
        var fields: [String: YAMLNode] = [:]
        for pair in pairs {
            guard keys.contains(pair.name) else {
                throw error(
                    pair.key, "unknown key \(quoted(pair.name))\(didYouMean(nearest(pair.name, among: keys)))",
                    help: "valid keys of \(subject): \(list(keys))")
            }
            fields[pair.name] = pair.value
        }
        return fields
    }

    /// The pairs of a mapping whose keys the caller checks. A key without a value is an empty mapping, so that users
    /// can comment out all its lines.
    private func pairs(of node: YAMLNode, _ key: String) throws(PolicyError) -> [YAMLNode.Pair] {
        if node.isNull { return [] }
        guard case .mapping(let pairs) = node.value else {
            throw error(
                node, "'\(key)' must be a mapping, not \(node.kindName)", help: "for example {host-passthrough: off}")
        }
        return pairs
    }

    /// The elements of a list. A key without a value is an empty list.
    private func elements(of node: YAMLNode, _ key: String, example: String) throws(PolicyError) -> [YAMLNode] {
        if node.isNull { return [] }
        guard case .sequence(let elements) = node.value else {
            throw error(node, "'\(key)' must be a list, not \(node.kindName)", help: "for example \(example)")
        }
        return elements
    }

    private func text(_ node: YAMLNode, of subject: String) throws(PolicyError) -> String {
        guard case .scalar(let text, _) = node.value, !node.isNull else {
            throw error(node, "\(subject) must be a word, not \(node.kindName)")
        }
        return text
    }

    /// The case of an enumeration that a word names.
    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: YAMLNode, of subject: String
    ) throws(PolicyError) -> Choice {
        let word = try text(node, of: subject)
        guard let choice = Choice(rawValue: word) else {
            let words = Choice.allCases.map(\.rawValue)
            throw error(
                node, "\(subject) cannot be \(quoted(word))\(didYouMean(nearest(word, among: words)))",
                help: oneOf(words))
        }
        return choice
    }

    /// A boolean of YAML 1.2. The other booleans of YAML 1.1, such as `yes` and `on`, are refused.
    private func boolean(_ node: YAMLNode, of subject: String) throws(PolicyError) -> Bool {
        switch node.value {
        case .scalar("true", isPlain: true): return true
        case .scalar("false", isPlain: true): return false
        case .scalar(let word, let isPlain) where !node.isNull:
            let meant: String? =
                switch word.lowercased() {
                case "yes", "y", "on", "true": "true"
                case "no", "n", "off", "false": "false"
                default: isPlain ? nearest(word, among: ["true", "false"]) : nil
                }
            throw error(
                node, "\(subject) must be true or false, not \(isPlain ? "" : "the string ")\(quoted(word))"
                    + didYouMean(meant))
        default:
            throw error(node, "\(subject) must be true or false, not \(node.kindName)")
        }
    }

    private func error(_ node: YAMLNode, _ message: String, help: String? = nil) -> PolicyError {
        PolicyError(file: file, line: node.line, column: node.column, message: message, help: help)
    }

    private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
    private func oneOf(_ words: [String]) -> String { "use one of \(list(words))" }
}
