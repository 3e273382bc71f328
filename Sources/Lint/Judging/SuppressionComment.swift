import LibvirtWords

public import DomainXML

/// The comment that suppresses findings of some rules in a domain, as `check --add-ignore` writes it.
public struct SuppressionComment: Sendable, Equatable {
    /// The ids of the rules, each once.
    public var rules: [String]
    /// Why, for whoever reads the definition.
    public var reason: String

    /// - Throws: ``SuppressionCommentError``: an unknown rule, or a reason that the comment cannot hold.
    public init(rules: [String], reason: String) throws(SuppressionCommentError) {
        for id in rules where !Rule.ids.contains(id) {
            throw SuppressionCommentError(description: Rule.unknown(id, among: Rule.ids))
        }
        if rules.contains(Rule.suppression.id) {
            throw SuppressionCommentError(description: "a comment cannot suppress the rule suppression, which is about such comments")
        }
        let words = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if words.isEmpty { throw SuppressionCommentError(description: "the reason is empty") }
        if words.includes("--") || words.hasSuffix("-") {
            throw SuppressionCommentError(description: "the reason \(quoted(words)) contains -- or ends in -, which an XML comment cannot hold")
        }
        if let control = words.unicodeScalars.first(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            throw SuppressionCommentError(description: "the reason contains the control character U+\(String(control.value, radix: 16, uppercase: true))")
        }
        self.rules = rules.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        self.reason = words
    }

    /// The edits that add the comment to each domain that has findings of the rules, and these findings. The comment names
    /// only the rules that have a finding in the domain. Domains that run are not edited, nor are documents whose encoding
    /// may lack a character of the reason: a comment cannot have character references.
    public func fixes(for document: Document, _ findings: [Finding]) -> (edits: [Edit], findings: [Finding]) {
        var edits: [Edit] = []
        var suppressed: [Finding] = []
        if document.encoding == .singleByte, !reason.unicodeScalars.allSatisfy(\.isASCII) { return ([], []) }
        let wanted = findings.filter { rules.contains($0.rule) }
        for domain in document.domains where !domain.isRunning {
            let own = wanted.filter { $0.isIn(domain) }
            let found = rules.filter { rule in own.contains { $0.rule == rule } }
            guard !found.isEmpty, let edit = document.insertion(ofComment: " virt-cpu: ignore \(found.joined(separator: ", ")) - \(reason) ", into: domain) else { continue }
            edits.append(edit)
            suppressed += own
        }
        return (edits, suppressed)
    }
}
