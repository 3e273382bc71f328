import ArgumentParser

/// The options about other hosts than there are.
struct HostChangeOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue, help: ArgumentHelp("what-if: hosts that leave, by name or pattern. Repeatable.", valueName: "pattern"))
    var without: [String] = []

    @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("what-if: hosts that join, as for --host. Repeatable.", valueName: "spec"))
    var with: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("what-if: hosts lose or get features: 'hv1*:-hle,-rtm'. Repeatable.", valueName: "pattern:changes"))
    var change: [String] = []

    var isEmpty: Bool { without.isEmpty && with.isEmpty && change.isEmpty }
}
