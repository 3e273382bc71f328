import ArgumentParser
import Work

/// The option about what stdin holds.
struct StandardInputOptions: ParsableArguments {
    @Option(
        name: .customLong("stdin-filename"),
        help: ArgumentHelp(
            "Take stdin for the content of FILE: findings name it, and its policy applies. For editors.", valueName: "file"),
        completion: .file())
    var filename: String?

    func apply(to settings: inout Settings) { settings.inputFile = filename }
}
