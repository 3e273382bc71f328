import ArgumentParser
import Work

/// The option of commands whose arguments are hosts: they take them in the form of the other commands, too.
struct NamedHostsOption: ParsableArguments {
    @Option(
        name: .customLong("host"), parsing: .singleValue,
        help: ArgumentHelp("A host, the same as an argument. Repeatable.", valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var named: [String] = []
}
