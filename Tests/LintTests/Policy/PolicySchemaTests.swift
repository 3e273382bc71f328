import Testing

@testable import Lint

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The schema that editors read knows what the reader knows. JSON is YAML, so the policy's own reader reads it.
@Suite struct PolicySchemaTests {
    let schema: YAMLNode

    init() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(root)/Examples/virt-cpu.schema.json"
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: YAMLNode.maximumSize)
        bytes.removeSubrange(fread(&bytes, 1, bytes.count, file)...)
        schema = try YAMLNode.parse(bytes, file: path)
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

    private func keys(_ node: YAMLNode) -> [String] {
        guard case .mapping(let pairs) = node.value else { return [] }
        return pairs.map(\.name)
    }

    private func words(_ node: YAMLNode) -> [String] {
        guard case .sequence(let elements) = node.value else { return [] }
        return elements.compactMap {
            guard case .scalar(let word, _) = $0.value else { return nil }
            return word
        }
    }

    @Test func itsKeysAreTheReaders() throws {
        #expect(keys(try node("properties")) == PolicyReader.keys)
        #expect(keys(try node("definitions", "guest", "properties")) == PolicyReader.guestKeys)
        #expect(keys(try node("definitions", "guest", "properties", "match", "properties")) == PolicyReader.matchKeys)
        #expect(keys(try node("definitions", "modelTarget", "properties")) == PolicyReader.targetKeys)
    }

    @Test func itsWordsAreTheReaders() throws {
        #expect(words(try node("definitions", "severity", "enum")) == RuleSetting.words)
        #expect(words(try node("definitions", "windows", "enum")) == WindowsPolicy.allCases.map(\.rawValue))
        guard case .sequence(let targets) = try node("definitions", "target", "anyOf").value,
            case .mapping(let keywords) = targets[0].value
        else {
            Issue.record("no target definition")
            return
        }
        #expect(words(keywords[0].value) == Target.keywords + ["host-copy", "clear"])
    }

    @Test func itKnowsTheRules() throws {
        let rules = keys(try node("definitions", "rules", "properties"))
        #expect(Set(rules).count == rules.count)
        #expect(Set(someRules).isSubset(of: rules))
        #expect(rules.allSatisfy { $0.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0) } })
    }
}
