import Glibc
import Lint
import TestSupport
import Testing

@testable import generate_docs

/// A Markdown file of the repository.
struct Page: CustomTestStringConvertible, Sendable {
    /// The path from the repository's top directory.
    var path: String
    var testDescription: String { path }

    var text: String { String(decoding: Corpus.read("\(Corpus.repository)/\(path)"), as: UTF8.self) }
    /// Empty, or with a slash at the end.
    var directory: Substring { path[..<(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)] }

    static let all: [Page] = ["", "docs/", "Examples/", "Examples/libvirt-hooks/", "Examples/kubevirt/", "Examples/vdsm/", "Examples/fleet/"].flatMap { directory in
        Corpus.names(in: "\(Corpus.repository)/\(directory)").filter { $0.hasSuffix(".md") }.map { Page(path: directory + $0) }
    }
}

/// A command that a page shows, with the output that it shows.
struct ShownCommand: CustomTestStringConvertible, Sendable {
    var page: Page
    var command: String
    var output: String
    var testDescription: String { "\(page.path): \(command)" }

    static let all: [ShownCommand] = Page.all.flatMap { page -> [ShownCommand] in
        page.text.split(separator: "```console\n").dropFirst().flatMap { rest -> [ShownCommand] in
            let block = String(rest[..<rest.firstRange(of: "```")!.lowerBound])
            return ("\n" + block).split(separator: "\n$ ").map { part in
                let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                return ShownCommand(page: page, command: String(lines[0]), output: lines.count > 1 ? String(lines[1]) : "")
            }
        }
    }
}

/// A link from one page to a file of the repository.
struct PageLink: CustomTestStringConvertible, Sendable {
    var page: Page
    var target: String
    var testDescription: String { "\(page.path): \(target)" }

    static let all: [PageLink] = Page.all.flatMap { page in
        page.text.matches(of: /\]\(([^)\s]+)\)/).map { PageLink(page: page, target: String($0.1)) }
    }.filter { !$0.target.contains("://") }

    /// The file that the link leads to, and the heading in it, if the link names one.
    var place: (file: String, heading: Substring?) {
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let file = parts[0].isEmpty ? page.path : "\(page.directory)\(parts[0])"
        return ("\(Corpus.repository)/\(file)", parts.count > 1 ? parts[1] : nil)
    }
}

@Suite("Documentation")
struct DocumentationTests {
    @Test("Every command shown prints the output shown (make docs renews it)", arguments: ShownCommand.all)
    func commands(_ shown: ShownCommand) {
        let scratch = TemporaryDirectory()
        let directory = shown.page.directory == "Examples/" ? "\(Corpus.repository)/Examples" : Corpus.repository
        // A page does not show carriage returns, and out.xml is not written into the repository.
        let command = shown.command.replacing("out.xml", with: "\(scratch.path)/out.xml")
        var shell = Program(["-c", "exec 2>&1; \(command)"], in: directory)
        shell.executable = "/bin/sh"
        shell.environment = ["PATH=\(Program.buildDirectory):/usr/bin:/bin"]
        let printed = shell.run().text.replacing("\r\n", with: "\n").replacing("\r", with: "")
        #expect(trimmed(printed) == trimmed(shown.output))
    }

    func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    @Test("The pages show commands") func some() {
        #expect(ShownCommand.all.count >= 12)
        #expect(Set(ShownCommand.all.map(\.page.path)).isSuperset(of: ["README.md", "docs/check.md", "Examples/README.md"]))
    }

    @Test("What the pages and the schema say about rules is what make docs makes", arguments: GeneratedPage.all(of: Rule.all).map(\.path))
    func generated(_ path: String) throws {
        let page = try #require(GeneratedPage.all(of: Rule.all).first { $0.path == path })
        let present = Page(path: path).text
        #expect(try page.text(replacing: present) == present, "\(path) is out of date: run make docs")
    }

    @Test("A rule that a page or the schema lacks is noticed", arguments: GeneratedPage.all(of: Rule.all).map(\.path))
    func missingRule(_ path: String) throws {
        let page = try #require(GeneratedPage.all(of: Rule.all).first { $0.path == path })
        let lines = Page(path: path).text.split(separator: "\n", omittingEmptySubsequences: false)
        let rule = try #require(lines.firstIndex { $0.contains(Rule.all[4].id) })
        let lacking = (lines[..<rule] + lines[(rule + 1)...]).joined(separator: "\n")
        #expect(try page.text(replacing: lacking) != lacking)
    }

    @Test("The picture shows what the program prints", .enabled(if: Self.hasPython, "no python3"))
    func picture() {
        var drawing = Program(["--check", Program.path])
        drawing.executable = "\(Corpus.repository)/docs/picture"
        drawing.environment = ["PATH=\(Self.path)"]
        let outcome = drawing.run()
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    }

    static let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    static let hasPython = path.split(separator: ":").contains { access("\($0)/python3", X_OK) == 0 }

    /// The pages, the manual and the help of all commands.
    static let allTexts: [(name: String, text: String)] = Page.all.map { ($0.path, $0.text) }
        + ["virt-cpu.1.in", "virt-cpu.yaml.5.in"].map { page in
            (page, String(decoding: Corpus.read("\(Corpus.repository)/Packaging/\(page)"), as: UTF8.self).replacing("\\-", with: "-"))
        } + [("filter --help", Program(["filter", "--help"]).run().text)]

    @Test("What goes from dumpxml to define keeps the passwords of VNC and SPICE")
    func passwords() {
        var pipes = 0
        for (name, text) in Self.allTexts {
            // Help is wrapped.
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            for rest in words.split(separator: "virsh dumpxml ").dropFirst() {
                guard let define = rest.firstRange(of: "virsh define"), rest[..<define.lowerBound].utf8.count < 300 else { continue }
                pipes += 1
                #expect(rest.prefix(160).contains("--security-info"), "\(name): \(rest.prefix(60))")
            }
        }
        #expect(pipes >= 4)
    }

    @Test("A suppression comment that is shown is a comment in XML, which cannot contain two hyphens")
    func comments() {
        var comments = 0
        for (name, text) in Self.allTexts {
            for comment in text.matches(of: /<!--( *virt-cpu: ignore.*?)-->/) {
                comments += 1
                #expect(!comment.1.contains("--") && !comment.1.hasSuffix("-"), "\(name): \(comment.0)")
            }
        }
        #expect(comments >= 5)
    }

    @Test("Every link leads to a file of the repository, and to a heading that it has", arguments: PageLink.all)
    func link(_ link: PageLink) {
        let (file, heading) = link.place
        guard access(file, R_OK) == 0 else {
            Issue.record("\(file) does not exist")
            return
        }
        guard let heading else { return }
        let lines = String(decoding: Corpus.read(file), as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("#") }
        #expect(lines.contains { Self.anchor(of: $0) == heading })
    }

    /// GitHub's name of a heading.
    static func anchor(of line: Substring) -> String {
        let heading = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
        return String(heading.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.map { $0 == " " ? "-" : $0 })
    }

    @Test("The library's example is code that compiles and runs") func library() throws {
        let source = String(decoding: Corpus.read("\(Corpus.repository)/Tests/CommandTests/Pages/LibraryExample.swift"), as: UTF8.self)
        #expect(Page(path: "docs/library.md").text.contains("```swift\n\(source)```\n"))
        try check(Definitions.example("stream.xml"))
    }

    @Test("README is one page: at most 9 KB") func length() {
        #expect(Page(path: "README.md").text.utf8.count <= 9216)
    }
}
