import Reports
import SystemPackage
import TestSupport
import Testing
import Work

@testable import LanguageServer

@Suite("A thousand random changes")
struct RandomChangesTests {
    private static let base = """
        <?xml version='1.0'?>\r
        <!-- \u{1f600} caf\u{e9} -->\r
        <domain type='kvm'>\r
          <name>g\u{e9}\u{1f600}</name>\r
          <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\r
          <!-- \u{1f600} --><cpu mode='custom' match='exact'>\r
            <model fallback='allow'>Haswell</model>
            \u{1f600}\u{1f600}<feature policy='require' name='sse4.2'/><feature policy='require' name='sse4.2'/>\r
            <feature policy='optional' name='nonsense\u{e9}'/>\r
          </cpu>\r
        </domain>\r

        """
    private static let pieces = [
        "\r\n", "\n", "\r", "\u{1f600}", "\u{e9}", "", "", "", "x", " ", "<", ">", "'", "<!-- c -->", "<cpu mode='host-passthrough'/>",
        "<feature policy='require' name='pcid'/>", "\n\u{1f600}<feature policy='require' name='hle'/>", "</cpu>", "Skylake-Client", "\u{1f1e9}\u{1f1ea}",
    ]

    /// What `check` finds in the text if it is the file, as diagnostics.
    private func check(_ text: ClientText, in directory: TemporaryDirectory) throws -> [Diagnostic] {
        directory.write("vm.xml", text.text)
        let output = ScratchFile(), errors = ScratchFile()
        var request = CheckRequest()
        // A file that was found, not named: of other XML nothing is said, as in an editor.
        request.paths = [FilePath(directory.path)]
        try? request.run(.testing { $0.format = .jsonLines }, Channels(input: 0, output: output.descriptor, errors: errors.descriptor))
        let diagnostics = try String(decoding: output.contents, as: UTF8.self).split(separator: "\n").map { line in
            let finding = try JSON(line)
            func position(_ line: String, _ column: String) -> DocumentPosition {
                text.position(line: finding[line]?.number ?? 0, column: finding[column]?.number ?? 0)
            }
            let help = finding["help"]?.text.map { ["Help: \($0)"] } ?? []
            let lines = [finding["message"]?.text ?? ""] + (finding["notes"]?.items.compactMap(\.text) ?? []) + help
            return Diagnostic(
                code: finding["rule"]?.text ?? "", severity: ["error": 1, "warning": 2, "note": 3][finding["severity"]?.text ?? ""] ?? 0,
                message: lines.joined(separator: "\n"), start: position("line", "column"), end: position("endLine", "endColumn"))
        }
        return diagnostics
    }

    @Test("The server's text is the editor's, and its diagnostics are what check finds in it", arguments: [PositionEncoding.utf16])
    func changes(_ encoding: PositionEncoding) throws {
        let directory = TemporaryDirectory(isInMemory: true)
        let uri = "file://\(directory.path)/vm.xml"
        let editor = try Editor()
        var random = SplitMix64(seed: 20261130)
        var text = ClientText(Self.base)
        try editor.open(uri, text.text)
        var found = 0, malformed = 0
        for version in 2...1001 {
            var changes: [JSONValue] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                if Int.random(in: 0..<4, using: &random) == 0 {
                    text = ClientText(Self.base)
                    changes.append(["text": JSONValue(text.text)])
                    continue
                }
                let range = randomRange(in: text, &random)
                let piece = Self.pieces.randomElement(using: &random)!
                changes.append(["range": ["start": text.position(of: range.lowerBound).json, "end": text.position(of: range.upperBound).json], "text": JSONValue(piece)])
                text.replace(range, with: piece)
            }
            try editor.change(uri, version: version, changes)
            try #require(editor.text(of: uri) == text.text, "version \(version)")
            let expected = try check(text, in: directory)
            let sent = try #require(editor.diagnostics(uri)).map { diagnostic in
                // check states where malformed XML begins to be wrong, and an editor needs something to underline.
                var diagnostic = diagnostic
                if diagnostic.code == "not-judged" { diagnostic.end = diagnostic.start }
                return diagnostic
            }
            try #require(sent == expected, "version \(version): \(text.text)")
            found += expected.count
            malformed += expected.contains { $0.code == "not-judged" } ? 1 : 0
        }
        #expect(found > 1000)
        #expect((100...900).contains(malformed))
    }

    /// A short range that begins and ends between characters, and not inside a line ending.
    private func randomRange(in text: ClientText, _ random: inout SplitMix64) -> Range<Int> {
        func place(_ wanted: Int) -> Int { text.index(of: text.position(of: wanted)) }
        func whole(_ index: Int) -> Int { index < text.units.count && text.units[index] & 0xfc00 == 0xdc00 ? index - 1 : index }
        let start = whole(place(Int.random(in: 0...text.units.count, using: &random)))
        let length = Int.random(in: 0...4, using: &random) < 3 ? 0 : Int.random(in: 0...12, using: &random)
        let end = whole(place(min(start + length, text.units.count)))
        return start..<max(start, end)
    }
}
