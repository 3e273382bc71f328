import Glibc
import Lint
import TestSupport
import Testing
import Work

@Suite("Files that a check fixes")
struct FixTests {
    private func fix(_ paths: [String] = ["."], _ settings: Settings = .testing(), in directory: TemporaryDirectory) -> Outcome {
        check(paths, settings, mode: .fix, in: directory)
    }

    @Test("A file is rewritten, fix after fix; then nothing is left to report or to do")
    func fixed() {
        let directory = TemporaryDirectory()
        directory.write("odd.xml", Definitions.fixable)
        let outcome = fix(["odd.xml"], in: directory)
        #expect(outcome.status == 0)
        #expect(directory.text("odd.xml") == Definitions.fixed)
        #expect(outcome.text.contains("odd.xml:7:3: fixed: feature 'sse4.2' is listed more than once [duplicate-feature]"))
        #expect(outcome.text.contains(": fixed: ") && outcome.text.contains("[redundant-feature]"))
        #expect(outcome.errors == "2 fixed (1 domain, 1 file)\npolicy: none\n")
        let again = fix(["odd.xml"], in: directory)
        #expect(again.text == "")
        #expect(again.errors == "nothing found (1 domain, 1 file)\npolicy: none\n")
        #expect(Corpus.names(in: directory.path) == ["odd.xml"], "no temporary file stays")
        let json = fix(["odd.xml"], .testing("host-model") { $0.format = .jsonLines }, in: directory)
        #expect((try? JSON(json.text.split(separator: "\n")[0]))?["fixed"] == .bool(true))
    }

    @Test("A rule that is reported as a part of another finding gets no comment, and that is said")
    func partOfFinding() throws {
        let directory = TemporaryDirectory()
        directory.write("win.xml", Definitions.guest("<cpu mode='host-passthrough'/>", extra: "<os><type arch='x86_64'>hvm</type></os><metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'><libosinfo:os id='http://microsoft.com/win/11'/></libosinfo:libosinfo></metadata>\n"))
        let before = directory.text("win.xml")
        let comment = try SuppressionComment(rules: ["host-passthrough"], reason: "GPU")
        let outcome = check(["win.xml"], .testing(nil) { $0.comment = comment }, mode: .fix, in: directory)
        #expect(directory.text("win.xml") == before)
        #expect(outcome.errors.contains("no comment is written for host-passthrough: it is reported as a part of windows-unstable-cpu"))
    }

    @Test("A default with which a guest would have an error is not written, and the other fixes are", arguments: [
        ("{model: Nehalem, features: {wholly-new: require}}", "libvirt does not know the CPU feature 'wholly-new' [unknown-feature]"),
        ("{model: cortex-a72}", nil), ("{model: Nehalem, vendor: Somebody}", "libvirt does not know the CPU vendor 'Somebody' [unknown-vendor]"),
    ] as [(String, String?)])
    func faulty(_ target: String, _ error: String?) {
        let directory = TemporaryDirectory()
        directory.write(".virt-cpu.yaml", "default: \(target)\n")
        directory.write("a.xml", Definitions.fixable)
        directory.write("b.xml", Definitions.passthrough)
        let diff = check(["b.xml"], .discovering(), mode: .diff, in: directory)
        #expect(diff.text == "")
        let outcome = fix(["a.xml", "b.xml"], .discovering(), in: directory)
        #expect(outcome.status == 0)
        #expect(directory.text("a.xml") == Definitions.fixed)
        #expect(directory.text("b.xml") == Definitions.passthrough)
        #expect(outcome.errors.contains("cannot be known"))
        if let error { #expect(outcome.text.contains("the guest has host-passthrough, and cannot have the default, ") && outcome.text.contains(error)) }
        #expect(fix(["a.xml", "b.xml"], .discovering(), in: directory).status == 0)
    }

    @Test("A fix after which a host would refuse the guest is left out, and the others are made")
    func refusedAfterwards() {
        let directory = TemporaryDirectory()
        // Under fallback='forbid', libvirt refuses a model that the hypervisor does not list.
        directory.write("hv.xml", """
            <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>
            <cpu><mode name='host-model' supported='yes'><model fallback='forbid'>Haswell-noTSX</model><vendor>Intel</vendor></mode>
            <mode name='custom' supported='yes'><model usable='yes' vendor='Intel'>Haswell-v4</model></mode></cpu></domainCapabilities>
            """)
        // libvirt 9.0 knows this model as Haswell-noTSX-IBRS, which the hypervisor does not list.
        let cpu = "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell-v4</model><feature policy='require' name='aes'/></cpu>"
        directory.write("a.xml", Definitions.guest(cpu))
        let settings = Settings.discovering {
            $0.policyFile = directory.write("policy.yaml", "libvirt: '9.0'\n")
            $0.hosts = ["\(directory.path)/hv.xml"]
        }
        #expect(check(["a.xml"], settings, in: directory).status == 0)
        let outcome = fix(["a.xml"], settings, in: directory)
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("a.xml: some findings are not fixed, because the result would have an error: "))
        #expect(outcome.text.contains("needs libvirt 10.10 or later on every host [versioned-model]") && !outcome.text.contains("fixed: the model"))
        #expect(directory.text("a.xml").contains(">Haswell-v4<"))
        #expect(check(["a.xml"], settings, in: directory).status == 0)
    }

