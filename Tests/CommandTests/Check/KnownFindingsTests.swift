import Glibc
import TestSupport
import Testing

@Suite("A baseline of known findings")
struct KnownFindingsTests {
    private let directory = TemporaryDirectory()
    private let baseline = ".virt-cpu-baseline"

    private func check(_ arguments: String..., in place: String = "") -> Outcome {
        Program(["check", "--fail-on", "note"] + arguments, in: directory.path + place).run()
    }

    private func guest(_ cpu: String, uuid: String = "fec1cde3-260b-41a9-b7af-31a9fcbbec32") -> String {
        Definitions.guest(cpu, extra: "<uuid>\(uuid)</uuid>\n")
    }

    private let noneCheck = "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Nehalem</model></cpu>"

    @Test("Recorded findings are counted and nothing else; others are reported, and a guest whose CPU was changed is judged anew")
    func onlyNews() {
        directory.write("vms/a.xml", guest(noneCheck))
        directory.write("vms/b.xml", Definitions.passthrough)
        #expect(check().status == 1)
        let recorded = check("--write-baseline")
        #expect(recorded.status == 0 && recorded.text == "")
        #expect(recorded.errors.hasSuffix("recorded 2 findings of 2 guests in \(baseline): later checks report only new findings\n"))
        let again = check()
        #expect(again.status == 0 && again.text == "")
        #expect(again.errors == "nothing new found, 2 known (2 domains, 2 files)\npolicy: none\n")
        #expect(check("vms", in: "/").status == 0)
        #expect(check(".", in: "/vms").status == 0)
        #expect(check("--no-baseline").status == 1)

        directory.write("vms/c.xml", Definitions.guest("<cpu mode='host-passthrough'/>", name: "c"))
        let third = check()
        #expect(third.status == 1)
        #expect(third.text.contains("vms/c.xml:4:3: warning: host-passthrough") && !third.text.contains("b.xml"))
        #expect(third.errors.hasPrefix("1 warning, 2 known (3 domains, 3 files)"))

        directory.write("vms/a.xml", guest(noneCheck.replacing("Nehalem", with: "Penryn")))
        #expect(check("vms/a.xml").text.contains("check='none'"))
        // Another layout is the same CPU.
        directory.write("vms/a.xml", guest(noneCheck.replacing("><", with: ">\n  <")))
        #expect(check("vms/a.xml").text == "")
    }

    @Test("A guest with a UUID stays known when its file is renamed; one without a UUID does not")
    func renamed() {
        directory.write("a.xml", guest(noneCheck))
        directory.write("b.xml", Definitions.passthrough)
        _ = check("--write-baseline")
        directory.write("new/a2.xml", directory.text("a.xml"))
        directory.write("new/b2.xml", directory.text("b.xml"))
        let outcome = check("new")
        #expect(outcome.text.contains("new/b2.xml:4:3") && !outcome.text.contains("a2.xml"))
    }

