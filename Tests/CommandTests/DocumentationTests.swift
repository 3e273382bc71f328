import Corpus
import Testing

/// The commands that the README files show, with what they show of them.
struct ShownCommand: CustomTestStringConvertible, Sendable {
    var file: String
    var command: String
    var output: String
    var testDescription: String { "\(file): \(command)" }

    static let all: [ShownCommand] = ["README.md", "Examples/README.md"].flatMap { file -> [ShownCommand] in
        let text = String(decoding: Corpus.read("\(Corpus.repository)/\(file)"), as: UTF8.self)
        return text.split(separator: "```console\n").dropFirst().flatMap { rest -> [ShownCommand] in
            let block = String(rest[..<rest.firstRange(of: "```")!.lowerBound])
            return ("\n" + block).split(separator: "\n$ ").map { part in
                let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                return ShownCommand(file: file, command: String(lines[0]), output: lines.count > 1 ? String(lines[1]) : "")
            }
        }
    }
}

@Suite("Documentation")
struct DocumentationTests {
    @Test("Every command shown prints what is shown", arguments: ShownCommand.all)
    func commands(_ shown: ShownCommand) {
        let scratch = TemporaryDirectory()
        let directory = shown.file.hasPrefix("Examples") ? "\(Corpus.repository)/Examples" : Corpus.repository
        let programs = Program.path.split(separator: "/").dropLast().joined(separator: "/")
        // What a command writes goes elsewhere; a carriage return of the CRLF example does not show in the text.
        let command = shown.command.replacing("out.xml", with: "\(scratch.path)/out.xml")
        var shell = Program(["-c", "exec 2>&1; \(command)"], in: directory)
        shell.executable = "/bin/sh"
        shell.environment = ["PATH=/\(programs):/usr/bin:/bin"]
        let printed = shell.run().text.replacing("\r\n", with: "\n").replacing("\r", with: "")
        #expect(trimmed(printed) == trimmed(shown.output))
    }

    func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    @Test("There are commands") func some() { #expect(ShownCommand.all.count >= 8) }
}
