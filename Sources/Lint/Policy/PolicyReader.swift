import LibvirtWords

extension Policy {
    /// Reads a policy.
    ///
    /// - Parameters:
    ///   - bytes: the file's, in UTF-8.
    ///   - file: its path, for errors only.
    ///   - knownRules: the ids that `rules` may hold.
    ///   - knowledge: what CPU models are told from slips by; without it any name will do.
    /// - Throws: the first thing that is wrong, with its place.
    public static func parse(
        _ bytes: [UInt8], file: String, origin: PolicyOrigin, knownRules: [String], knowledge: CPUKnowledge? = nil
    ) throws(PolicyError) -> Policy {
        let root = try YAMLNode.parse(bytes, file: file)
        return try PolicyReader(file: file, origin: origin, knownRules: knownRules, knowledge: knowledge).policy(root)
    }
}

/// Makes a policy of a YAML tree, key by key.
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

    /// More than any pool has. Each is a search for files.
    private static let mostHosts = 4096

    private func version(_ node: YAMLNode) throws(PolicyError) -> LibvirtVersion {
        let word = try text(node, of: "'libvirt'")
        guard let version = LibvirtVersion(word) else {
            throw error(node, "\(quoted(word)) is no libvirt version, such as 9.0 or 11.3.0")
        }
        return version
    }

    private func rules(_ node: YAMLNode) throws(PolicyError) -> [String: RuleSetting] {
        var rules: [String: RuleSetting] = [:]
        for pair in try pairs(of: node, "rules") {
            guard knownRules.contains(pair.name) else {
                throw error(
                    pair.key, "unknown rule \(quoted(pair.name))\(didYouMean(nearest(pair.name, among: knownRules)))")
            }
            let word = try text(pair.value, of: "rule '\(pair.name)'")
            guard let setting = RuleSetting(word) else {
                throw error(
                    pair.value, "unknown severity \(quoted(word))\(didYouMean(RuleSetting.suggestion(for: word)))",
                    help: oneOf(RuleSetting.words))
            }
            rules[pair.name] = setting
        }
        return rules
    }
}

// MARK: - Guests

extension PolicyReader {
    private func guest(_ node: YAMLNode) throws(PolicyError) -> GuestEntry {
        let fields = try fields(of: node, "an entry of 'guests'", keys: Self.guestKeys)
        guard let matchNode = fields["match"] else {
            throw error(node, "an entry of 'guests' needs a 'match'")
        }
        var entry = GuestEntry(match: try match(matchNode))
        if let node = fields["os"] {
            entry.os = try choice(node, of: "'os'")
            if entry.match.os != nil {
                throw error(node, "'os' says what the guests are, so 'match' cannot ask for it")
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
                node, "'match' has no conditions", help: "what holds for all guests stands at the policy's top level")
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

    /// An id is a URL, so a word without slash or wildcard would match no guest.
    private func check(os: String, at node: YAMLNode) throws(PolicyError) {
        if os == GuestMatch.windows || os.utf8.contains(UInt8(ascii: "/")) || Glob.isPattern(os) { return }
        let meant = nearest(os, among: [GuestMatch.windows])
        throw error(
            node, "unknown os \(quoted(os))\(didYouMean(meant))",
            help: "'windows', or a pattern for the libosinfo id such as '*redhat.com/rhel/9*'")
    }

    /// libvirt's domain types and architectures that a slip is measured against; others are taken as they are.
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
                help: "one of \(Target.keywords.joined(separator: ", ")), or a CPU model's name")
        }
        let target = try checked(node) { () throws(TargetError) in try Target(word) }
        if case .model(let model) = target { try check(model: model.model, at: node) }
        return target
    }

    /// A slip would be refused for every guest, one by one; a name that is near no model may be another architecture's.
    private func check(model name: String, at node: YAMLNode) throws(PolicyError) {
        if let meant = knowledge?.meant(byModel: name) {
            throw error(node, "libvirt knows no CPU model \(quoted(name))\(didYouMean(meant))")
        }
    }

    private func modelTarget(_ node: YAMLNode) throws(PolicyError) -> ModelTarget {
        let fields = try fields(of: node, "a target", keys: Self.targetKeys)
        guard let modelNode = fields["model"] else { throw error(node, "a target needs a 'model'") }
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
                    throw error(element, "the feature '\(name)' comes twice")
                }
                features.append(TargetFeature(name: name, policy: .require))
            }
        case .scalar:
            throw error(
                node, "'features' must be a mapping or a list, not \(node.kindName)",
                help: "such as {pcid: require, hle: disable}, or [pcid] to require")
        }
        return features
    }

    private func name(_ node: YAMLNode, of kind: String) throws(PolicyError) -> String {
        let word = try text(node, of: "a \(kind)")
        return try checked(node) { () throws(TargetError) in try Target.name(word, of: kind) }
    }

    /// Gives a target's error its place.
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
    /// The values of a mapping by key, when all keys are known ones.
    private func fields(
        of node: YAMLNode, _ subject: String, keys: [String]
    ) throws(PolicyError) -> [String: YAMLNode] {
        guard case .mapping(let pairs) = node.value else {
            throw error(node, "\(subject) must be a mapping, not \(node.kindName)", help: "its keys: \(list(keys))")
        }
        var fields: [String: YAMLNode] = [:]
        for pair in pairs {
            guard keys.contains(pair.name) else {
                throw error(
                    pair.key, "unknown key \(quoted(pair.name))\(didYouMean(nearest(pair.name, among: keys)))",
                    help: "the keys of \(subject): \(list(keys))")
            }
            fields[pair.name] = pair.value
        }
        return fields
    }

    /// A mapping whose keys are not known here. Nothing is none, so that all of them can be commented out.
    private func pairs(of node: YAMLNode, _ key: String) throws(PolicyError) -> [YAMLNode.Pair] {
        if node.isNull { return [] }
        guard case .mapping(let pairs) = node.value else {
            throw error(
                node, "'\(key)' must be a mapping, not \(node.kindName)", help: "such as {host-passthrough: off}")
        }
        return pairs
    }

    /// A list; nothing is none.
    private func elements(of node: YAMLNode, _ key: String, example: String) throws(PolicyError) -> [YAMLNode] {
        if node.isNull { return [] }
        guard case .sequence(let elements) = node.value else {
            throw error(node, "'\(key)' must be a list, not \(node.kindName)", help: "such as \(example)")
        }
        return elements
    }

    private func text(_ node: YAMLNode, of subject: String) throws(PolicyError) -> String {
        guard case .scalar(let text, _) = node.value, !node.isNull else {
            throw error(node, "\(subject) must be a word, not \(node.kindName)")
        }
        return text
    }

    /// One of the words of an enumeration.
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

    /// YAML 1.2's booleans only: what 1.1 thinks of `yes` and `on` surprises too often.
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
                node, "\(subject) must be true or false, not \(isPlain ? "" : "the text ")\(quoted(word))"
                    + didYouMean(meant))
        default:
            throw error(node, "\(subject) must be true or false, not \(node.kindName)")
        }
    }

    private func error(_ node: YAMLNode, _ message: String, help: String? = nil) -> PolicyError {
        PolicyError(file: file, line: node.line, column: node.column, message: message, help: help)
    }

    private func list(_ words: [String]) -> String { words.joined(separator: ", ") }
    private func oneOf(_ words: [String]) -> String { "one of \(list(words))" }
}
