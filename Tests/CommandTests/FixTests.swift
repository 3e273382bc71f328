import Glibc
import TestSupport
import Testing

@Suite("check --fix and --diff")
struct FixTests {
    /// What there is to fix in it: a feature twice, and then one that its model has.
    private let odd = """
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
    private var mended: String {
        let line = "\t\t<feature policy=\"require\" name=\"sse4.2\"/>\r\n"
        return odd.replacing(line, with: "")
    }

    private func check(_ arguments: String..., in directory: String) -> Outcome {
        Program(["check", "--no-config", "--default", "keep"] + arguments, in: directory).run()
    }

    private func content(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(decoding: readAll(descriptor), as: UTF8.self)
    }

    private func names(in directory: String) -> [String] { Corpus.names(in: directory) }

    @Test("What stands between a feature that goes and what is before it stays")
    func between() {
        let directory = TemporaryDirectory()
        let text = odd.replacing(
            "sse4.2\"/>\r\n\t\t<feature policy=\"require\" name=\"sse4.2\"/>",
            with: "sse4.2\"/>\r\n\t\tstray <feature policy=\"require\" name=\"sse4.2\"/>")
        #expect(text != odd)
        directory.write("odd.xml", text)
        _ = check("--fix", "odd.xml", in: directory.path)
        #expect(content("\(directory.path)/odd.xml").contains("stray"))
        #expect(!content("\(directory.path)/odd.xml").contains("stray <feature policy=\"require\" name=\"sse4.2\"/>"))
    }

    @Test("A file is rewritten, fix after fix; then there is nothing left to say, and nothing to do")
    func fixed() {
        let directory = TemporaryDirectory()
        directory.write("odd.xml", odd)
        let outcome = check("--fix", "odd.xml", in: directory.path)
        #expect(outcome.status == 0)
        #expect(content("\(directory.path)/odd.xml") == mended)
        #expect(outcome.text.contains("odd.xml:7:3: fixed: feature 'sse4.2' is listed more than once [duplicate-feature]"))
        #expect(outcome.text.contains(": fixed: ") && outcome.text.contains("[redundant-feature]"))
        #expect(outcome.errors == "2 fixed in 1 domain of 1 file\n")
        let again = check("--fix", "odd.xml", in: directory.path)
        #expect(again.text == "")
        #expect(again.errors == "nothing found in 1 domain of 1 file\n")
        #expect(names(in: directory.path) == ["odd.xml"], "no temporary file stays")
        let json = check("--fix", "--format", "json-lines", "--default", "host-model", "odd.xml", in: directory.path)
        #expect((try? JSON(json.text.split(separator: "\n")[0]))?["fixed"] == .bool(true))
    }

    @Test("--diff changes nothing, and git apply makes of it what --fix does", arguments: ["odd.xml", "a b.xml", "\u{e9}\t\"q.xml", "d/e.xml"])
    func diff(_ name: String) {
        let repository = TestRepository()
        repository.write(name, odd)
        repository.write("second.xml", odd + "\n")
        let diff = check("--diff", ".", in: repository.path)
        #expect(diff.status == 1)
        #expect(content("\(repository.path)/\(name)") == odd)
        repository.directory.write("the.diff", diff.text)
        repository.git("apply", "the.diff")
        #expect(content("\(repository.path)/\(name)") == mended)
        #expect(content("\(repository.path)/second.xml") == mended + "\n")
        #expect(check("--diff", ".", in: repository.path).text == "")
    }

    @Test("Definitions of libvirt's: the diff applied is --fix, and only <cpu> lines change", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func corpus() throws {
        let fixed = TestRepository()
        var count = 0
        for file in Corpus.domains.prefix(400) {
            fixed.directory.write(Array("vms/\(count).xml".utf8), file.bytes)
            count += 1
        }
        #expect(count == 400)
        fixed.commit()
        fixed.git("clone", "-q", ".", "applied")
        let text = check("--diff", "--default", "maximum", "vms", in: fixed.path)
        fixed.directory.write("applied/the.diff", text.text)
        var apply = Program(["apply", "the.diff"], in: "\(fixed.path)/applied")
        apply.executable = "/usr/bin/git"
        #expect(apply.run().status == 0)
        _ = check("--fix", "--default", "maximum", "vms", in: fixed.path)
        var differing = 0
        for index in 0..<count {
            let mine = content("\(fixed.path)/vms/\(index).xml")
            #expect(mine == content("\(fixed.path)/applied/vms/\(index).xml"), "\(index)")
            if mine != fixed.git("show", "HEAD:vms/\(index).xml") { differing += 1 }
        }
        #expect(differing > 100)
        // What is fixed stays fixed.
        let again = check("--fix", "--default", "maximum", "vms", in: fixed.path)
        #expect(!again.text.contains(": fixed: "))
        // Lines that go or come are the CPU's own.
        let lines = fixed.git("diff", "-U0").split(separator: "\n").filter {
            ($0.hasPrefix("-") || $0.hasPrefix("+")) && !$0.hasPrefix("---") && !$0.hasPrefix("+++")
        }
        let own = ["<cpu", "</cpu", "<model", "<vendor", "<feature", "<topology", "<cache", "<numa", "<maxphysaddr"]
        let foreign = lines.filter { line in !own.contains { line.contains($0) } }
        #expect(foreign.isEmpty, "\(foreign.prefix(5))")
        #expect(lines.count > 200)
    }

    @Test("Mode, owner, extended attributes and access lists stay")
    func attributes() {
        let directory = TemporaryDirectory()
        let path = directory.write("odd.xml", odd)
        chmod(path, 0o640)
        let labels = [["setfattr", "-n", "user.note", "-v", "mine", path], ["setfacl", "-m", "u:1:r", path]].map { words in
            var program = Program(Array(words.dropFirst()))
            program.executable = "/usr/bin/\(words[0])"
            return access(program.executable, X_OK) == 0 && program.run().status == 0
        }
        if geteuid() == 0 { chown(path, 1, 2) }
        func listing() -> String {
            ["/usr/bin/getfattr", "/usr/bin/getfacl"].enumerated().filter { labels[$0.offset] }.map { index, program in
                var listing = Program(index == 0 ? ["-d", "-m", "-", path] : ["-n", path])
                listing.executable = program
                return listing.run().text
            }.joined()
        }
        let before = listing()
        #expect(check("--fix", path, in: directory.path).status == 0)
        #expect(content(path) == mended)
        var status = stat()
        stat(path, &status)
        #expect(status.st_mode & 0o7777 == 0o640)
        if geteuid() == 0 { #expect(status.st_uid == 1 && status.st_gid == 2) }
        #expect(listing() == before)
    }

    @Test("A symbolic link stays one, and what it leads to is rewritten")
    func symbolicLink() {
        let directory = TemporaryDirectory()
        directory.write("real/odd.xml", odd)
        directory.makeDirectory("vms")
        directory.link("vms/odd.xml", to: "../real/odd.xml")
        #expect(check("--fix", "vms/odd.xml", in: directory.path).status == 0)
        var status = stat()
        lstat("\(directory.path)/vms/odd.xml", &status)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
        #expect(content("\(directory.path)/real/odd.xml") == mended)
        #expect(names(in: "\(directory.path)/real") == ["odd.xml"])
    }

    @Test("Hard links and read-only files are reported and left alone; the findings are what they were")
    func refused() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", odd)
        link("\(directory.path)/a.xml", "\(directory.path)/other")
        directory.write("b.xml", odd)
        chmod("\(directory.path)/b.xml", 0o444)
        let outcome = check("--fix", ".", in: directory.path)
        #expect(outcome.status == 2)
        #expect(outcome.complaints == "virt-cpu: error: a.xml: has 2 names (hard links): not changed\nvirt-cpu: error: b.xml: read-only: not changed\n")
        #expect(outcome.text.split(separator: "\n").filter { $0.hasSuffix("[duplicate-feature]") }.count == 2)
        #expect(!outcome.text.contains("fixed"))
        #expect(content("\(directory.path)/a.xml") == odd)
        #expect(content("\(directory.path)/b.xml") == odd)
    }

    @Test("A malformed file is left as it is, and the others are fixed")
    func malformed() {
        let directory = TemporaryDirectory()
        directory.write("a.xml", odd + "<domain>")
        directory.write("b.xml", odd)
        let outcome = check("--fix", ".", in: directory.path)
        #expect(outcome.status == 2)
        #expect(content("\(directory.path)/a.xml") == odd + "<domain>")
        #expect(content("\(directory.path)/b.xml") == mended)
    }

    @Test("What is staged is fixed in the work tree, where that is the same; the commit still has to be made anew")
    func staged() {
        let repository = TestRepository()
        repository.write("a.xml", odd)
        repository.write("b.xml", odd)
        repository.git("add", "-A")
        repository.write("b.xml", odd + "\n")
        let outcome = check("--staged", "--fix", in: repository.path)
        #expect(outcome.status == 2)
        #expect(outcome.complaints == "virt-cpu: note: domain odd is defined in a.xml, b.xml\nvirt-cpu: error: b.xml: the work tree differs from what is staged: not changed\n")
        #expect(content("\(repository.path)/a.xml") == mended)
        #expect(content("\(repository.path)/b.xml") == odd + "\n")
        #expect(repository.git("show", ":a.xml") == odd)
        repository.write("b.xml", odd)
        repository.git("add", "a.xml")
        let second = check("--staged", "--fix", in: repository.path)
        #expect(second.status == 1, "mended, and not yet in the index")
        repository.git("add", "-A")
        #expect(check("--staged", "--fix", in: repository.path).status == 0)
    }

    @Test("What a Windows guest sees is not fixed")
    func windows() {
        let directory = TemporaryDirectory()
        let text = Definitions.guest("<cpu mode='host-passthrough' migratable='off'/>", extra: "  <features><hyperv><relaxed state='on'/></hyperv></features>\n")
        directory.write("w.xml", text)
        _ = Program(["check", "--fix", "--no-config", "--default", "host-model", "w.xml"], in: directory.path).run()
        #expect(content("\(directory.path)/w.xml") == text)
    }

    @Test("What cannot be fixed is no option", arguments: [["--fix", "-"], ["--diff", "-"], ["--fix", "--diff"], ["--fix", "--rev", "HEAD"], ["--fix", "--connect", "test:///default"]])
    func usage(_ arguments: [String]) {
        let outcome = Program(["check", "--no-config"] + arguments).run()
        #expect(outcome.status == 2)
        #expect(outcome.text == "")
        #expect(!outcome.errors.isEmpty)
    }

    @Test("Ended at any time, every file is the old or the new one; only SIGKILL leaves a temporary file, which is taken for no definition", arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP])
    func killed(_ signal: Int32) {
        let directory = TemporaryDirectory(isInMemory: true)
        let count = 300
        func fill() { for index in 0..<count { directory.write("vms/\(index).xml", odd) } }
        var mixed = 0
        for round in 0..<10 {
            fill()
            let running = Program(["check", "--no-config", "--default", "keep", "--fix", "-q", "vms"], in: directory.path).start()
            // Waiting for the first files to be done makes the moment one in the middle of the work.
            let mark = "\(directory.path)/vms/\([0, 1, 10, 100, 150][round % 5]).xml"
            while content(mark) == odd, kill(running.process, 0) == 0 { sched_yield() }
            kill(running.process, signal)
            let outcome = running.wait()
            #expect(outcome.signal == signal || outcome.status == 0)
            var done = 0
            for index in 0..<count {
                let text = content("\(directory.path)/vms/\(index).xml")
                #expect(text == odd || text == mended, "round \(round), file \(index): \(text.count) \(text.prefix(300))")
                if text == mended { done += 1 }
            }
            if done > 0 && done < count { mixed += 1 }
            let left = names(in: "\(directory.path)/vms").filter { !$0.hasSuffix(".xml") }
            #expect(signal == SIGKILL ? left.allSatisfy { $0.hasPrefix(".virt-cpu.") } : left.isEmpty, "\(left)")
            left.forEach { unlink("\(directory.path)/vms/\($0)") }
        }
        #expect(mixed > 0, "some were killed in the middle")
        fill()
        #expect(check("--fix", "-q", "vms", in: directory.path).status == 0)
    }
}
