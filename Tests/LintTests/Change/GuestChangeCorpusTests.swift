import Lint
import TestSupport
import Testing

@Suite("Changes between libvirt's own definitions", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
struct GuestChangeCorpusTests {
    private static let hosts = StartCheck(hosts: [])

    private struct Definition {
        var name: String
        var text: String
        var records: [GuestRecord]
    }

    private static let definitions: [Definition] = Corpus.domains.compactMap { file in
        let text = String(decoding: file.bytes, as: UTF8.self)
        guard Array(text.utf8) == file.bytes, let records = try? records(text), !records.isEmpty else { return nil }
        return Definition(name: file.name, text: text, records: records)
    }

    private func between(_ old: GuestRecord, _ new: GuestRecord) -> GuestChange {
        GuestChange.between(old, new, on: Self.hosts)
    }

    @Test("A definition does not differ from itself")
    func itself() {
        #expect(Self.definitions.count > 500)
        for definition in Self.definitions {
            for record in definition.records { #expect(between(record, record).isNone, "\(definition.name)") }
        }
    }

    /// Changes to the bytes of most definitions that have no meaning to libvirt.
    private static let noise: [(name: String, change: @Sendable (String) -> String)] = [
        ("line endings", { $0.replacing("\n", with: "\r\n") }),
        ("indentation", { $0.replacing("\n  ", with: "\n\t\t ") }),
        ("comments", { commented($0) }),
        ("attributes in reverse order", { reversedAttributes($0) }),
        ("features in reverse order", { reversedFeatures($0) }),
    ]

    /// Adds a comment after each element that ends a line, unless the text already has comments.
    private static func commented(_ text: String) -> String {
        guard !text.contains("<!--"), !text.contains("<![CDATA[") else { return text + "<!-- c -->" }
        return text.replacing("/>\n", with: "/><!-- c -->\n")
    }

    private static func reversedAttributes(_ text: String) -> String {
        text.replacing(/<(cpu|model|feature|topology|cache|maxphysaddr|timer|vcpu|domain|type|spinlocks|vendor_id)((?: [a-z_]+='[^'<]*'){2,})/) { match in
            let attributes = match.output.2.split(separator: "' ").map { part in
                let whole = part.hasSuffix("'") ? part : part + "'"
                return whole.drop { $0 == " " }
            }
            return "<\(match.output.1) \(attributes.reversed().joined(separator: " "))"
        }
    }

    private static func reversedFeatures(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let places = lines.indices.filter { lines[$0].contains("<feature policy=") && lines[$0].hasSuffix("/>") }
        // Only for definitions with one <cpu> that lists no feature twice: libvirt refuses others.
        guard text.ranges(of: "<cpu").count == 1, Set(places.map { lines[$0] }).count == places.count else { return text }
        let features = places.map { lines[$0] }
        for (place, feature) in zip(places, features.reversed()) { lines[place] = feature }
        return lines.joined(separator: "\n")
    }

    @Test("Changes without a meaning are no change", arguments: noise.indices)
    func unread(kind: Int) throws {
        let noise = Self.noise[kind]
        var changed = 0
        for definition in Self.definitions {
            let text = noise.change(definition.text)
            guard let after = try? records(text) else { continue }
            #expect(after.count == definition.records.count)
            for (old, new) in zip(definition.records, after) { #expect(between(old, new).isNone, "\(definition.name)") }
            if text != definition.text { changed += 1 }
        }
        #expect(changed > 20, "\(noise.name)")
    }

    /// Compares `x.xml` with `x.ARCH-latest.xml`, which libvirt made of it at define.
    @Test("What libvirt adds at define is no change")
    func defined() throws {
        var pairs = 0
        for before in Self.definitions where !before.name.contains("-latest") {
            for after in Self.definitions where after.name.hasPrefix(before.name.dropLast(3)) && after.name.contains("-latest") {
                guard !Self.seenAtDefine.contains(before.name), before.records.count == 1 else { continue }
                let change = between(before.records[0], after.records[0])
                #expect(change.isNone, "\(after.name): \(change.items.map(\.description)) \(change.doubts)")
                pairs += 1
            }
        }
        #expect(pairs > 300)
    }

    /// Real changes: libvirt adds `sve` to the requested vector lengths, and chooses a board if none is named.
    private static let seenAtDefine: Set = ["aarch64-features-sve.xml", "sparc-minimal.xml"]

    @Test("The reverse change loses what the change gains, and the other way round")
    func symmetric() {
        let records = Self.definitions.flatMap(\.records)
        var seen: Set<GuestChange.Aspect> = []
        for (old, new) in zip(records, records.dropFirst()) {
            let there = between(old, new), back = between(new, old)
            func features(_ change: GuestChange, _ aspect: GuestChange.Aspect) -> [String] {
                change.items.first { $0.aspect == aspect }?.features ?? []
            }
            #expect(features(there, .featuresGained) == features(back, .featuresLost))
            #expect(features(there, .featuresLost) == features(back, .featuresGained))
            let others = { (change: GuestChange) in
                Set(change.items.map(\.aspect)).subtracting([.featuresGained, .featuresLost])
            }
            #expect(others(there) == others(back))
            #expect(there.isNone == back.isNone)
            seen.formUnion(others(there))
        }
        #expect(seen.isSuperset(of: [.cpu, .brand, .signature, .topology, .virtualisation, .architecture, .hypervisor]))
    }
}
