import DomainXML
import Lint
import Reports
import SystemPackage

/// What a run of `filter`, `check` or a hook is asked to do: the options of the command line as plain values.
package struct Settings: Sendable, Equatable {
    /// The policy file that was named; nil to look for one.
    package var policyFile: String?
    /// Look for no policy file.
    package var ignoresPolicies = false
    /// The hosts that must run the guests, as they were named: files, patterns, `local`, libvirt URIs.
    package var hosts: [String] = []
    /// Never use this machine as the host.
    package var ignoresLocalMachine = false
    package var cpuMap = CPUMapSource.builtIn
    /// The libvirt of every host; nil if each host's own is found out.
    package var libvirt: LibvirtVersion?
    /// Seconds that a libvirt URI may take for each answer.
    package var timeout = Settings.defaultTimeout
    /// What overrides the policy: target, rules, new guests.
    package private(set) var overrides = Overrides()
    package var format = ReportFormat.text
    /// The file that the report goes to; nil for the output channel.
    package var outputFile: FilePath?
    /// Further reports.
    package var reports: [ReportRequest] = []
    package var color = ColorChoice.auto
    /// The lowest severity that makes the exit status 1; nil for none.
    package var leastCounted: Severity? = .error
    /// The most bytes of a single domain.
    package var maximumDomainSize = DomainReader.defaultMaximumDomainSize
    /// The file that stdin is taken for: findings name it, and its policy applies. Nil if stdin is no file.
    package var inputFile: String?
    /// Print the number of findings of each rule, and no findings.
    package var printsStatistics = false
    /// What the run does with a file of known findings.
    package var knownFindings = KnownFindingsUse.found
    /// The comment that the run writes in place of fixes.
    package var comment: SuppressionComment?
    /// Print only the findings that count.
    package var isQuiet = false

    /// Whether text is coloured.
    package enum ColorChoice: String, Sendable, CaseIterable { case auto, always, never }

    /// Seconds that a libvirt URI may take for each answer, unless stated otherwise.
    package static let defaultTimeout = 30

    package init() {}

    /// Whether a finding makes the exit status 1.
    package func counts(_ finding: Finding) -> Bool {
        guard let leastCounted, reportsFindings else { return false }
        return finding.severity >= leastCounted && !finding.isFixed
    }

    /// Whether a finding is printed.
    package func shows(_ finding: Finding) -> Bool { !printsStatistics && reportsFindings && (!isQuiet || counts(finding)) }

    /// False if the run records findings or suppresses them by comments: they are not news then.
    private var reportsFindings: Bool { knownFindings != .recorded && comment == nil }
}

extension Settings {
    /// Sets the target that every CPU is rewritten to.
    /// - Throws: `SettingsError` for a word that is not a target.
    package mutating func setTarget(_ word: String) throws(SettingsError) {
        do {
            overrides.target = try Target(word)
        } catch {
            throw SettingsError(description: "--default: \(error)")
        }
    }

    /// Sets the severity of a rule, or of all rules with a tag.
    ///
    /// - Parameter entry: `ID=SEVERITY` or `tag:TAG=SEVERITY`.
    /// - Throws: `SettingsError` for another form, an unknown rule or tag, or an unknown severity.
    package mutating func setRule(_ entry: String) throws(SettingsError) {
        let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let setting = RuleSetting(parts[1]) else {
            let meant = parts.count == 2 ? didYouMean(RuleSetting.suggestion(for: parts[1])) : ""
            throw SettingsError(
                description: "--rule \(entry): expected ID=SEVERITY, where SEVERITY is error, warning, note or off\(meant)")
        }
        do {
            overrides.rules[try RuleSelector(parts[0], knownRules: Rule.ids)] = setting
        } catch {
            throw SettingsError(description: "--rule \(entry): \(error)")
        }
    }

    /// The command line states the severity of a rule.
    var statesRules: Bool { overrides.rules != RuleSettings() }

    /// Nothing is installed in the guests yet.
    package var judgesNewGuests: Bool {
        get { overrides.isNewGuest }
        set { overrides.isNewGuest = newValue }
    }

    /// What happens to Windows guests; nil if the policy decides.
    package var windows: WindowsPolicy? {
        get { overrides.windows }
        set { overrides.windows = newValue }
    }

    /// The overrides, with the findings that somebody will read or count.
    ///
    /// - Parameter fixes: findings are needed for their fixes, including those that are not printed.
    func overrides(fixes: Bool) -> Overrides {
        var overrides = overrides
        overrides.options = rewriteOptions
        overrides.fixes = fixes
        if isQuiet, !fixes, knownFindings != .recorded { overrides.wanted = leastCounted.map { .atLeast($0) } ?? .none }
        return overrides
    }
}
