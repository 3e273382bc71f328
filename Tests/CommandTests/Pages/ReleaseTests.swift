import Reports
import TestSupport
import Testing

@Suite("A release")
struct ReleaseTests {
    @Test("The version is the same in the program, the changelog and the RPM's spec, and a release has a date")
    func version() throws {
        let text = Page(path: "CHANGELOG.md").text
        let released = try #require(text.firstMatch(of: /\n## ([0-9.]+), [0-9]{4}-[0-9]{2}-[0-9]{2}\n/))
        let spec = Page(path: "Packaging/virt-cpu.spec").text
        #expect(released.1 == Reports.Program.version)
        #expect(spec.contains("\nVersion:        \(Reports.Program.version)\n") && spec.contains("- \(Reports.Program.version)-1\n"))
        #expect(TestSupport.Program(["--version"]).run().text == Reports.Program.version + "\n")
    }

    @Test("What is most useful of each release comes first, in at most ten lines")
    func summaries() {
        for release in Page(path: "CHANGELOG.md").text.split(separator: "\n## ").dropFirst() where release.first!.isNumber {
            let summary = release.split(separator: "\n### ")[0].split(separator: "\n").dropFirst()
            #expect(1...10 ~= summary.count, "\(release.prefix(20))")
        }
    }
}
