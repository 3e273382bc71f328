import DomainXML
import Lint
import Reports
import Work

/// The changes that an editor offers for a document (LSP 3.17, `textDocument/codeAction`).
struct CodeActions {
    static let fix = "quickfix"
    static let fixAll = "source.fixAll.virt-cpu"
    /// The reason in a comment that somebody still has to give.
    static let placeholder = "TODO: say why"

    let check: OpenFileCheck
    /// The editor takes changes with the version of the document that they are for.
    var statesVersions: Bool

    /// - Parameters:
    ///   - document: judged.
    ///   - range: what the editor has selected.
    ///   - kinds: the kinds that are wanted; nil for all.
    func all(for document: OpenDocument, in range: Range<Int>, only kinds: [String]?) -> [JSONValue] {
        guard document.kind == .definition, let report = document.report else { return [] }
        func isWanted(_ kind: String) -> Bool { kinds?.contains { kind == $0 || kind.hasPrefix($0 + ".") } ?? true }
        var actions: [JSONValue] = []
        if isWanted(Self.fix) {
            let here = report.findings.filter { finding in
                let place = Diagnostics.range(of: finding, in: document)
                return place.lowerBound <= range.upperBound && range.lowerBound <= place.upperBound
            }
            actions += here.filter(\.isFixable).map { fix($0, in: document) }
            var rules: Set<String> = []
            actions += here.filter { rules.insert($0.rule).inserted }.compactMap { ignore($0, in: document) }
        }
        if isWanted(Self.fixAll), report.findings.contains(where: \.isFixable), let action = fixAll(in: document) {
            actions.append(action)
        }
        return actions
    }

    private func fix(_ finding: Finding, in document: OpenDocument) -> JSONValue {
        var action = action("Fix: \(shortened(finding.help ?? finding.message))", Self.fix, finding.edits, in: document)
        action.add(["diagnostics": [Diagnostics.diagnostic(of: finding, in: document)], "isPreferred": .bool(true)])
        return action
    }

    private func ignore(_ finding: Finding, in document: OpenDocument) -> JSONValue? {
        guard let edit = check.suppression(of: finding, in: document.content, reason: Self.placeholder) else { return nil }
        var action = action("Ignore \(finding.rule) here", Self.fix, [edit], in: document)
        action.add(["diagnostics": [Diagnostics.diagnostic(of: finding, in: document)]])
        return action
    }

    private func fixAll(in document: OpenDocument) -> JSONValue? {
        let old = document.content
        guard let new = check.fixed(old, of: document.path), new != old else { return nil }
        let shorter = min(old.count, new.count)
        var start = 0, end = 0
        while start < shorter, old[start] == new[start] { start += 1 }
        while end < shorter - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        // An edit must not begin or end inside a character, nor inside a line ending.
        func isInside(_ bytes: [UInt8], _ place: Int) -> Bool {
            place < bytes.count && (bytes[place] & 0xc0 == 0x80 || bytes[place] == 0x0a && place > 0 && bytes[place - 1] == 0x0d)
        }
        while start > 0, isInside(old, start) || isInside(new, start) { start -= 1 }
        while end > 0, isInside(old, old.count - end) || isInside(new, new.count - end) { end -= 1 }
        let text = String(decoding: new[start..<new.count - end], as: UTF8.self)
        return action("Fix all in this file", Self.fixAll, [Edit(ByteRange(start, old.count - end), text)], in: document)
    }

    private func action(_ title: String, _ kind: String, _ edits: [Edit], in document: OpenDocument) -> JSONValue {
        let changes = JSONValue.array(edits.map { edit in
            ["range": document.text.json(edit.span.start..<edit.span.end), "newText": JSONValue(edit.replacement)]
        })
        let version = document.version.map { JSONValue($0) } ?? .null
        let edit: JSONValue = statesVersions
            ? ["documentChanges": [["textDocument": ["uri": JSONValue(document.uri), "version": version], "edits": changes]]]
            : ["changes": .object([JSONValue.Member(document.uri, changes)])]
        return ["title": JSONValue(title), "kind": JSONValue(kind), "edit": edit]
    }

    private func shortened(_ text: String) -> String {
        let text = printable(text)
        return text.count > 100 ? text.prefix(99) + "\u{2026}" : text
    }
}
