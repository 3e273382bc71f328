import ArgumentParser
import Lint
import Reports
import Work

/// The options of all commands and hooks that judge domains.
struct SettingsOptions: ParsableArguments {
    @OptionGroup var policy: PolicyOptions

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A host that must run the guests: a file, a directory of files or a pattern (output of virsh capabilities and "
                + "domcapabilities), local, or a libvirt URI. Repeatable.",
            valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var host: [String] = []

    @Flag(name: .long, help: "Do not use this machine as the host. (filter does, if no host is named.)")
    var noLocal = false

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Option(
        name: .customLong("default"),
        help: ArgumentHelp(
            "What <cpu> should be: \(Target.keywords.joined(separator: ", ")), or a CPU model. Overrides the policy.",
            valueName: "target"),
        completion: .custom { _, _, _ in CompletionWords.targets })
    var target: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Severity of a rule, or of all rules with a tag (tag:windows=error): error, warning, note or off. "
                + "Overrides the policy. Repeatable.",
            valueName: "id=severity"),
        completion: .custom { _, _, word in CompletionWords.ruleSettings(word) })
    var rule: [String] = []

    @Flag(name: .long, help: "Nothing is installed in the guests yet, so that Windows guests are rewritten too.")
    var newGuest = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What happens to Windows guests: keep their CPU, pin it as it is today if Windows sees no change, pin-anyway, "
                + "or rewrite it. Overrides the policy.",
            valueName: "word"))
    var windows: WindowsPolicy?

    @Option(name: .long, help: ArgumentHelp("Format of findings: \(ReportFormat.allCases.map(\.words).joined(separator: ", "))."))
    var format = ReportFormat.text

    @Option(name: .long, help: "Use colour: auto, always or never.")
    var color = Settings.ColorChoice.auto

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Lowest severity that makes the exit status 1: error, warning, note or never. (Default: error.)", valueName: "severity"))
    var failOn: FailOn?

    @Option(
        name: .long,
        help: ArgumentHelp("Refuse a domain of more than SIZE bytes (suffixes K, M).", valueName: "size"))
    var maxDomainSize = ByteCount.defaultMaximum

    @Flag(name: .shortAndLong, help: "Print only the findings that count (see --fail-on).")
    var quiet = false

    func validate() throws { _ = try settings() }

    /// The options as plain values.
    /// - Throws: `ValidationError` for a wrong value.
    func settings() throws -> Settings {
        var settings = Settings()
        settings.policyFile = policy.config
        settings.ignoresPolicies = policy.noConfig
        settings.hosts = host
        settings.ignoresLocalMachine = noLocal
        settings.cpuMap = map.source
        settings.libvirt = map.libvirt
        settings.timeout = libvirt.timeout
        settings.judgesNewGuests = newGuest
        settings.windows = windows
        settings.format = format
        settings.color = color
        settings.leastCounted = (failOn ?? .error).severity
        settings.maximumDomainSize = maxDomainSize.bytes
        settings.isQuiet = quiet
        do {
            if let target { try settings.setTarget(target) }
            for entry in rule { try settings.setRule(entry) }
        } catch {
            throw ValidationError("\(error)")
        }
        return settings
    }
}
