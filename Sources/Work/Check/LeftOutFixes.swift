import Lint

/// The fixes that are not made, because a domain that had no error would have one afterwards.
struct LeftOutFixes {
    /// How a finding names its domain.
    private struct DomainName: Hashable {
        var name: String?
        var uuid: String?

        init(_ finding: Finding) {
            name = finding.domainName
            uuid = finding.domainUUID
        }
    }

    private var faulty: Set<DomainName> = []
    private var rules: [DomainName: Set<String>] = [:]

    /// - Parameter errors: the errors before the first fix. Their domains can have any fix.
    mutating func begin(withErrors errors: [Finding]) { faulty = Set(errors.map(DomainName.init)) }

    /// Leaves out the last fixes of a domain that has an error after them.
    ///
    /// - Returns: the error; nil if there is none.
    mutating func add(_ last: [Finding], becauseOf errors: [Finding]) -> Finding? {
        guard let error = errors.first(where: { !faulty.contains(DomainName($0)) }) else { return nil }
        let domain = DomainName(error)
        let fixes = last.filter { DomainName($0) == domain }.map(\.rule)
        guard !Set(fixes).isSubset(of: rules[domain] ?? []) else { return nil }
        rules[domain, default: []].formUnion(fixes)
        return error
    }

    /// Whether the fix of a finding is left out.
    func contains(_ finding: Finding) -> Bool { rules[DomainName(finding)]?.contains(finding.rule) ?? false }
}
