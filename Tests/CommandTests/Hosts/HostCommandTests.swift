import TestSupport
import Testing

/// The exit statuses and formats of the commands about hosts and guests. Their answers are tested in WorkTests, and the
/// texts in ReportsTests.
@Suite("host, compare, baseline, recommend, models, diff, show, explain")
struct HostCommandTests {
    private static let hosts = "\(Corpus.repository)/Examples/hosts"
    private static let hv01 = "\(hosts)/hv01.capabilities.xml", hv02 = "\(hosts)/hv02.capabilities.xml"

    private let directory = TemporaryDirectory()

    struct Run: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var status: Int32 = 0
        /// How the output begins.
        var output = ""
        var errors = ""
        var testDescription: String { arguments.joined(separator: " ").replacing("\(HostCommandTests.hosts)/", with: "") }
    }

    @Test("A choice that does not exist is said, and nothing is printed that a program could take for it")
    func noChoice() {
        let outcome = Program(["recommend", "--choice", "generation", Self.hv01]).run()
        #expect(outcome.status == 1 && outcome.text.isEmpty)
        #expect(outcome.errors == "virt-cpu: error: no such choice: all hosts are of one generation\n")
    }

    @Test("Each format, and each exit status", arguments: [
        Run(arguments: ["host", hv01], output: "hv01: x86_64, Intel, family 6, model 85, stepping 4\n"),
        Run(arguments: ["host", "--format", "json", hv01, hv02], output: #"[{"host":"hv01","#),
        Run(arguments: ["host", "--format", "xml", hv01], output: "<cpu>\n  <arch>x86_64</arch>\n"),
        Run(arguments: ["host", "/none.xml"], status: 2, errors: "virt-cpu: error: /none.xml: no such file\n"),
        Run(arguments: ["host", "--why-not", "Skylake-Server-noTSX-IBRS", hv01], output: "hv01: Skylake-Server-noTSX-IBRS probably starts"),
        Run(arguments: ["host", "--why-not", "EPYC", hv01], status: 1, output: "hv01: EPYC probably does not start\n"),
        Run(arguments: ["host", "--why-not", "EPYC", "--format", "json", hv01], status: 1, output: #"[{"host":"hv01","model":"EPYC","#),
        Run(arguments: ["host", "--why-not", "host", hv01], status: 2, errors: "'host' is no CPU model of libvirt: use <cpu mode='host-passthrough'/>"),
        Run(arguments: ["host", "--why-not", "Haswel", hv01], status: 2, errors: "did you mean 'Haswell'?"),
        Run(arguments: ["host", "--why-not", "EPYC", "--format", "xml", hv01], status: 2, errors: "--why-not has no XML"),
        Run(arguments: ["recommend", hv01, hv02], output: "Skylake-Server-noTSX-IBRS + "),
        Run(arguments: ["recommend", hv01, hv02, "--guests", "\(Corpus.repository)/Examples/win11.xml"], output: "Skylake-Server-noTSX-IBRS + "),
        Run(arguments: ["recommend", "--format", "json", hv01], output: #"[{"headline":"Skylake-Server"#),
        Run(arguments: ["recommend", "--choice", "portable", hv01], output: "<cpu mode='custom' match='exact'>\n"),
        Run(arguments: ["recommend", "--choice", "portable", "--output", "kubevirt", hv01], output: "cpu:\n  model: "),
        Run(arguments: ["recommend", "/none.xml"], status: 2, errors: "virt-cpu: error: /none.xml: no such file\n"),
        Run(arguments: ["recommend", hv01, "--guests", "/none.xml"], status: 2, errors: "/none.xml: No such file or directory\n"),
        Run(arguments: ["baseline", hv01, hv02], output: "<cpu mode='custom' match='exact'>\n"),
        Run(arguments: ["baseline", "--format", "text", "--migratable", hv01, hv02], output: "Skylake-Server"),
        Run(arguments: ["baseline", "--format", "json", "--expand", hv01, hv02], output: #"[{"model":"Skylake-Server"#),
        Run(arguments: ["baseline", "/none.xml"], status: 2, errors: "virt-cpu: error: /none.xml: no such file\n"),
        Run(arguments: ["models"], output: "486 "),
        Run(arguments: ["models", "--host", hv01], output: "486 "),
        Run(arguments: ["models", "--format", "json-lines"], output: #"{"model":"486","#),
        Run(arguments: ["models", "--cpu-map", "/nowhere"], status: 2, errors: "/nowhere/index.xml"),
        Run(arguments: ["compare", "--host", hv01, "\(Corpus.repository)/Examples/numa.xml"], output: "pg-primary on hv01: superset\n"),
        Run(arguments: ["compare", "--host", hv01, "--format", "json", "\(Corpus.repository)/Examples/live.xml"], status: 1, output: #"[{"file":"\#(Corpus.repository)/Examples/live.xml","name":"build07","#),
        Run(arguments: ["compare", "--host", hv01, "/none.xml"], status: 2, errors: "virt-cpu: error: /none.xml: No such file or directory\n"),
        Run(arguments: ["diff", "\(Corpus.repository)/Examples/numa.xml", "\(Corpus.repository)/Examples/numa.xml"], output: "pg-primary: no change that the guest can notice\n"),
        Run(arguments: ["diff", "--format", "json", "\(Corpus.repository)/Examples/numa.xml", "\(Corpus.repository)/Examples/live.xml"], status: 1, output: #"[{"name":"build07","#),
        Run(arguments: ["diff", "/none.xml", "\(Corpus.repository)/Examples/numa.xml"], status: 2, errors: "virt-cpu: error: /none.xml: No such file or directory\n"),
        Run(arguments: ["show", "\(Corpus.repository)/Examples/numa.xml"], output: "pg-primary:\n"),
        Run(arguments: ["explain"], output: ""),
        Run(arguments: ["explain", "host-passthrough"], output: "host-passthrough (warning): "),
        Run(arguments: ["explain", "--format", "markdown"], output: "## invalid-cpu\n"),
        Run(arguments: ["explain", "--format", "markdown", "host-passthrough"], output: "## host-passthrough\n"),
    ])
    func statuses(_ run: Run) {
        let outcome = Program(run.arguments).run()
        #expect(outcome.status == run.status)
        #expect(outcome.text.hasPrefix(run.output) && outcome.text.isEmpty == (run.status == 2))
        #expect(run.errors.isEmpty ? outcome.errors == "" : outcome.errors.hasPrefix(run.errors) || outcome.errors.contains(run.errors))
    }

    @Test("Hosts without a baseline are an answer: exit 1, and the reason on stderr")
    func noBaseline() {
        let amd = directory.write("amd.xml", "<cpu><arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor></cpu>")
        let none = virtCPU("baseline", Self.hv01, amd)
        #expect(none.status == 1)
        #expect(none.output.isEmpty)
        #expect(none.errors == "virt-cpu: error: hv01, amd have no baseline: the vendors differ (hv01 is Intel, amd is AMD)\n")
    }

    @Test("diff and show read - from stdin; show prints the source behind it")
    func standardInput() {
        let old = directory.write("old.xml", Definitions.hostModel)
        #expect(virtCPU("diff", old, "-", input: Definitions.hostModel).status == 0)
        #expect(virtCPU("diff", "-", old, input: Definitions.hostModel).status == 0)
        let shown = virtCPU("show", "--with-source", "-", input: Definitions.hostModel)
        #expect(shown.status == 0 && shown.text.hasPrefix("g:\n") && shown.text.hasSuffix(Definitions.hostModel))
        #expect(virtCPU("show", input: "<domain").status == 2)
    }
}
