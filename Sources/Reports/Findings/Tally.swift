import Lint

/// The numbers of what a check read and found.
package struct Tally: Sendable {
    package var domains = 0, files = 0
    package var errors = 0, warnings = 0, notes = 0, fixed = 0
    /// The findings that are not reported, because they were recorded earlier.
    package var known = 0
    /// The findings that comments suppress from now on.
    package var suppressed = 0

    /// The findings by rule, those that are fixed left out.
    package var rules = RuleTally()

    package init() {}

    package mutating func add(_ other: Tally) {
        domains += other.domains
        files += other.files
        errors += other.errors
        warnings += other.warnings
        notes += other.notes
        fixed += other.fixed
        known += other.known
        suppressed += other.suppressed
        rules.add(other.rules)
    }

    package mutating func add(_ finding: Finding) {
        if finding.isFixed {
            fixed += 1
            return
        }
        rules.add(finding)
        switch finding.severity {
        case .error: errors += 1
        case .warning: warnings += 1
        case .note: notes += 1
        }
    }

    /// How much could not be judged: a broken policy counts once, whatever files it is for.
    package var unjudged = 0

    /// One line for a person.
    package var summary: String {
        var parts: [String] = []
        if errors > 0 { parts.append(count(errors, "error")) }
        if warnings > 0 { parts.append(count(warnings, "warning")) }
        if notes > 0 { parts.append(count(notes, "note")) }
        if fixed > 0 { parts.append("\(fixed) fixed") }
        if suppressed > 0 { parts.insert("\(suppressed) suppressed", at: 0) }
        if unjudged > 0 { parts.append("\(unjudged) could not be judged") }
        if parts.isEmpty { parts = [known > 0 ? "nothing new found" : "nothing found"] }
        if known > 0 { parts.append("\(known) known") }
        let found = parts.joined(separator: ", ")
        return "\(found) (\(count(domains, "domain")), \(count(files, "file")))"
    }

    /// A line after the summary that names the policies by which files were judged; nil if none was.
    package static func line(on policies: Set<String>) -> String? {
        switch policies.count {
        case 0: nil
        case 1...mostNamed: "\(policies.count == 1 ? "policy" : "policies"): \(policies.sorted().joined(separator: ", "))"
        default: "policies: \(policies.count)"
        }
    }

    /// More policies are counted and not named.
    private static let mostNamed = 3

    /// A line before the summary where there are many findings; nil if there are few.
    ///
    /// - Parameter least: the lowest severity that counts, which `--quiet` prints.
    package func outlook(counting least: Severity? = .error) -> String? {
        let all = errors + warnings + notes
        guard all > Self.many else { return nil }
        let fixes = rules.fixable == 0 ? "" : "; --fix mends \(rules.fixable)"
        let counted = switch least {
        case .error: errors
        case .warning: errors + warnings
        case .note, nil: 0
        }
        let quiet = all > Self.screen && counted > 0 && 2 * counted < all
            ? least == .error ? ", -q prints only the \(count(errors, "error"))" : ", -q prints only the \(counted) that count" : ""
        return "\(rules.most)\(fixes); virt-cpu explain RULE tells what a rule is about, --statistics counts by rule\(quiet)"
    }

    /// So many fill a screen.
    private static let many = 10, screen = 20
}
