import ArgumentParser
import SystemPackage
import Work

/// `virt-cpu fleet`: questions about a fleet of guests and hosts.
struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Answer questions about many guests and hosts: where can they run, what blocks emptying a host?",
        discussion: """
            The guests come from virt-cpu facts, and the hosts from virt-cpu kinds:

                virt-cpu kinds hosts/ > kinds.ndjson
                virt-cpu facts --records ndjson < guests.ndjson > facts.ndjson
                virt-cpu fleet matrix --host kinds.ndjson facts.ndjson

            matrix: which guests start on which hosts. drain: which guests block emptying a host. sets: hosts that can take \
            each other's guests. baseline: one CPU for each cluster, and what it costs. what-if: hosts leave, join or change. \
            windows: which Windows guests see another CPU elsewhere. report: all of it, as one HTML page for a browser:

                virt-cpu fleet report --host kinds.ndjson facts.ndjson --output fleet.html

            The page needs no network. On a terminal, report prints the matrix.

            The answers are about CPUs alone. Guests with a device of their host are counted beside them.
            """)

    @Argument(help: ArgumentHelp("matrix, drain, sets, baseline, what-if, windows or report.", valueName: "question"))
    var topic: FleetTopic

    @Argument(help: ArgumentHelp("Files that virt-cpu facts wrote; - is standard input.", valueName: "facts"), completion: .file())
    var facts: [String] = ["-"]

    @OptionGroup var hosts: FleetOptions

    @Option(name: .customLong("of"), parsing: .singleValue, help: ArgumentHelp("drain: a host to empty. Repeatable. (Default: all.)", valueName: "host"))
    var drained: [String] = []

    @Option(name: .long, help: ArgumentHelp("drain, windows: guests go to hosts of the same cluster, or of the whole fleet. (Default: cluster.)", valueName: "scope"))
    var within: FleetQuestion.Fleet.Scope?

    @OptionGroup var changes: HostChangeOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Output format: text, \(AnswerFormat.forPrograms), or html for report. (Default: text; html for a report that goes to a file or a pipe.)"))
    var format: FleetOutput.Format?

    @Option(name: .long, help: ArgumentHelp("Write the answer into FILE instead of stdout.", valueName: "file"), completion: .file())
    var output: String?

    func validate() throws {
        if topic == .whatIf, changes.isEmpty { throw ValidationError("what-if needs --without, --with or --change") }
        if topic != .whatIf, !changes.isEmpty { throw ValidationError("--without, --with and --change are for what-if") }
        if within != nil, topic != .drain && topic != .windows && topic != .report { throw ValidationError("--within is for drain, windows and report") }
        if topic != .drain, !drained.isEmpty { throw ValidationError("--of is for drain") }
        if topic != .report, format == .html { throw ValidationError("--format html is for report") }
    }

    func run() throws {
        try FleetOutput(topic, format, file: output.map { FilePath($0) }).print {
            let question = try hosts.question()
            let fleet = try question.fleet(hosts.host, facts: facts)
            let whatIf = topic == .whatIf
                ? try question.whatIf(fleet, leaving: changes.without, joining: changes.with, changes: changes.change) : nil
            return FleetAnswer(topic, about: fleet, within: within ?? .cluster, of: try fleet.hosts(named: drained), whatIf)
        }
    }
}

extension FleetTopic: ExpressibleByArgument {}
extension FleetOutput.Format: ExpressibleByArgument {}
extension FleetQuestion.Fleet.Scope: ExpressibleByArgument {}
