import TestSupport
import Testing

/// Contents are requested from git ahead of their turn.
@Suite("Many files in git")
struct ManyFilesTests {
    @Test("Each file is judged by its own content, whatever the order in which threads ask for contents", arguments: ["1", "2", "3"])
    func contents(_ jobs: String) {
        let repository = TestRepository()
        // Equal contents, and contents larger than a pipe, are among them.
        for number in 0..<300 {
            let comment = number % 50 == 7 ? "<!-- \(String(repeating: "x", count: 200_000)) -->" : ""
            let definition = Definitions.passthrough.replacing("</domain>", with: "\(comment)</domain>")
            repository.write(
                "\(1000 + number).xml", number % 10 == 0 ? definition : definition.replacing("host-passthrough", with: "none-\(number)"))
        }
        repository.commit()
        let arguments = ["check", "--no-config", "--format", "json-lines", "-j", jobs]
        let files = Program(arguments + ["."], in: repository.path).run(), revision = Program(arguments + ["--rev", "HEAD"], in: repository.path).run()
        #expect(files.text.replacing("\"./", with: "\"") == revision.text)
        #expect(revision.text.split(separator: "\n").count >= 300)
        #expect(revision.status == files.status)
    }
}
