import TestSupport
import Testing
import Work

/// Hostile documents behind a good definition. The good one is written whole; nothing of the hostile one is.
@Suite("Hostile input")
struct HostileInputTests {
    static let good = Definitions.passthrough

    private func filter(_ input: [UInt8]) -> Outcome { WorkTests.filter(input, .testing { $0.isQuiet = true }) }

    private func filter(behindGood hostile: [UInt8]) -> Outcome { filter(Array(Self.good.utf8) + hostile) }

    private func expectRefusal(_ outcome: Outcome, _ message: String, _ comment: Comment? = nil) {
        #expect(outcome.status == 2, comment)
        #expect(outcome.text == Self.good, comment)
        #expect(outcome.errors == "<stdin>:\(message)\n", comment)
    }

    @Test("Document types", arguments: [
        ("<!DOCTYPE lolz [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]>\n<domain><name>&c;</name></domain>",
         "6:33: error: entity declarations are not allowed"),
        ("<!DOCTYPE domain [<!ENTITY secret SYSTEM 'file:///etc/passwd'>]>\n<domain><name>&secret;</name></domain>",
         "6:62: error: entity declarations are not allowed"),
        ("<!DOCTYPE domain SYSTEM 'file:///etc/passwd'>\n<domain/>", "6:45: error: a DOCTYPE with an external subset is not allowed"),
        ("<!DOCTYPE domain PUBLIC 'x' 'http://127.0.0.1/x.dtd'>\n<domain/>", "6:53: error: a DOCTYPE with an external subset is not allowed"),
        ("<!DOCTYPE domain [<!ENTITY % load SYSTEM 'http://127.0.0.1/x.dtd'> %load;]>\n<domain/>", "6:66: error: entity declarations are not allowed"),
        ("<!DOCTYPE domain [<!ENTITY % a '<!ENTITY b \"c\">'> %a;]>\n<domain>&b;</domain>", "6:49: error: entity declarations are not allowed"),
        ("<!DOCTYPE domain [<!ATTLIST cpu mode CDATA 'maximum'>]>\n<domain><cpu/></domain>", "6:53: error: declarations of default attributes are not allowed"),
        // It makes white space count that libvirt otherwise does not read.
        ("<!DOCTYPE domain [<!ELEMENT model ANY>]>\n<domain/>", "6:39: error: declarations of elements are not allowed"),
    ])
    func documentTypes(_ hostile: String, _ message: String) {
        expectRefusal(filter(behindGood: Array(hostile.utf8)), message)
    }

    @Test("100,000 elements deep, with and without their ends", arguments: [false, true])
    func depth(_ isWellFormed: Bool) {
        let deep = String(repeating: "<a>", count: 100_000) + (isWellFormed ? String(repeating: "</a>", count: 100_000) : "")
        // <domain> is the first of the 257, so that the 257th <a> is one too many. The message names the end of its tag.
        expectRefusal(filter(behindGood: Array("<domain>\(deep)</domain>".utf8)), "6:779: error: elements are nested more than 257 levels deep")
        expectRefusal(filter(behindGood: Array("<other>\(deep)</other>".utf8)), "6:778: error: elements are nested more than 257 levels deep")
        let deepest = "<domain>\(String(repeating: "<a>", count: 256))\(String(repeating: "</a>", count: 256))</domain>"
        #expect(filter(Array(deepest.utf8)).text == deepest)
    }

    @Test("A domain type with control characters reaches no terminal as it is")
    func domainType() {
        let hostile = "<domain type='\u{9b}31mx'><name>n</name></domain>\n"
        let settings = Settings.testing("host-model", rules: ["hypervisor-default=off"]) { $0.leastCounted = nil }
        let outcome = WorkTests.filter(hostile, settings)
        #expect(outcome.text == hostile)
        #expect(outcome.errors.contains("\u{fffd}31mx domains are not rewritten"))
        #expect(!outcome.errors.unicodeScalars.contains("\u{9b}"))
    }

