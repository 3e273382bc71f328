import LibvirtWords

extension Policy {
    /// Reads a policy.
    ///
    /// - Parameters:
    ///   - bytes: the content of the file, in UTF-8.
    ///   - file: the path of the file, for errors only.
    ///   - origin: decides what hosts the policy may name.
    ///   - knownRules: the ids of the rules that `rules` may set.
    ///   - names: the CPU models, features and vendors that targets may name; without it, every name is accepted.
    /// - Throws: the first error in the file, with its position.
    public static func parse(
        _ bytes: [UInt8], file: String, origin: PolicyOrigin, knownRules: [String], names: TargetNames? = nil
    ) throws(PolicyError) -> Policy {
        let document = try PolicyDocument(bytes, file: file)
        if let extended = document.extends {
            throw PolicyError(
                file: file, line: extended.line, column: extended.column,
                message: "'extends' cannot be followed here: \(quoted(extended.word)) is another file")
        }
        return try parse([document], origin: origin, knownRules: knownRules, names: names)
    }

    /// Reads a policy that extends others.
    ///
    /// - Parameters:
    ///   - documents: the policy itself, the one that it extends, the one that this extends, and so on. Their values are
    ///     joined as `YAMLNode.joined(_:)` says, above those of the profile.
    ///   - origin: decides what hosts the policy and those that it extends may name.
    ///   - knownRules: the ids of the rules that `rules` may set.
    ///   - names: the CPU models, features and vendors that targets may name; without it, every name is accepted.
    /// - Throws: the first error in a document, with its position.
    public static func parse(
        _ documents: [PolicyDocument], origin: PolicyOrigin, knownRules: [String], names: TargetNames? = nil
    ) throws(PolicyError) -> Policy {
        let all = try PolicyDocument.withProfile(documents, knownRules: knownRules)
        let reader = PolicyReader(files: all.map(\.file), origin: origin, knownRules: knownRules, names: names)
        // A value that another document overrides must be right too.
        if documents.count > 1 { for root in YAMLNode.numbered(documents) { _ = try reader.policy(root) } }
        return try reader.policy(.joined(YAMLNode.numbered(all)))
    }
}

/// Turns a YAML tree into a policy, key by key.
struct PolicyReader {
    /// The paths of the documents, for errors only.
    let files: [String]
    let origin: PolicyOrigin
    let knownRules: [String]
    var names: TargetNames?

    static let keys = [
        "extends", "profile", "hosts", "clusters", "default", "windows", "migration", "libvirt", "exclude", "include", "rules",
        "guests",
    ]
    static let hostKeys = ["files", "libvirt"]
    static let guestKeys = ["match", "hosts", "os", "default", "windows", "rules"]
    static let matchKeys = ["name", "os", "type", "arch", "path"]

    func policy(_ root: YAMLNode) throws(PolicyError) -> Policy {
        let fields = try fields(of: root, "a policy", keys: Self.keys)
        var policy = Policy()
        if let node = fields["extends"], try text(node, of: "'extends'").isEmpty { throw error(node, "'extends' is empty") }
        if let node = fields["profile"] { policy.profile = try choice(node, of: "'profile'") }
        if let node = fields["hosts"] { policy.hosts = try hosts(node) }
        if let node = fields["clusters"] { policy.clusters = try clusters(node) }
        if let node = fields["default"] {
            policy.default = try target(node)
            policy.uncertainNames += try uncertainNames(in: node, policy.default)
        }
        if let node = fields["windows"] { policy.windows = try choice(node, of: "'windows'") }
        if let node = fields["migration"] { policy.migration = try boolean(node, of: "'migration'") }
        if let node = fields["libvirt"] { policy.libvirt = try version(node) }
        if let node = fields["include"] { policy.include = try patterns(node, of: "include", example: "[\"*.domain\"]") }
        if let node = fields["exclude"] { policy.exclude = try patterns(node, of: "exclude", example: "[archive/, \"*.old.xml\"]") }
        if let node = fields["rules"] { policy.rules = try rules(node) }
        if let node = fields["guests"] {
            for entry in try elements(of: node, "guests", example: "[{match: {name: \"db-*\"}, default: keep}]") {
                let guest = try guest(entry)
                policy.guests.append(guest)
                guard case .mapping(let pairs) = entry.value, let pair = pairs.first(where: { $0.name == "default" }) else { continue }
                policy.uncertainNames += try uncertainNames(in: pair.value, guest.default)
            }
        }
        return policy
    }

    private func hosts(_ node: YAMLNode) throws(PolicyError) -> [HostPattern] {
        var hosts: [HostPattern] = []
        for element in try elements(of: node, "hosts", example: "[hosts/*.xml]") {
            let host = try host(element)
            guard hosts.count < Self.mostHosts else { throw error(element, "more than \(Self.mostHosts) hosts") }
            hosts.append(host)
        }
        return hosts
    }

