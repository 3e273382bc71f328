import TestSupport
import Testing

@Suite("One policy, always the same one")
struct SamePolicyTests {
    private let directory = TemporaryDirectory()

    init() {
        directory.write("hosts/hv01.xml", String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self))
        directory.write(".virt-cpu.yaml", "hosts: [hosts/*.xml]\ndefault: host-model-only\n")
        directory.write("vms/lab/a.xml", Definitions.hostModel)
        directory.write("vms/lab/b.xml", Definitions.passthrough)
    }

    private func run(_ arguments: String..., input: String = "", in place: String = "/vms/lab") -> Outcome {
        Program(arguments, input: .text(input), in: directory.path + place).run()
    }

    @Test("Every command uses the hosts of the policy that it finds above the current directory or the file", arguments: ["/vms/lab", "/"])
    func commands(_ place: String) {
        let file = "\(directory.path)/vms/lab/a.xml", other = "\(directory.path)/vms/lab/b.xml"
        // Where the current directory has no policy, the file's has.
        let place = place == "/" ? "" : place
        #expect(run("check", file, in: place).text.contains("but the default is Skylake-Server-noTSX-IBRS"))
        #expect(run("check", "-", input: Definitions.hostModel, in: place).text.contains("but the default is Skylake-Server-noTSX-IBRS"))
        #expect(run("filter", input: Definitions.hostModel, in: place).text.contains("Skylake-Server-noTSX-IBRS"))
        #expect(run("compare", file, in: place).text.hasPrefix("g on hv01: superset"))
        #expect(run("show", file, in: place).text.contains("Skylake-Server"))
        #expect(run("diff", file, other, in: place).status == 1)
        #expect(run("host", in: place).text.hasPrefix("hv01: x86_64, Intel"))
        #expect(run("recommend", in: place).text.contains("hv01"))
        #expect(run("recommend", "--guests", file, in: place).text.contains("hv01"))
    }

    @Test("The file's own policy counts from anywhere, and --no-config and --host come first")
    func elsewhere() {
        let file = "\(directory.path)/vms/lab/a.xml", elsewhere = TemporaryDirectory()
        func run(_ arguments: String...) -> Outcome { Program(arguments, in: elsewhere.path).run() }
        #expect(run("compare", file).text.hasPrefix("g on hv01: superset"))
        #expect(run("show", file).text.contains("Skylake-Server"))
        #expect(run("diff", file, file).status == 0)
        #expect(run("recommend", "--guests", file).text.contains("hv01"))
        let none = run("compare", "--no-config", file)
        #expect(none.status == 2 && none.errors == "virt-cpu: error: no host is given: name one with --host, or name hosts in the policy (virt-cpu init writes one)\n", "\(none.errors)")
        #expect(run("host").status == 2)
        #expect(run("host", "--config", "\(directory.path)/.virt-cpu.yaml").text.hasPrefix("hv01"))
        let hv02 = "\(Corpus.repository)/Examples/hosts/hv02.capabilities.xml"
        #expect(run("compare", "--host", hv02, file).text.hasPrefix("g on hv02"))
    }

    @Test("A broken policy is an error of every command, but git's textconv shows the file")
    func broken() {
        directory.write("vms/.virt-cpu.yaml", "defualt: keep\n")
        for arguments in [["compare", "a.xml"], ["show", "a.xml"], ["diff", "a.xml", "b.xml"], ["host"], ["recommend"], ["filter"]] {
            let outcome = Program(arguments, input: .text(Definitions.hostModel), in: directory.path + "/vms/lab").run()
            #expect(outcome.status == 2 && outcome.errors.contains("unknown key 'defualt'"), "\(arguments)")
        }
        let shown = run("show", "--with-source", "a.xml")
        #expect(shown.status == 0 && shown.text.hasPrefix("cannot be shown: ") && shown.text.hasSuffix(Definitions.hostModel))
    }

    @Test("The end of a check names the policy, whether there are findings or not, and not with --quiet")
    func summary() {
        directory.write("vms/lab/c.xml", Definitions.guest("<cpu mode='host-model'/>", name: "c"))
        #expect(run("check", "--default", "keep", "c.xml").errors.hasSuffix("(1 domain, 1 file)\npolicy: \(directory.path)/.virt-cpu.yaml\n"))
        #expect(run("check", "--default", "keep", "--rule", "tag:hosts=off", "vms/lab/c.xml", in: "").errors == "nothing found (1 domain, 1 file)\npolicy: .virt-cpu.yaml\n")
        #expect(run("check", "--default", "keep", "vms", in: "").errors.hasSuffix("\npolicy: .virt-cpu.yaml\n"))
        directory.write("vms/lab/.virt-cpu.yaml", "default: keep\n")
        directory.write("d.xml", Definitions.guest("<cpu mode='host-model'/>", name: "d"))
        #expect(run("check", ".", in: "").errors.hasSuffix("\npolicies: .virt-cpu.yaml, vms/lab/.virt-cpu.yaml\n"))
        #expect(run("check", "--no-config", ".", in: "").errors.hasSuffix("\npolicy: none\n"))
        #expect(!run("check", "--quiet", ".", in: "").errors.contains("polic"))
    }

    @Test("init --profile writes a policy with it, and --show-policy prints what applies, for check and filter")
    func profile() {
        let directory = TemporaryDirectory()
        func run(_ arguments: String...) -> Outcome { Program(arguments, in: directory.path).run() }
        #expect(run("init", "--profile", "clutser").status == 2)
        #expect(run("init", "--profile", "cluster").status == 0)
        #expect(directory.text(".virt-cpu.yaml").contains("\nprofile: cluster\n"))
        #expect(run("init", "--profile", "cluster", "-").text == directory.text(".virt-cpu.yaml"))
        for command in ["check", "filter"] {
            let shown = run(command, "--show-policy")
            #expect(shown.status == 0)
            #expect(shown.text.hasPrefix("# The policy for the current directory: that of .virt-cpu.yaml.\n"), "\(shown.text)")
            #expect(shown.text.contains("\ndefault: host-model-only  # profile: cluster, .virt-cpu.yaml:"))
        }
        #expect(run("check", "--show-policy", "a", "b").status == 2)
    }
}
