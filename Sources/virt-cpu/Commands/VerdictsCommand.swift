import ArgumentParser
import Work

/// `virt-cpu verdicts`: what becomes of each ask on each kind of hosts.
struct VerdictsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verdicts",
        abstract: "Print which kinds of hosts start which guests, one JSON object per ask and answer.",
        discussion: """
            The guests come from virt-cpu facts, and the hosts from virt-cpu kinds. Each line states an ask, an answer \
            (starts, refuses or unknown), the kinds of hosts that give it, and the reasons.

            With --live, the question is whether a guest can move while it runs; for a guest that follows its host, "from" \
            is the kind of the host on which it was started.
            """)

    @OptionGroup var hosts: FleetOptions

    @Flag(name: .long, help: "Ask whether guests can move while they run, not whether they start.")
    var live = false

    @Flag(name: .long, help: "Say the smallest change with which a guest that is refused would start.")
    var remedies = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Judge hosts as if they lost or had features: 'hv1*:-hle,-rtm'. Repeatable.", valueName: "pattern:changes"))
    var change: [String] = []

    @Argument(help: ArgumentHelp("Files that virt-cpu facts wrote; - is standard input.", valueName: "facts"), completion: .file())
    var facts: [String] = ["-"]

    func run() throws {
        let question = try hosts.question()
        try question.printVerdicts(try question.fleet(hosts.host, facts: facts, changes: change), isLive: live, findsRemedies: remedies)
    }
}
