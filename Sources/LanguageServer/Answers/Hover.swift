import DomainXML
import Lint
import Reports

/// What an editor shows of the word under the pointer (LSP 3.17, `textDocument/hover`).
struct Hover {
    let names: NameDescription

    /// Nil if there is nothing to say.
    func answer(at offset: Int, in document: OpenDocument) -> JSONValue? {
        let found = switch document.kind {
        case .definition: definition(at: offset, in: document.text)
        case .policy: policy(at: offset, in: document.text)
        case .other: nil as (text: String, word: Range<Int>)?
        }
        guard let found else { return nil }
        return ["contents": ["kind": "markdown", "value": JSONValue(found.text)], "range": document.text.json(found.word)]
    }

    private func definition(at offset: Int, in text: TextDocument) -> (text: String, word: Range<Int>)? {
        let place = XMLPlace(at: offset, in: text.bytes)
        let word = text.text(place.word)
        let found: String? = switch place.kind {
        case .text where place.path.last == "model" && XMLPlace.isCPU(place.path.dropLast()): names.model(word)
        case .value("feature", "name") where place.isInCPU: names.feature(word)
        case .value(let element, let attribute) where element == "cpu" && XMLPlace.isCPU(place.path + ["cpu"]) || place.isInCPU:
            WordMeaning.values(of: attribute, in: element).first { $0.word == word }.map { "**\(word)**: \(MarkdownText.prose($0.meaning))" }
        case .comment: rule(word)
        default: nil
        }
        return found.map { ($0, place.word) }
    }

    private func policy(at offset: Int, in text: TextDocument) -> (text: String, word: Range<Int>)? {
        guard let place = PolicyPlace(at: offset, in: text) else { return nil }
        let word = text.text(place.word).filter { $0 != "\"" && $0 != "'" }
        let found: String? = switch (place.path.last, place.role) {
        case ("rules"?, .key), ("rules"?, .either): rule(word)
        case ("features"?, _): names.feature(word)
        case ("fallback"?, .value): WordMeaning.fallbacks.first { $0.word == word }.map { "**\(word)**: \($0.meaning)" }
        case ("default"?, .value), ("default"?, .either), ("model"?, .value): target(word)
        case (_, .value) where place.path.dropLast().last == "features":
            WordMeaning.featurePolicies.first { $0.word == word }.map { "**\(word)**: \($0.meaning)" }
        default: nil
        }
        return found.map { ($0, place.word) }
    }

    private func target(_ word: String) -> String? {
        WordMeaning.meaning(ofTarget: word).map { "**\(word)**: \($0)" } ?? names.model(word)
    }

    /// What `explain` says about a rule or a tag.
    private func rule(_ word: String) -> String? {
        if let rule = Rule.named(word) { return RulePage(rule).markdown }
        guard word.hasPrefix("tag:"), let tag = RuleTag(rawValue: String(word.dropFirst(4))) else { return nil }
        let rules = Rule.all.filter { $0.tags.contains(tag) }.map { "`\($0.id)`" }
        return "**\(word)**: \(tag.meaning)\n\nIts rules are \(rules.joined(separator: ", "))."
    }
}
