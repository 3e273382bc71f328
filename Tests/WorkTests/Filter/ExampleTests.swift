import TestSupport
import Testing
import Work

@Suite("The examples")
struct ExampleTests {
    private static let directory = "\(Corpus.repository)/Examples"
    static let files = Corpus.xmlFiles(in: directory).map { String($0.dropFirst(directory.count + 1)) }

    private var policy: Settings { .discovering { $0.policyFile = "\(Self.directory)/virt-cpu.yaml" } }

    @Test("Each passes through filter with the examples' policy, whole or not at all", arguments: files)
    func filter(_ name: String) {
        let outcome = WorkTests.filter(Definitions.example(name), policy)
        #expect(outcome.status == 0 || outcome.status == 1, "\(outcome.errors)")
        if outcome.status == 0 { #expect(outcome.output.count > 200) }
        #expect(!outcome.errors.contains("virt-cpu: error: cannot"))
    }

    @Test("Each passes through filter unchanged if the default is to keep", arguments: files)
    func keep(_ name: String) {
        let outcome = WorkTests.filter(Definitions.example(name), .testing { $0.leastCounted = nil })
        #expect(outcome.status == 0)
        #expect(outcome.output == Definitions.example(name))
    }

    @Test("All pass through check with the examples' policy, one by one and as a directory")
    func check() {
        func check(_ path: String) -> Outcome {
            var request = CheckRequest()
            request.paths = [.init(path)]
            return outcome { try request.run(policy, $0) }
        }
        #expect(Self.files.count >= 12)
        let all = check(Self.directory)
        #expect(all.status == 1, "\(all.errors)")
        #expect(!all.complaints.contains("error: "))
        for name in Self.files {
            let path = "\(Self.directory)/\(name)", alone = check(path)
            #expect(alone.status == 0 || alone.status == 1, "\(name): \(alone.errors)")
            #expect(!alone.complaints.contains("error: "), "\(name)")
            #expect(alone.text.split(separator: "\n").allSatisfy { !$0.contains("[") || !$0.contains(".xml:") || $0.hasPrefix("\(path):") })
        }
    }
}
