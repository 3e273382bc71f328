import Reports
import Testing

@Suite("Text broken at a terminal's width")
struct FoldingTests {
    @Test("Elsewhere than on a terminal nothing changes, and neither do lines that fit")
    func whole() {
        let text = "  costs  a long list of words, and more of them\n\nshort\n"
        #expect(folded(text, to: nil) == text && folded(text, to: 80) == text)
    }

    @Test("Prose goes on below the column in which it began")
    func columns() {
        #expect(folded("  costs     35 of the 93 features, and more\n", to: 28) == "  costs     35 of the 93\n            features, and\n            more\n")
        #expect(folded("  finds: the host has a, b, c, d", to: 20) == "  finds: the host\n    has a, b, c, d")
        #expect(folded("web on hv01: incompatible: the host lacks x", to: 30) == "web on hv01: incompatible: the\n  host lacks x")
    }

    @Test("Where little room is left beside other columns, prose begins below the second")
    func narrow() {
        #expect(folded("     65  host-incompatible    65 errors    a host would not start the guest", to: 40)
            == "     65  host-incompatible    65 errors\n         a host would not start the\n         guest")
    }

    @Test("What people copy stays in one line: XML, lists of names, commands, cells of a table", arguments: [
        "    <feature policy='require' name='arch-capabilities'/>", "  with   f16c rdrand hypervisor vme ss tsc_adjust xsaveopt",
        "  or let it write that  virt-cpu check --add-ignore check-none --reason REASON FILE", "vm-1   yes   no   yes   yes   yes   yes",
    ])
    func copied(_ line: String) {
        #expect(folded(line, to: 40) == line)
    }
}
