import TestSupport
import Testing

@testable import Lint

/// The schema for editors and the policy reader have the same keys and words. JSON is also YAML, so the policy's own reader
/// can read the schema.
@Suite("The JSON Schema of policies")
struct PolicySchemaTests {
    let schema: YAMLNode

    init() throws {
        let path = "\(Corpus.repository)/Examples/virt-cpu.schema.json"
        schema = try YAMLNode.parse(Corpus.read(path), file: path)
    }

    private func node(_ path: String...) throws -> YAMLNode {
        try path.reduce(schema) { node, name in
            guard case .mapping(let pairs) = node.value else { throw MissingKey(name: name) }
            guard let pair = pairs.first(where: { $0.name == name }) else { throw MissingKey(name: name) }
            return pair.value
        }
    }

    private struct MissingKey: Error {
        var name: String
    }

    private func keys(of node: YAMLNode) -> [String] {
        guard case .mapping(let pairs) = node.value else { return [] }
        return pairs.map(\.name)
    }

    private func words(of node: YAMLNode) -> [String] {
        guard case .sequence(let elements) = node.value else { return [] }
        return elements.compactMap {
            guard case .scalar(let word, _) = $0.value else { return nil }
            return word
        }
    }

    @Test("Has the same keys as the reader") func keys() throws {
        #expect(keys(of: try node("properties")) == PolicyReader.keys)
        #expect(keys(of: try node("definitions", "guest", "properties")) == PolicyReader.guestKeys)
        #expect(keys(of: try node("definitions", "guest", "properties", "match", "properties")) == PolicyReader.matchKeys)
        #expect(keys(of: try node("definitions", "modelTarget", "properties")) == PolicyReader.targetKeys)
    }

    @Test("Has the same words as the reader") func words() throws {
        #expect(words(of: try node("definitions", "severity", "enum")) == RuleSetting.words)
        #expect(words(of: try node("definitions", "windows", "enum")) == WindowsPolicy.allCases.map(\.rawValue))
        #expect(words(of: try node("properties", "profile", "enum")) == Profile.allCases.map(\.rawValue))
        guard case .sequence(let targets) = try node("definitions", "target", "anyOf").value,
            case .mapping(let keywords) = targets[0].value
        else {
            Issue.record("no target definition")
            return
        }
        #expect(words(of: keywords[0].value) == Target.keywords + ["host-copy", "clear"])
    }

    @Test("Lists every rule as a key of rules") func rules() throws {
        let rules = keys(of: try node("definitions", "rules", "properties"))
        #expect(Set(rules).count == rules.count)
        #expect(Set(Rule.ids).isSubset(of: rules))
    }
}
