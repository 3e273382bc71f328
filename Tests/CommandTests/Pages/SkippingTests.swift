import TestSupport
import Testing

@Suite("Tests of make integration that are skipped")
struct SkippingTests {
    private func skip(_ name: String, ci: String, allowed: String = "") -> Outcome {
        let script = """
            fail() { echo "FAILED   $1"; }
            . Tests/Integration/skipping
            CI=\(ci) MAY_SKIP='\(allowed)'
            skip '\(name)' 'no such program'
            skip_all '\(name)' 'no root'
            """
        var bash = Program(["-c", script], in: Corpus.repository)
        bash.executable = "/bin/bash"
        return bash.run()
    }

    @Test("Without CI they are said, and the script succeeds; with CI they have failed, unless they are named", arguments: [
        ("", "", true), ("false", "", true), ("true", "", false), ("true", "x\nan editor\ny", true), ("true", "an editor that", false),
        ("true", "an", false),
    ])
    func skipped(_ ci: String, _ allowed: String, _ isSkipped: Bool) {
        let outcome = skip("an editor", ci: ci, allowed: allowed)
        #expect(outcome.status == (isSkipped ? 0 : 1))
        #expect(outcome.text.hasPrefix(isSkipped ? "skipped  an editor: no such program\nan editor: skipped: no root\n" : "FAILED   an editor: skipped: no such program"))
        #expect(outcome.text.contains("FAILED") != isSkipped)
    }
}
