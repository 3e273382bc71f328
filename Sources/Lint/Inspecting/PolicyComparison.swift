/// The respects in which a policy is weaker than the one before it.
///
/// Both are compared as they apply, so it does not matter whether a value stands in the file, in a policy that it extends
/// or in its profile. Values that cannot be ordered (another CPU model as the default) are not weaker.
struct PolicyComparison {
    /// One way in which the policy is weaker.
    struct Loosening: Hashable {
        /// What was before, and what is now: `windows: keep → rewrite`.
        var text: String
        /// The entry of `guests` whose guests it is about; empty if it is about all.
        var guests = ""
        /// A place in the new policy.
        var place: PolicyPlace
    }

    let old: EffectivePolicy
    let new: EffectivePolicy
    let rules: [Rule]
    /// The command line's settings apply with either policy.
    let overrides: Overrides

    /// Why the hosts of the new policy cannot be compared with those before; nil if they are compared.
    var hostFailure: String?

    /// All differences that make the policy weaker, each once.
    var loosenings: [Loosening] {
        var found = files + clusters + libvirt + migration
        let (pairs, isComplete) = GuestClause.pairs(from: old.policy.guests, to: new.policy.guests)
        // What applies to all guests comes first, and is not repeated for entries that inherit it.
        for pair in pairs.sorted(by: { $0.new.isRest && $0.old.isRest && !($1.new.isRest && $1.old.isRest) }) {
            for loosening in differences(pair.old.entry, pair.new.entry, at: pair.new) {
                let isKnown = found.contains { $0.text == loosening.text && ($0.guests.isEmpty || $0.guests == loosening.guests) }
                if !isKnown { found.append(loosening) }
            }
        }
        if !isComplete { found.append(Loosening(text: "guests: too many entries changed to compare each with the others", place: .key("guests"))) }
        return found
    }

    // MARK: Values for all guests

    private var files: [Loosening] {
        func isNegated(_ pattern: ExactText) -> Bool { pattern.text.utf8.first == UInt8(ascii: "!") }
        func plain(_ patterns: [ExactText]) -> [ExactText] { patterns.filter { !isNegated($0) } }
        func negated(_ patterns: [ExactText]) -> [ExactText] { patterns.filter(isNegated) }
        // Of the patterns that match a file, the last one decides.
        func isReordered(_ before: [ExactText], _ after: [ExactText]) -> Bool {
            let common = Set(before).intersection(after), left = before.filter(common.contains)
            return !negated(left).isEmpty && left != after.filter(common.contains)
        }
        // In another directory, only patterns for names mean the same.
        let isSameDirectory = ExactText(old.directory) == ExactText(new.directory)
        func comparable(_ patterns: [ExactText]) -> [ExactText] {
            isSameDirectory ? patterns : patterns.filter { !$0.text.utf8.dropLast().contains(UInt8(ascii: "/")) }
        }
        let excludedNow = new.policy.exclude.map(ExactText.init), includedBefore = old.policy.include.map(ExactText.init)
        let excludedBefore = comparable(old.policy.exclude.map(ExactText.init)), includedNow = comparable(new.policy.include.map(ExactText.init))
        var found: [Loosening] = []
        let excluded = plain(excludedNow).filter { !excludedBefore.contains($0) }.map(\.text)
            + negated(excludedBefore).filter { !excludedNow.contains($0) }.map { "no \($0.text)" }
        if !excluded.isEmpty {
            found.append(Loosening(text: "exclude: leaves out more definitions (\(listing(excluded)))", place: .key("exclude")))
        } else if isReordered(excludedBefore, excludedNow) {
            found.append(Loosening(text: "exclude: another order of patterns can leave out more definitions", place: .key("exclude")))
        }
        let included = plain(includedBefore).filter { !includedNow.contains($0) }.map { "no \($0.text)" }
            + negated(new.policy.include.map(ExactText.init)).filter { !includedBefore.contains($0) }.map(\.text)
        if !included.isEmpty {
            found.append(Loosening(text: "include: fewer definitions are checked (\(listing(included)))", place: .key("include")))
        } else if isReordered(includedBefore, includedNow) {
            found.append(Loosening(text: "include: with another order of patterns, fewer definitions can be checked", place: .key("include")))
        }
        return found
    }

