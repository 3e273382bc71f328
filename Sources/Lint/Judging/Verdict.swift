public import DomainXML

/// The result of judging a document.
public struct Verdict: Sendable {
    /// The findings, domain by domain in the order of the document.
    public var findings: [Finding] = []
    /// The edits that apply the policy's default.
    public var edits: [Edit] = []
    /// The remarks that apply to the document, each once. The output does not repeat a remark of an earlier document.
    public var remarks: [Remark] = []
}

extension Verdict {
    /// The fixes that can be made at the same time: the edits, and the findings that they fix.
    ///
    /// The policy's default comes first. Each other fix follows if its edits do not touch bytes that an earlier fix
    /// edits. A fix that is left out can be made after the document was read and judged again.
    public var fixes: (edits: [Edit], findings: [Finding]) {
        let fixable = findings.filter(\.isFixable)
        guard !fixable.isEmpty else { return ([], []) }
        let isDefault = { (finding: Finding) in finding.rule == Rule.cpuNotDefault.id }
        let ordered = fixable.filter(isDefault) + fixable.filter { !isDefault($0) }
        var taken: [Edit] = []
        var fixed: [Finding] = []
        for var finding in ordered {
            let isFree = finding.edits.allSatisfy { edit in
                taken.allSatisfy { edit.span.end < $0.span.start || edit.span.start > $0.span.end }
            }
            guard isFree else { continue }
            taken += finding.edits
            finding.isFixed = true
            fixed.append(finding)
        }
        return (taken, fixed)
    }

    /// Adds findings behind the others.
    mutating func add(_ more: [Finding]) {
        // The first ones are not copied.
        if findings.isEmpty { findings = more } else { findings += more }
    }

    /// Adds a remark unless it is there already.
    mutating func add(_ remark: Remark) {
        if !remarks.contains(remark) { remarks.append(remark) }
    }
}
