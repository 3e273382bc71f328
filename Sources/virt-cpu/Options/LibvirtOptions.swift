import ArgumentParser
import Work

/// The option about libvirt URIs.
struct LibvirtOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("How long a libvirt URI may take for each answer.", valueName: "seconds"))
    var timeout = Settings.defaultTimeout

    func validate() throws {
        // More than a day is a mistake.
        guard (1...86_400).contains(timeout) else { throw ValidationError("--timeout \(timeout): 1 to 86400 seconds are wanted") }
    }
}
