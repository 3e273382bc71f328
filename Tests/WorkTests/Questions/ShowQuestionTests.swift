import TestSupport
import Testing

@testable import Work

@Suite("Showing what guests see")
struct ShowQuestionTests {
    private let text = Definitions.guest("<cpu><model>EPYC-IBPB</model><feature name='ibpb' policy='disable'/></cpu>")

    private func show(_ input: String, withSource: Bool = false, on hosts: [String] = []) -> Outcome {
        answer(input: Array(input.utf8)) {
            try HostQuestion(.builtIn, timeout: 30, $0).show("-", on: hosts, withSource: withSource, to: $1)
        }
    }

    @Test("QEMU's brand string, and a feature per line")
    func features() {
        let outcome = show(text)
        #expect(outcome.status == 0)
        // As QEMU 7.2 has it.
        #expect(outcome.text.contains("brand string  AMD EPYC Processor (with IBPB)\n"))
        #expect(outcome.text.contains("\n  aes\n"))
        #expect(!outcome.text.contains("\n  ibpb\n"))
    }

    @Test("With the source, the file follows as it is; a broken one is shown all the same")
    func source() {
        #expect(show(text, withSource: true).text == show(text).text + text)
        let broken = show("<domain", withSource: true)
        #expect(broken.status == 0 && broken.text.hasPrefix("cannot be shown: ") && broken.text.hasSuffix("<domain"))
        #expect(show("<domain").status == 2)
    }

    @Test("The guests before a fault are shown")
    func fault() {
        let outcome = show(text + "<domain>")
        #expect(outcome.status == 2)
        #expect(outcome.text == show(text).text)
    }

    @Test("A definition that states no architecture has the host's")
    func architecture() {
        let directory = TemporaryDirectory()
        let host = directory.write("p8.xml", "<cpu><arch>ppc64le</arch><model>POWER8</model></cpu>")
        #expect(show("<domain type='kvm'/>", on: [host]).text.contains("runs on     kvm ppc64le\n"))
    }
}
