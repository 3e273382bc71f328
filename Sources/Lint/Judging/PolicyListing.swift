import Hosts
public import LibvirtWords

/// The policy that applies, as a policy file. A comment behind each value says where the value comes from: a line of a
/// file, the profile, an option, or virt-cpu's own default.
public struct PolicyListing {
    private let pairs: [YAMLNode.Pair]
    private let labels: [String]
    private let rules: [Rule]
    private let overrides: Overrides

    /// The hosts that the command line names, in the words of the policy; nil if the policy's count.
    public var hosts: [String]?
    /// The release of the hosts' libvirt that the command line states.
    public var libvirt: LibvirtVersion?
    /// Whether guests migrate, if the policy does not say.
    public var migrates = false
    /// Turns an entry of `hosts` into one that starts from the policy's directory.
    public var path: (HostPattern) -> String = { $0.spec }

    /// - Parameters:
    ///   - documents: the policy and those that it extends, as for `Policy.parse`; empty for no policy.
    ///   - overrides: the settings of the command line.
    ///   - rules: the rules that the policy may set.
    /// - Throws: what is wrong with the profile.
    public init(
        _ documents: [PolicyDocument], overrides: Overrides, rules: [Rule] = Rule.all
    ) throws(PolicyError) {
        let all = try PolicyDocument.withProfile(documents, knownRules: rules.map(\.id))
        labels = all.map(\.label)
        if case .mapping(let pairs)? = all.isEmpty ? nil : YAMLNode.joined(YAMLNode.numbered(all)).value {
            self.pairs = pairs
        } else {
            pairs = []
        }
        self.rules = rules
        self.overrides = overrides
    }

    /// The lines of the file.
    public var text: String {
        (hostLines + clusterLines + defaultLines + plainLines + lines(ofPatterns: "exclude") + lines(ofPatterns: "include") + ruleLines + guestLines).joined(separator: "\n")
            + "\n"
    }

    private func pair(_ key: String) -> YAMLNode.Pair? { pairs.first { $0.name == key } }

    /// `FILE:LINE`, or what stands for a place without lines.
    private func place(of node: YAMLNode) -> String {
        let label = labels[node.document]
        // The values of a profile stand in no file.
        return label.hasPrefix("profile: ") ? label : "\(label):\(node.line)"
    }

    private func line(_ text: String, _ place: String) -> String { "\(text)  # \(place)" }

    /// A list, with the place of each element.
    private func lines(_ key: String, _ elements: [(text: String, place: String)], empty place: String) -> [String] {
        if elements.isEmpty { return [line("\(key): []", place)] }
        return ["\(key):"] + elements.map { line("  - \($0.text)", $0.place) }
    }

    private var hostLines: [String] {
        if let hosts { return lines("hosts", hosts.map { (YAMLNode.word($0).text, "--host") }, empty: "--host") }
        guard let pair = pair("hosts") else { return lines("hosts", [], empty: "default") }
        guard case .sequence(let elements) = pair.value.value else { return lines("hosts", [], empty: place(of: pair.key)) }
        func moved(_ node: YAMLNode) -> YAMLNode {
            var node = node
            switch node.value {
            case .scalar(let spec, let isPlain):
                let pattern = HostPattern(spec: spec, line: node.line, column: node.column, document: node.document)
                node.value = .scalar(path(pattern), isPlain: isPlain)
            case .mapping(let pairs):
                node.value = .mapping(pairs.map { $0.name == "files" ? .init(key: $0.key, name: $0.name, value: moved($0.value)) : $0 })
            case .sequence: break
            }
            return node
        }
        return lines("hosts", elements.map { (moved($0).text, place(of: $0)) }, empty: place(of: pair.key))
    }

    private var clusterLines: [String] {
        guard let pair = pair("clusters") else { return [line("clusters: {}", "default")] }
        guard case .mapping(let clusters) = pair.value.value, !clusters.isEmpty else {
            return [line("clusters: {}", place(of: pair.key))]
        }
        return ["clusters:"] + clusters.map { line("  \($0.key.text): \($0.value.text)", place(of: $0.key)) }
    }

    private var defaultLines: [String] {
        if let target = overrides.target { return [line("default: \(YAMLNode.word(target.description).text)", "--default")] }
        guard let pair = pair("default") else {
            return ["# default: guests keep the CPU that their definitions state, unless they state none  # default"]
        }
        return [line("default: \(pair.value.text)", place(of: pair.key))]
    }

    private var plainLines: [String] {
        var lines: [String] = []
        for (key, standard) in [("windows", "keep"), ("migration", migrates ? "true" : "false")] {
            lines.append(pair(key).map { line("\(key): \($0.value.text)", place(of: $0.key)) } ?? line("\(key): \(standard)", "default"))
        }
        if let libvirt {
            lines.append(line("libvirt: \"\(libvirt)\"", "--libvirt"))
        } else if let pair = pair("libvirt") {
            lines.append(line("libvirt: \(pair.value.text)", place(of: pair.key)))
        } else {
            lines.append("# libvirt: found out for each host, or else the newest  # default")
        }
        return lines
    }

    private func lines(ofPatterns key: String) -> [String] {
        guard let pair = pair(key) else { return lines(key, [], empty: "default") }
        guard case .sequence(let elements) = pair.value.value else { return lines(key, [], empty: place(of: pair.key)) }
        return lines(key, elements.map { ($0.text, place(of: $0)) }, empty: place(of: pair.key))
    }

    private var ruleLines: [String] {
        let own: [YAMLNode.Pair]
        if case .mapping(let pairs)? = pair("rules")?.value.value { own = pairs } else { own = [] }
        let forced = self.forced
        let lines = own.filter { pair in !forced.contains { $0.id == pair.name } }
            .map { line("  \($0.key.text): \($0.value.text)", place(of: $0.key)) }
            + forced.map { line("  \($0.id): \($0.setting)", "--rule") }
        let others = "# Rules that are not listed keep the severities that `virt-cpu explain` prints.  # default"
        return lines.isEmpty ? [others, line("rules: {}", "default")] : [others, "rules:"] + lines
    }

    /// The settings of the command line, rule by rule: a setting for a tag would be weaker than one for a rule.
    private var forced: [(id: String, setting: RuleSetting)] {
        rules.compactMap { rule in
            overrides.rules.setting(forRule: rule.id, tags: rule.tags).map { (rule.id, $0) }
        }
    }

    private var guestLines: [String] {
        guard let pair = pair("guests") else { return lines("guests", [], empty: "default") }
        guard case .sequence(let entries) = pair.value.value, !entries.isEmpty else {
            return lines("guests", [], empty: place(of: pair.key))
        }
        return ["guests:"] + entries.flatMap { entry -> [String] in
            guard case .mapping(let pairs) = entry.value else { return [] }
            let kept = pairs.filter { overrides.target == nil || $0.name != "default" }
            let lines = kept.flatMap { pair -> [String] in
                guard pair.name == "rules", case .mapping(let rules) = pair.value.value, !forced.isEmpty else {
                    return [line("\(pair.name): \(pair.value.text)", place(of: pair.key))]
                }
                let names = Set(forced.map(\.id))
                return ["rules:"]
                    + rules.filter { !names.contains($0.name) }.map { line("  \($0.key.text): \($0.value.text)", place(of: $0.key)) }
                    + forced.map { line("  \($0.id): \($0.setting)", "--rule") }
            }
            return lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
        }
    }
}