    private var clusters: [Loosening] {
        guard old.migrates, new.migrates else { return [] }
        return old.groups.compactMap { group in
            let left = group.intersection(new.hosts)
            guard left.count > 1, !new.groups.contains(where: left.isSubset) else { return nil }
            return Loosening(text: "clusters: guests no longer have to move between all of \(hostNames(left.sorted()))", place: .key("clusters"))
        }
    }

    private var libvirt: [Loosening] {
        guard let before = old.policy.libvirt else {
            guard let after = new.policy.libvirt, after > StartCheck.oldestAssumed else { return [] }
            return [Loosening(text: "libvirt: not stated → \(after)", place: .key("libvirt"))]
        }
        guard let after = new.policy.libvirt else { return [Loosening(text: "libvirt: \(before) → not stated", place: .policy)] }
        return after > before ? [Loosening(text: "libvirt: \(before) → \(after)", place: .key("libvirt"))] : []
    }

    /// If only the hosts or their clusters differ, these are reported.
    private var migration: [Loosening] {
        if old.migrates, !new.migrates, old.policy.migration != new.policy.migration {
            return [Loosening(text: "migration: guests no longer have to be able to migrate", place: .key("migration"))]
        }
        guard !old.migrates, !old.staysOnHost, new.staysOnHost else { return [] }
        let key = old.policy.migration == new.policy.migration ? "hosts" : "migration"
        return [Loosening(text: "\(key): guests stay on their host now, so host-passthrough is not reported", place: .key(key))]
    }

    // MARK: Values for some guests

    /// How an entry is weaker than another one; nil stands for the guests of no entry.
    private func differences(_ before: GuestEntry?, _ after: GuestEntry?, at clause: GuestClause) -> [Loosening] {
        var found: [Loosening] = []
        func add(_ text: String, _ place: PolicyPlace) {
            found.append(Loosening(text: text, guests: clause.name, place: clause.index.map { .guest($0) } ?? place))
        }
        for rule in rules where overrides.rules.setting(forRule: rule.id, tags: rule.tags) == nil {
            let was = setting(of: rule, before, old.policy), now = setting(of: rule, after, new.policy)
            guard now < was else { continue }
            add("rule \(rule.id): \(was) → \(now)", .rule(rule.id, tags: rule.tagsInOrder.map(\.rawValue)))
        }
        if overrides.target == nil {
            let was = before?.default ?? old.policy.default, now = after?.default ?? new.policy.default
            let silences = (now == .hostPassthrough || now == .maximum) && was != now
            if Self.strength(of: now) < Self.strength(of: was) || silences {
                add("default: \(was.map { "\($0)" } ?? "not stated") → \(now.map { "\($0)" } ?? "not stated")", .key("default"))
            }
        }
        let windowsWas = before?.windows ?? old.policy.windows, windowsNow = after?.windows ?? new.policy.windows
        if overrides.windows == nil, windowsNow.strength < windowsWas.strength {
            add("windows: \(windowsWas.rawValue) → \(windowsNow.rawValue)", .key("windows"))
        }
        if Self.strength(of: after?.os) < Self.strength(of: before?.os) {
            add("os: \(before?.os?.rawValue ?? "not stated") → \(after?.os?.rawValue ?? "not stated")", .key("guests"))
        }
        let hosts = Set(new.hosts(of: after)), missing = old.hosts(of: before).filter { !hosts.contains($0) }
        if !missing.isEmpty { add("hosts: guests no longer have to run on \(hostNames(missing))", .key("hosts")) }
        return found
    }

    private func setting(of rule: Rule, _ entry: GuestEntry?, _ policy: Policy) -> RuleSetting {
        entry?.rules.setting(forRule: rule.id, tags: rule.tags) ?? policy.rules.setting(forRule: rule.id, tags: rule.tags) ?? .at(rule.severity)
    }

    /// How much a default fixes: nothing, the mode, or the CPU itself.
    private static func strength(of target: Target?) -> Int {
        switch target {
        case nil, .keep: 0
        case .hypervisorDefault, .hostPassthrough, .maximum: 1
        case .hostModel: 2
        case .plainModel: 3
        case .hostModelOnly, .baseline, .pin, .level, .model: 4
        }
    }

    /// Rules about Windows are for guests that are Windows.
    private static func strength(of os: GuestOS?) -> Int { os == .windows ? 2 : os == nil ? 1 : 0 }
}

extension WindowsPolicy {
    /// How well a Windows guest is protected from another CPU.
    fileprivate var strength: Int { keepsWhatIsSeen ? 2 : self == .pinAnyway ? 1 : 0 }
}
