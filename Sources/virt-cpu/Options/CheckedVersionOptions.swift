import ArgumentParser
import Work

/// The options that say which version of the definitions is checked, and with what it is compared.
struct CheckedVersionOptions: ParsableArguments {
    @Flag(name: .long, help: "Check the files that are staged in git, compared with HEAD.")
    var staged = false

    @Option(name: .long, help: ArgumentHelp("Check the files of a commit instead of the work tree.", valueName: "rev"))
    var rev: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Report what guests notice compared with an earlier version: a revision, REV... (its merge base with what "
                + "is checked), or a path.",
            valueName: "rev|path"),
        completion: .file())
    var against: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Check the domains that are defined in the libvirt at this URI.", valueName: "uri"),
        completion: .list(CompletionWords.uris))
    var connect: String?

    @Option(
        name: .customLong("policy-rev"),
        help: ArgumentHelp("Take policies, and the host files that they name, from a revision.", valueName: "rev"))
    var policyRevision: String?

    func validate() throws {
        if staged && rev != nil { throw ValidationError("--staged and --rev cannot be combined") }
    }

    /// The files of this machine are checked, and compared with nothing.
    var isPresent: Bool { !staged && rev == nil && against == nil && connect == nil }
}