    /// One entry of `hosts`: a word, or a mapping that also states the hosts' libvirt.
    private func host(_ node: YAMLNode) throws(PolicyError) -> HostPattern {
        var spec = node
        var libvirt: LibvirtVersion?
        if case .mapping = node.value {
            let fields = try fields(of: node, "an entry of 'hosts'", keys: Self.hostKeys)
            guard let files = fields["files"] else { throw error(node, "an entry of 'hosts' must have 'files'") }
            spec = files
            if let node = fields["libvirt"] { libvirt = try version(node) }
        }
        let host = HostPattern(
            spec: try text(spec, of: "a host"), line: spec.line, column: spec.column, libvirt: libvirt,
            document: spec.document)
        if let refusal = host.refusal(in: origin) { throw error(spec, refusal.message, help: refusal.help) }
        return host
    }

    /// The parts of the hosts between which guests move, by their names.
    private func clusters(_ node: YAMLNode) throws(PolicyError) -> [HostCluster] {
        if node.isNull { return [] }
        guard case .mapping(let pairs) = node.value else {
            throw error(node, "'clusters' must be a mapping, not \(node.kindName)", help: "for example {east: [hv01, hv02]}")
        }
        guard pairs.count <= Self.mostHosts else { throw error(node, "more than \(Self.mostHosts) clusters") }
        var clusters: [HostCluster] = []
        for pair in pairs {
            if pair.name.isEmpty { throw error(pair.key, "the name of a cluster is empty") }
            let name = try text(pair.key, of: "the name of a cluster")
            let subject = "cluster \(quoted(name))"
            clusters.append(HostCluster(name: name, hosts: try hostNames(pair.value, of: subject)))
        }
        return clusters
    }

    /// Words that name hosts. `PolicyLookup` checks them, when it has read the hosts.
    private func hostNames(_ node: YAMLNode, of subject: String) throws(PolicyError) -> [HostName] {
        guard case .sequence(let elements) = node.value else {
            throw error(node, "\(subject) must be a list of the names of hosts, not \(node.kindName)", help: "for example [hv01, hv02]")
        }
        if elements.isEmpty { throw error(node, "\(subject) is empty, so it names no host") }
        guard elements.count <= Self.mostHosts else { throw error(node, "\(subject) has more than \(Self.mostHosts) entries") }
        var names: [HostName] = []
        for element in elements {
            let word = try text(element, of: "the name of a host")
            if word.isEmpty { throw error(element, "the name of a host is empty") }
            names.append(HostName(word, line: element.line, column: element.column, document: element.document))
        }
        return names
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

    /// Patterns as in a `.gitignore` file.
    private func patterns(_ node: YAMLNode, of key: String, example: String) throws(PolicyError) -> [String] {
        let elements = try elements(of: node, key, example: example)
        guard elements.count <= Self.mostPatterns else { throw error(node, "more than \(Self.mostPatterns) patterns") }
        var patterns: [String] = []
        for element in elements {
            let word = try text(element, of: "a pattern of '\(key)'")
            guard IgnorePattern(word) != nil else {
                throw error(element, "\(quoted(word)) is a pattern that matches no file")
            }
            patterns.append(word)
        }
        return patterns
    }

    /// The most patterns that a key may have: each is compared with each path.
    private static let mostPatterns = 1000

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
        if let node = fields["hosts"] { entry.hosts = try hostNames(node, of: "'hosts'") }
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
        return try checked(node) { () throws(TargetError) in try Target(word) }
    }

    /// Refuses the names in a target that no host can know, with which no guest would start.
    ///
    /// - Returns: a line for each name of which it cannot be known.
    private func uncertainNames(in node: YAMLNode, _ target: Target?) throws(PolicyError) -> [String] {
        guard let names, case .model(let target)? = target else { return [] }
        var lines: [String] = []
        for (kind, node) in namingNodes(of: node) {
            guard case .scalar(let word, _) = node.value else { continue }
            switch names.answer(kind, word, besides: target.model) {
            case .known: continue
            case .wrong(let wrong): throw error(node, wrong.message, help: wrong.help)
            case .uncertain(let line): lines.append("\(files[node.document]):\(node.line):\(node.column): \(line)")
            }
        }
        return lines
    }

    /// The nodes of a target that name something, with what they name.
    private func namingNodes(of node: YAMLNode) -> [(kind: TargetNames.Kind, node: YAMLNode)] {
        guard case .mapping(let pairs) = node.value else { return [(.model, node)] }
        return pairs.flatMap { pair -> [(kind: TargetNames.Kind, node: YAMLNode)] in
            switch (pair.name, pair.value.value) {
            case ("model", _): [(.model, pair.value)]
            case ("vendor", _): [(.vendor, pair.value)]
            case ("features", .mapping(let features)): features.map { (.feature, $0.key) }
            case ("features", .sequence(let features)): features.map { (.feature, $0) }
            default: []
            }
        }
    }

    private func modelTarget(_ node: YAMLNode) throws(PolicyError) -> ModelTarget {
        let fields = try fields(of: node, "a target", keys: Self.targetKeys)
        guard let modelNode = fields["model"] else { throw error(node, "a target written as a mapping must have a 'model'") }
        let model = try text(modelNode, of: "'model'")
        var target = ModelTarget(
            model: try checked(modelNode) { () throws(TargetError) in try Target.modelName(model) })
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