    /// The message is the parser's, the place is not.
    @Test("Bytes that XML does not allow are refused with their place", arguments: [
        ("<domain>\n<name>a", [0] as [UInt8], "7:8"), ("<domain>\n<name>a", [0xc3, 0x28], "7:8"), ("<domain>\n<name>\u{e9}", [0xff], "7:8"),
        ("<domain>\n<name>a", [0xed, 0xa0, 0x80], "7:8"), ("<domain>\n<name>a", [0x01], "7:8"), ("<domain a='b", [0xc0, 0x80], "6:13"),
    ])
    func bytes(_ before: String, _ hostile: [UInt8], _ place: String) {
        let outcome = filter(behindGood: Array(before.utf8) + hostile + Array("</name></domain>\n".utf8))
        #expect(outcome.status == 2)
        #expect(outcome.text == Self.good)
        #expect(outcome.errors.hasPrefix("<stdin>:\(place): error: "))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test("No document at all", arguments: ["", " ", "\n\n\n", "    ", "     ", " \t\r\n", "<!-- only a comment -->\n", String(repeating: " ", count: 300_000)])
    func nothing(_ input: String) {
        let outcome = filter(Array(input.utf8))
        #expect(outcome.status == 2)
        #expect(outcome.errors == "<stdin>:1:1: error: no XML document in the input\n")
        #expect(outcome.output == [])
    }

    @Test("Input that is not XML", arguments: ["hello\n", "{\"domain\": {}}\n", "\u{7f}ELF\u{1}\u{1}", "domain:\n  cpu: host\n"])
    func garbage(_ input: String) {
        let outcome = filter(Array(input.utf8))
        #expect(outcome.status == 2)
        #expect(outcome.errors == "<stdin>:1:1: error: not XML: a document must start with '<'\n")
        #expect(outcome.output == [])
        expectRefusal(filter(behindGood: Array(input.utf8)), "6:1: error: not XML: a document must start with '<'")
    }

    @Test("NUL bytes alone are no document")
    func zeros() {
        let outcome = filter([UInt8](repeating: 0, count: 5000))
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("<stdin>:1:1: error: "))
        #expect(outcome.output == [])
    }

    @Test("A definition cut off after every byte")
    func truncated() {
        let definition = Array("\u{feff}<?xml version='1.0'?>\n<!-- \u{e9} -->\n<domain type=\"kvm\"><name>a&amp;b</name>\n<os><type arch='x86_64'>hvm</type></os><![CDATA[x]]><cpu mode='host-passthrough'/></domain>".utf8)
        for length in 1..<definition.count {
            let alone = filter(Array(definition[..<length]))
            #expect(alone.status == 2, "\(length)")
            #expect(alone.output == [], "\(length)")
            // A second byte order mark does not begin a document.
            let behind = filter(behindGood: Array(definition[min(3, length)..<length]))
            let isComplete = length <= 3
            #expect(behind.status == (isComplete ? 0 : 2), "\(length)")
            #expect(behind.text.hasPrefix(Self.good), "\(length)")
            #expect(!behind.text.dropFirst(Self.good.count).contains("<domain"), "\(length)")
            for outcome in isComplete ? [alone] : [alone, behind] {
                #expect(outcome.errors.firstMatch(of: /^<stdin>:[0-9]+:[0-9]+: error: [^\n]+\n$/) != nil, "\(length): \(outcome.errors)")
                #expect(!outcome.errors.contains("Extra content"))
            }
        }
        #expect(filter(definition).output == definition)
    }

    @Test("Cut off: the message names the end of the input")
    func cutOff() {
        expectRefusal(filter(behindGood: Array("<domain>\n  <name>a</name>\n".utf8)), "8:1: error: the input ends inside a document")
        // Comments may stand behind the last document. A declaration must be followed by another document.
        for promise in ["<?xml version='1.0'?>\n", "<!DOCTYPE domain>\n", "<!DOCTYPE domain [<!-- a -->]>\n<!-- b -->\n"] {
            let lines = promise.split(separator: "\n").count
            expectRefusal(filter(behindGood: Array(promise.utf8)), "\(6 + lines):1: error: the input ends inside a document", "\(promise)")
        }
        let broken = filter(behindGood: Array("<domain>\n  <name>a</nam>\n</domain>\n".utf8))
        #expect(broken.status == 2)
        #expect(broken.text == Self.good)
        #expect(broken.errors.hasPrefix("<stdin>:7:"))
    }
}
