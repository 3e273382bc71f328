import TestSupport
import Testing

@Suite("The examples")
struct ExampleTests {
    static let directory = "\(Corpus.repository)/Examples"
    static let files = Corpus.xmlFiles(in: directory).map { String($0.dropFirst(directory.count + 1)) }

    @Test("Each goes through filter with the policy, whole", arguments: files)
    func filter(_ name: String) {
        let outcome = Program(["filter", "--config", "virt-cpu.yaml"], input: .file("\(Self.directory)/\(name)"), in: Self.directory).run()
        #expect(outcome.status == 0 || outcome.status == 1, "\(outcome.errors)")
        if outcome.status == 0 { #expect(outcome.output.count > 200) }
        #expect(!outcome.errors.contains("virt-cpu: error: cannot"))
    }

    @Test("Each goes through filter untouched where the default is to keep", arguments: files)
    func keep(_ name: String) {
        let outcome = Program(["filter", "--no-config", "--default", "keep", "--fail-on", "never"], input: .file("\(Self.directory)/\(name)")).run()
        #expect(outcome.status == 0)
        #expect(outcome.output == Definitions.example(name))
    }

    @Test("All go through check with the policy, alone and as a directory")
    func check() {
        #expect(Self.files.count >= 12)
        let outcome = Program(["check", "--config", "virt-cpu.yaml", "."], in: Self.directory).run()
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(!outcome.complaints.contains("error"))
        for name in Self.files {
            let alone = Program(["check", "--config", "virt-cpu.yaml", name], in: Self.directory).run()
            #expect(alone.status == 0 || alone.status == 1, "\(name): \(alone.errors)")
            #expect(!alone.complaints.contains("error"), "\(name)")
            #expect(alone.text.split(separator: "\n").allSatisfy { !$0.contains("[") || !$0.contains(".xml:") || $0.hasPrefix("\(name):") })
        }
    }
}