    @Test("Entries that match nothing any more are said, and recording again removes those of the files that were checked")
    func stale() {
        directory.write("a.xml", guest(noneCheck))
        directory.write("b.xml", Definitions.passthrough)
        _ = check("--write-baseline")
        directory.write("b.xml", Definitions.hostModel)
        #expect(check("a.xml").errors == "nothing new found, 1 known (1 domain, 1 file)\npolicy: none\n", "b.xml was not looked at")
        let outcome = check()
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("\(baseline): 1 entry is stale: no finding matches it (b.xml: host-passthrough); check --write-baseline removes them"))
        #expect(check("--write-baseline", "b.xml").status == 0)
        #expect(check().errors == "nothing new found, 1 known (2 domains, 2 files)\npolicy: none\n")
    }

    @Test("Recording again says what is new, and a renamed file is not called gone if only other files are checked")
    func again() {
        directory.write("a.xml", guest(noneCheck))
        directory.write("b.xml", Definitions.hostModel)
        _ = check("--write-baseline")
        directory.write("new.xml", Definitions.passthrough)
        #expect(check("--write-baseline").errors.hasSuffix("recorded 2 findings of 2 guests (1 new: new.xml host-passthrough, 0 removed) in \(baseline): later checks report only new findings\n"))
        directory.write("moved/a.xml", directory.text("a.xml"))
        _ = unlink("\(directory.path)/a.xml")
        #expect(!check("b.xml").errors.contains("no finding matches"))
        #expect(!check().errors.contains("no finding matches"))
        _ = unlink("\(directory.path)/moved/a.xml")
        #expect(!check("b.xml").errors.contains("no finding matches"))
        #expect(check().errors.contains("1 entry is stale: no finding matches it (a.xml: check-none)"))
    }

    @Test("What is otherwise than it was recorded is reported: the number, the hosts, and what the finding says")
    func otherwise() {
        let os = { (release: String) in
            guest("<cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Penryn</model></cpu>").replacing(
                "<uuid>", with: "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'><libosinfo:os id='http://redhat.com/rhel/\(release)'/></libosinfo:libosinfo></metadata><uuid>")
        }
        directory.write("a.xml", os("9.1"))
        _ = check("--write-baseline", "--quiet")
        let text = directory.text(baseline)
        #expect(check().status == 0 && text.contains("\tguest-isa-level\t1\n"))
        directory.write(baseline, text.replacing("level\t1", with: "level\t2"))
        #expect(check().status == 0, "fewer than recorded are known")
        directory.write(baseline, text.replacing("guest-isa-level", with: "guest-isa-level(hv01)"))
        #expect(check().status == 1, "other hosts are another kind")
        directory.write(baseline, text.replacing("\n", with: "\r\n"))
        #expect(check().status == 0, "git can write other line endings")
        directory.write("a.xml", os("10.0"))
        #expect(check().text.contains("needs x86-64-v3"))
    }

    @Test("Whoever names a policy, or wants none, has to name the baseline too")
    func trust() {
        directory.write("a.xml", Definitions.passthrough)
        _ = check("--write-baseline")
        directory.write("policy.yaml", "{}\n")
        #expect(check().status == 0)
        for options in [["--no-config"], ["--config", "policy.yaml"]] {
            #expect(Program(["check", "--fail-on", "note"] + options, in: directory.path).run().status == 1)
            #expect(Program(["check", "--fail-on", "note", "--baseline", baseline] + options, in: directory.path).run().status == 0)
        }
    }

    @Test("Entries of rules that are switched off, and of hosts that are not named, are not stale")
    func notJudged() {
        directory.write("a.xml", Definitions.passthrough)
        _ = check("--write-baseline")
        #expect(!check("--rule", "host-passthrough=off").errors.contains("stale"))
        directory.write(baseline, directory.text(baseline) + "a.xml\tg\t1\thost-incompatible(hv01)\t1\n")
        #expect(!check().errors.contains("stale"))
    }

    @Test("A baseline that cannot be read is an error with its line, and nothing is overwritten")
    func malformed() {
        directory.write("a.xml", Definitions.passthrough)
        directory.write(baseline, "# a comment\n\na.xml\tg\n")
        for arguments in [["."], ["--write-baseline", "."]] {
            let outcome = Program(["check"] + arguments, in: directory.path).run()
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("\(baseline):3:1: error: expected file, guest, hash, kind and number with tabs between them"))
        }
        #expect(directory.text(baseline) == "# a comment\n\na.xml\tg\n")
        directory.write("vms/a.xml", Definitions.passthrough)
        directory.link("vms/\(baseline)", to: "/etc/hostname")
        #expect(check("vms").errors.contains("a baseline must be a file, not a symbolic link"))
        #expect(check("--baseline", "none", "a.xml").errors.contains("none: No such file or directory"))
    }

    @Test("Names with tabs, line feeds and backslashes come back as they were")
    func oddNames() {
        directory.write("tab\there\\n.xml", Definitions.guest("<cpu mode='host-passthrough'/>", name: "g\\t&#9;x"))
        #expect(check("--write-baseline").status == 0)
        #expect(check().status == 0)
        #expect(directory.text(baseline).contains("tab\\there\\\\n.xml\tg\\\\t\\tx\t"))
    }

    @Test("In git, the baseline lies at the top; the pre-commit hook uses it, pre-receive does not, and a revision's is used with --policy-rev")
    func git() {
        let repository = TestRepository()
        repository.write("vms/a.xml", guest(noneCheck))
        repository.commit()
        let recorded = Program(["check", "--write-baseline"], in: repository.path + "/vms").run()
        #expect(recorded.status == 0)
        repository.commit()
        repository.write("vms/a.xml", guest(noneCheck).replacing("q35-7.2", with: "q35-8.0"))
        repository.git("add", "-A")
        #expect(repository.check("--staged", "--fail-on", "note").status == 0)
        #expect(repository.check("--staged", "--fail-on", "note", "--no-baseline").status == 1)
        let hook = { Program(["hook", "pre-commit", "--fail-on", "note"], in: repository.path).run() }
        #expect(hook().status == 0)
        rename("\(repository.path)/\(baseline)", "\(repository.path)/other")
        #expect(hook().status == 1)
        rename("\(repository.path)/other", "\(repository.path)/\(baseline)")
        repository.git("commit", "-q", "-m", "another machine")
        let ids = ["HEAD~1", "HEAD"].map { repository.git("rev-parse", $0).filter { !$0.isWhitespace } }
        let push = "\(ids[0]) \(ids[1]) refs/heads/main\n"
        #expect(Program(["hook", "pre-receive", "--fail-on", "note"], input: .text(push), in: repository.path).run().status == 1)
        repository.git("reset", "-q", "--soft", "HEAD~1")
        // What is staged does not decide what is known.
        repository.git("rm", "-q", "--cached", baseline)
        #expect(repository.check("--staged", "--policy-rev", "HEAD", "--fail-on", "note").status == 0)
        #expect(repository.check("--staged", "--policy-rev", "HEAD~1", "--fail-on", "note").status == 1)
    }

    @Test("Recorded from another directory, outside git, the baseline lies where a check looks for it, from wherever it runs")
    func elsewhere() {
        directory.write("srv/vms/a.xml", Definitions.passthrough)
        directory.write("srv/vms/sub/b.xml", Definitions.passthrough)
        directory.write("srv/more/c.xml", Definitions.passthrough)
        directory.makeDirectory("home")
        let recorded = check("--write-baseline", "../srv/vms", in: "/home")
        #expect(recorded.errors.contains("recorded 2 findings of 2 guests in \(directory.path)/srv/vms/\(baseline): later"), "\(recorded.errors)")
        for (path, place) in [("../srv/vms", "/home"), (".", "/srv/vms"), ("sub", "/srv/vms"), ("srv", "")] {
            #expect(check(path, in: place).errors.contains(" 2 known") == (path != "sub"), "\(path) in \(place)")
        }
        #expect(check("sub", in: "/srv/vms").errors.hasPrefix("nothing new found, 1 known"))
        // A second record uses the one that is there.
        directory.write("srv/vms/sub/d.xml", Definitions.guest("<cpu mode='host-passthrough'/>", name: "d"))
        #expect(check("--write-baseline", "../srv/vms/sub", in: "/home").errors.contains("/srv/vms/\(baseline)"))
        // Several directories are recorded in the one that they have in common.
        let both = check("--write-baseline", "../srv/vms/sub", "../srv/more", in: "/home")
        #expect(both.errors.contains("in \(directory.path)/srv/\(baseline)"), "\(both.errors)")
        #expect(check(".", in: "/srv/more").status == 0)
    }

    @Test("What no search comes to is not written: the home directory ends it")
    func unreachable() {
        directory.write("home/vms/a.xml", Definitions.passthrough)
        directory.write("other/b.xml", Definitions.passthrough)
        var program = Program(["check", "--write-baseline", "home/vms", "other"], in: directory.path)
        program.environment = ["HOME=\(directory.path)/home"]
        let refused = program.run()
        #expect(refused.status == 2 && refused.errors.contains("no directory is searched for a baseline of all these definitions: record them separately"))
        program.arguments = ["check", "--write-baseline", "home/vms"].map { Array($0.utf8) }
        let recorded = program.run()
        #expect(recorded.errors.contains("in home/vms/\(baseline)"), "\(recorded.errors)")
        program.arguments = ["check", "--fail-on", "note", "home/vms"].map { Array($0.utf8) }
        #expect(program.run().status == 0)
    }
}
