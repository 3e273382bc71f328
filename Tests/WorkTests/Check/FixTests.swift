import Glibc
import TestSupport
import Testing
import Work

@Suite("Files that a check fixes")
struct FixTests {
    /// A definition with two things to fix: a feature that is listed twice, and one that its model has.
    static let odd = """
        <domain type="kvm">\r
        \t<name>odd</name>\r
        \t<os><type arch="x86_64">hvm</type></os>\r
        \t<cpu mode="custom" match="exact">\r
        \t\t<model fallback="forbid">Nehalem</model><!-- keep -->\r
        \t\t<feature policy="require" name="sse4.2"/>\r
        \t\t<feature policy="require" name="sse4.2"/>\r
        \t\t<feature policy="require" name="pcid"/>\r
        \t</cpu>\r
        </domain>
        """
    static let fixed = odd.replacing("\t\t<feature policy=\"require\" name=\"sse4.2\"/>\r\n", with: "")

    private func fix(_ paths: [String] = ["."], _ settings: Settings = .testing(), in directory: TemporaryDirectory) -> Outcome {
        check(paths, settings, mode: .fix, in: directory)
    }

    @Test("A file is rewritten, fix after fix; then nothing is left to report or to do")
    func fixed() {
        let directory = TemporaryDirectory()
        directory.write("odd.xml", Self.odd)
        let outcome = fix(["odd.xml"], in: directory)
        #expect(outcome.status == 0)
        #expect(directory.text("odd.xml") == Self.fixed)
        #expect(outcome.text.contains("odd.xml:7:3: fixed: feature 'sse4.2' is listed more than once [duplicate-feature]"))
        #expect(outcome.text.contains(": fixed: ") && outcome.text.contains("[redundant-feature]"))
        #expect(outcome.errors == "2 fixed (1 domain, 1 file)\n")
        let again = fix(["odd.xml"], in: directory)
        #expect(again.text == "")
        #expect(again.errors == "nothing found (1 domain, 1 file)\n")
        #expect(Corpus.names(in: directory.path) == ["odd.xml"], "no temporary file stays")
        let json = fix(["odd.xml"], .testing("host-model") { $0.format = .jsonLines }, in: directory)
        #expect((try? JSON(json.text.split(separator: "\n")[0]))?["fixed"] == .bool(true))
    }

    @Test("Text between a feature that is removed and the one before it stays")
    func between() {
        let directory = TemporaryDirectory()
        let text = Self.odd.replacing(
            "sse4.2\"/>\r\n\t\t<feature policy=\"require\" name=\"sse4.2\"/>",
            with: "sse4.2\"/>\r\n\t\tstray <feature policy=\"require\" name=\"sse4.2\"/>")
        #expect(text != Self.odd)
        directory.write("odd.xml", text)
        _ = fix(["odd.xml"], in: directory)
        #expect(directory.text("odd.xml").contains("stray"))
        #expect(!directory.text("odd.xml").contains("stray <feature policy=\"require\" name=\"sse4.2\"/>"))
    }

    @Test("Hard links and read-only files are reported and left alone; their findings are not called fixed")
    func refused() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Self.odd)
        link("\(directory.path)/a.xml", "\(directory.path)/other")
        directory.write("b.xml", Self.odd)
        chmod("\(directory.path)/b.xml", 0o444)
        let outcome = fix(in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.complaints == "virt-cpu: error: a.xml: not changed: the file has 2 names (hard links)\nvirt-cpu: error: b.xml: not changed: the file is read-only\n")
        #expect(outcome.text.split(separator: "\n").filter { $0.hasSuffix("[duplicate-feature]") }.count == 2)
        #expect(!outcome.text.contains("fixed"))
        #expect(directory.text("a.xml") == Self.odd)
        #expect(directory.text("b.xml") == Self.odd)
    }

    @Test("A malformed file stays as it is, and the others are fixed")
    func malformed() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Self.odd + "<domain>")
        directory.write("b.xml", Self.odd)
        #expect(fix(in: directory).status == 2)
        #expect(directory.text("a.xml") == Self.odd + "<domain>")
        #expect(directory.text("b.xml") == Self.fixed)
    }

    @Test("The CPU that a Windows guest sees is not fixed")
    func windows() {
        let directory = TemporaryDirectory()
        let text = Definitions.guest("<cpu mode='host-passthrough' migratable='off'/>", extra: "  <features><hyperv><relaxed state='on'/></hyperv></features>\n")
        directory.write("w.xml", text)
        _ = fix(["w.xml"], .testing("host-model"), in: directory)
        #expect(directory.text("w.xml") == text)
    }

    // MARK: Symbolic links

    private func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    @Test("A symbolic link stays one, and its target is rewritten")
    func symbolicLink() {
        let directory = TemporaryDirectory()
        directory.write("real/odd.xml", Self.odd)
        directory.makeDirectory("vms")
        directory.link("vms/odd.xml", to: "../real/odd.xml")
        #expect(fix(["vms/odd.xml"], in: directory).status == 0)
        #expect(isLink("\(directory.path)/vms/odd.xml"))
        #expect(directory.text("real/odd.xml") == Self.fixed)
        #expect(Corpus.names(in: "\(directory.path)/real") == ["odd.xml"])
    }

    @Test("A link that was found, and leads out of the directory that was named, is judged; its target is fixed only if named")
    func leadingOut() {
        let directory = TemporaryDirectory()
        directory.write("other/a.xml", Self.odd)
        directory.write("vms/b.xml", Self.odd)
        directory.makeDirectory("vms/deep")
        directory.link("vms/deep/a.xml", to: "../../other/a.xml")
        let outcome = fix(["vms"], in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.complaints.contains("virt-cpu: error: vms/deep/a.xml: not changed: the symbolic link leads out of vms\n"))
        #expect(outcome.text.contains("vms/deep/a.xml:7:"))
        #expect(directory.text("other/a.xml") == Self.odd)
        #expect(directory.text("vms/b.xml") == Self.fixed)
        #expect(fix(["vms/deep/a.xml"], in: directory).status == 0)
        #expect(directory.text("other/a.xml") == Self.fixed)
        #expect(fix(["vms"], in: directory).status == 0, "nothing is left to change behind the link")
    }

    @Test("A file and links to it are fixed once")
    func once() {
        let directory = TemporaryDirectory()
        directory.write("m.xml", Self.odd)
        for name in ["a", "y", "z"] { directory.link("\(name).xml", to: "m.xml") }
        let outcome = fix([".", "m.xml"], in: directory)
        #expect(outcome.status == 0)
        #expect(outcome.errors == "2 fixed (1 domain, 1 file)\n")
        #expect(directory.text("m.xml") == Self.fixed)
        #expect(isLink("\(directory.path)/a.xml") && isLink("\(directory.path)/z.xml"))
    }
}