    @Test("Without a default, a fix is what no guest notices")
    func withoutDefault() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Definitions.fixable)
        directory.write("b.xml", Definitions.guest("<cpu mode='host-passthrough' migratable='off'/>"))
        let outcome = fix(["a.xml", "b.xml"], .testing(nil), in: directory)
        #expect(outcome.status == 0)
        #expect(directory.text("a.xml") == Definitions.fixed)
        #expect(directory.text("b.xml") == Definitions.guest("<cpu mode='host-passthrough' migratable='off'/>"))
    }

    @Test("Text between a feature that is removed and the one before it stays")
    func between() {
        let directory = TemporaryDirectory()
        let text = Definitions.fixable.replacing(
            "sse4.2\"/>\r\n\t\t<feature policy=\"require\" name=\"sse4.2\"/>",
            with: "sse4.2\"/>\r\n\t\tstray <feature policy=\"require\" name=\"sse4.2\"/>")
        #expect(text != Definitions.fixable)
        directory.write("odd.xml", text)
        _ = fix(["odd.xml"], in: directory)
        #expect(directory.text("odd.xml").contains("stray"))
        #expect(!directory.text("odd.xml").contains("stray <feature policy=\"require\" name=\"sse4.2\"/>"))
    }

    @Test("Hard links and read-only files are reported and left alone; their findings are not called fixed")
    func refused() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Definitions.fixable)
        link("\(directory.path)/a.xml", "\(directory.path)/other")
        directory.write("b.xml", Definitions.fixable)
        chmod("\(directory.path)/b.xml", 0o444)
        let outcome = fix(in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.complaints == "virt-cpu: error: a.xml: not changed: the file has 2 names (hard links)\nvirt-cpu: error: b.xml: not changed: the file is read-only\n")
        #expect(outcome.text.split(separator: "\n").filter { $0.hasSuffix("[duplicate-feature]") }.count == 2)
        #expect(!outcome.text.contains("fixed"))
        #expect(directory.text("a.xml") == Definitions.fixable)
        #expect(directory.text("b.xml") == Definitions.fixable)
    }

    @Test("A malformed file stays as it is, and the others are fixed")
    func malformed() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", Definitions.fixable + "<domain>")
        directory.write("b.xml", Definitions.fixable)
        #expect(fix(in: directory).status == 2)
        #expect(directory.text("a.xml") == Definitions.fixable + "<domain>")
        #expect(directory.text("b.xml") == Definitions.fixed)
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
        directory.write("real/odd.xml", Definitions.fixable)
        directory.makeDirectory("vms")
        directory.link("vms/odd.xml", to: "../real/odd.xml")
        #expect(fix(["vms/odd.xml"], in: directory).status == 0)
        #expect(isLink("\(directory.path)/vms/odd.xml"))
        #expect(directory.text("real/odd.xml") == Definitions.fixed)
        #expect(Corpus.names(in: "\(directory.path)/real") == ["odd.xml"])
    }

    @Test("A link that was found, and leads out of the directory that was named, is judged; its target is fixed only if named")
    func leadingOut() {
        let directory = TemporaryDirectory()
        directory.write("other/a.xml", Definitions.fixable)
        directory.write("vms/b.xml", Definitions.fixable)
        directory.makeDirectory("vms/deep")
        directory.link("vms/deep/a.xml", to: "../../other/a.xml")
        let outcome = fix(["vms"], in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.complaints.contains("virt-cpu: error: vms/deep/a.xml: not changed: the symbolic link leads out of vms\n"))
        #expect(outcome.text.contains("vms/deep/a.xml:7:"))
        #expect(directory.text("other/a.xml") == Definitions.fixable)
        #expect(directory.text("vms/b.xml") == Definitions.fixed)
        #expect(fix(["vms/deep/a.xml"], in: directory).status == 0)
        #expect(directory.text("other/a.xml") == Definitions.fixed)
        #expect(fix(["vms"], in: directory).status == 0, "nothing is left to change behind the link")
    }

    @Test("A file and links to it are fixed once")
    func once() {
        let directory = TemporaryDirectory()
        directory.write("m.xml", Definitions.fixable)
        for name in ["a", "y", "z"] { directory.link("\(name).xml", to: "m.xml") }
        let outcome = fix([".", "m.xml"], in: directory)
        #expect(outcome.status == 0)
        #expect(outcome.errors == "2 fixed (1 domain, 1 file)\npolicy: none\n")
        #expect(directory.text("m.xml") == Definitions.fixed)
        #expect(isLink("\(directory.path)/a.xml") && isLink("\(directory.path)/z.xml"))
    }
}
