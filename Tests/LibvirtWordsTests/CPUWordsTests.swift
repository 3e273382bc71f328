import LibvirtWords
import TestSupport
import Testing
import XMLTree

@Suite("libvirt's words for CPUs")
struct CPUWordsTests {
    /// The words of each type, in the order of its cases.
    private static let words: [[String]] = [
        words(CPUMode.self), words(CPUMatch.self), words(CPUCheck.self), words(ModelFallback.self),
        words(FeaturePolicy.self), words(OnOff.self), words(CacheMode.self), words(AddressMode.self),
    ]

    private static func words<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> [String] {
        type.allCases.map(\.rawValue)
    }

    @Test("Words are spelt as in domain XML, and only in lower case")
    func spelling() {
        #expect(CPUMode(rawValue: "host-passthrough") == .hostPassthrough && CPUMode.hostModel.rawValue == "host-model")
        #expect(CPUMatch(rawValue: "exact") == .exact && CPUCheck(rawValue: "partial") == .partial)
        #expect(ModelFallback(rawValue: "forbid") == .forbid && FeaturePolicy(rawValue: "forbid") == .forbid)
        #expect(CPUMode(rawValue: "Custom") == nil && CPUMode(rawValue: "host_model") == nil && CPUMode(rawValue: "") == nil)
        // libvirt has a check "default" inside, which its XML does not have.
        #expect(CPUCheck(rawValue: "default") == nil)
    }

    @Test("The words of each type are those of libvirt's grammar, in its order",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func grammar() throws {
        let schemas = Corpus.libvirt! + "/src/conf/schemas/"
        let choices = try ["cputypes.rng", "basictypes.rng"].flatMap { file in
            Self.choices(in: try XMLElement(parsing: Corpus.read(schemas + file)))
        }
        for words in Self.words { #expect(choices.contains(words), "\(words)") }
    }

    /// The values of each `<choice>` in a grammar.
    static func choices(in element: XMLElement) -> [[String]] {
        let own = element.name == "choice" ? [element.children("value").map(\.text)] : []
        return own + element.children.flatMap { choices(in: $0) }
    }
}
