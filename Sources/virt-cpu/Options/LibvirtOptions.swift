import ArgumentParser
import Work

/// The option about libvirt URIs.
struct LibvirtOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Time limit for each answer of a libvirt URI.", valueName: "seconds"))
    var timeout = Settings.defaultTimeout

    func validate() throws {
        // More than a day is a mistake.
        guard (1...86_400).contains(timeout) else {
            throw ValidationError("--timeout \(timeout): must be from 1 to 86400 seconds")
        }
    }
}
