import ArgumentParser
import Lint
import Reports
import Work

/// The options that commands and hooks share which judge domains.
struct SettingsOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Read the policy from FILE.", valueName: "file"))
    var config: String?

    @Flag(name: .long, help: "Look for no policy file.")
    var noConfig = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host that must run the guests: a file or pattern (output of virsh capabilities and domcapabilities), local, or a libvirt URI. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @Flag(name: .long, help: "Never take this machine for the host, as filter does where none is named.")
    var noLocal = false

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Option(
        name: .customLong("default"),
        help: ArgumentHelp(
            "What <cpu> should be: \(Target.keywords.joined(separator: ", ")) or a CPU model. Beats the policy.",
            valueName: "target"))
    var target: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("How bad a finding is: error, warning, note or off. Beats the policy. Repeatable.", valueName: "id=severity"))
    var rule: [String] = []

    @Flag(name: .long, help: "Nothing is installed in the guests yet: Windows guests are rewritten too.")
    var newGuest = false

    @Option(name: .long, help: "How findings are printed: text, json, json-lines, sarif or github.")
    var format = ReportFormat.text

    @Option(name: .long, help: "Colour: auto, always or never.")
    var color = Settings.ColorChoice.auto

    @Option(name: .long, help: ArgumentHelp("Findings that count: error, warning, note or never.", valueName: "severity"))
    var failOn = FailOn.error

    @Option(
        name: .long,
        help: ArgumentHelp("Refuse a single domain of more than SIZE bytes (suffixes K, M).", valueName: "size"))
    var maxDomainSize = ByteCount.defaultMaximum

    @Flag(name: .shortAndLong, help: "Print only the findings that count (see --fail-on).")
    var quiet = false

    func validate() throws { _ = try settings() }

    /// The options as plain values.
    /// - Throws: `ValidationError` for a wrong value.
    func settings() throws -> Settings {
        if noConfig && config != nil { throw ValidationError("--config and --no-config exclude each other") }
        var settings = Settings()
        settings.policyFile = config
        settings.ignoresPolicies = noConfig
        settings.hosts = host
        settings.ignoresLocalMachine = noLocal
        settings.cpuMap = map.source
        settings.timeout = libvirt.timeout
        settings.judgesNewGuests = newGuest
        settings.format = format
        settings.color = color
        settings.leastCounted = failOn.severity
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
