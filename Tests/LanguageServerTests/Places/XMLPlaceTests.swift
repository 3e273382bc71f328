import TestSupport
import Testing

@testable import LanguageServer

@Suite("What stands at a place in XML")
struct XMLPlaceTests {
    /// The place marked by `|`, and the word there.
    private func place(_ text: String) -> (XMLPlace, String) {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let bytes = Array(parts.joined().utf8)
        let place = XMLPlace(at: parts[0].utf8.count, in: bytes)
        return (place, String(decoding: bytes[place.word], as: UTF8.self))
    }

    @Test("Values, names and text, also where tags or quotation marks are missing", arguments: [
        ("<domain><cpu mode='cust|om'/></domain>", XMLPlace.Kind.value(element: "cpu", attribute: "mode"), ["domain"], "custom"),
        ("<domain><cpu mode='|", .value(element: "cpu", attribute: "mode"), ["domain"], ""),
        ("<domain><cpu mode='|\n  <model/></cpu>", .value(element: "cpu", attribute: "mode"), ["domain"], ""),
        ("<domain><cpu mode = \"c|\"", .value(element: "cpu", attribute: "mode"), ["domain"], "c"),
        ("<domain><cpu><model>Has|well</model></cpu>", .text, ["domain", "cpu", "model"], "Haswell"),
        ("<domain><cpu><model>|</model></cpu>", .text, ["domain", "cpu", "model"], ""),
        ("<domain><cpu><model>|", .text, ["domain", "cpu", "model"], ""),
        ("<domain><cpu><model>\n  Has|\n</cpu>", .text, ["domain", "cpu", "model"], "Has"),
        ("<domain><cpu><feature |/></cpu>", .attribute(element: "feature", present: []), ["domain", "cpu"], ""),
        ("<domain><cpu><feature name='a' pol|/></cpu>", .attribute(element: "feature", present: ["name"]), ["domain", "cpu"], "pol"),
        ("<domain><cpu><feature name='a' |", .attribute(element: "feature", present: ["name"]), ["domain", "cpu"], ""),
        ("<domain><cpu><fe|", .element, ["domain", "cpu"], "fe"), ("<domain><cpu><|</cpu>", .element, ["domain", "cpu"], ""),
        ("<domain><!-- virt-cpu: ignore host-pass|through, x - r --></domain>", .comment, ["domain"], "host-passthrough"),
        ("<domain><!-- a>b <cpu> -->|", .text, ["domain"], ""), ("<domain><!-- open |", .comment, ["domain"], ""),
        ("<?xml versi|on='1.0'?>", .other, [], "version='1.0'"), ("<domain></dom|ain>", .other, ["domain"], "domain"),
        ("<domain><a/><b></b></x><cpu>|", .text, ["domain", "cpu"], ""), ("<domain><a><b></a>|", .text, ["domain"], ""),
        ("|", .text, [], ""), ("<|", .element, [], ""), ("<!|", .other, [], ""), ("<!-|", .other, [], "-"), ("<domain><![CDATA[<cpu>|]]>", .other, ["domain"], "<cpu>"),
    ] as [(String, XMLPlace.Kind, [String], String)])
    func places(_ text: String, _ kind: XMLPlace.Kind, _ path: [String], _ word: String) {
        let (place, found) = place(text)
        #expect(place.kind == kind)
        #expect(place.path == path)
        #expect(found == word)
    }

    @Test("Only a guest's <cpu> counts", arguments: [
        (["domain", "cpu"], true), (["domainsnapshot", "inactiveDomain", "cpu"], true), (["cpu"], true), (["domain", "metadata", "cpu"], false),
        (["capabilities", "host", "cpu"], false), (["domain"], false), ([], false),
    ])
    func cpu(_ path: [String], _ isCPU: Bool) { #expect(XMLPlace.isCPU(path) == isCPU) }

    @Test("Every place of every example can be asked for", arguments: ["win11.xml", "stream.xml", "crlf.xml"])
    func everywhere(_ name: String) {
        let bytes = Definitions.example(name)
        for end in stride(from: 0, through: min(bytes.count, 3000), by: 41) {
            let part = Array(bytes[..<end])
            for offset in stride(from: 0, through: end, by: 17) {
                let word = XMLPlace(at: offset, in: part).word
                #expect(word.lowerBound <= offset && offset <= word.upperBound && word.upperBound <= end)
            }
        }
    }
}
