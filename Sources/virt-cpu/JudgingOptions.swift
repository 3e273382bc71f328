import ArgumentParser
import DomainXML
import Lint

/// What `filter` and `check` have in common.
struct JudgingOptions: ParsableArguments {
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
    var format = Format.text

    @Option(name: .long, help: "Colour: auto, always or never.")
    var color = ColorChoice.auto

    @Option(name: .long, help: ArgumentHelp("Findings that count: error, warning, note or never.", valueName: "severity"))
    var failOn = FailOn.error

    @Option(
        name: .long,
        help: ArgumentHelp("Refuse a single domain of more than SIZE bytes (suffixes K, M).", valueName: "size"))
    var maxDomainSize = ByteCount.defaultMaximum

    @Flag(name: .shortAndLong, help: "Print only the findings that count (see --fail-on).")
    var quiet = false

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, jsonLines = "json-lines", sarif, github }
    enum ColorChoice: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

    enum FailOn: String, ExpressibleByArgument, CaseIterable {
        case error, warning, note, never

        /// The least severity that counts; `nil` for none.
        var severity: Severity? { Severity(rawValue: rawValue) }
    }

    func validate() throws {
        if noConfig && config != nil { throw ValidationError("--config and --no-config exclude each other") }
        _ = try overrides()
    }

    /// The command line's word over the policy.
    func overrides() throws -> Overrides {
        var overrides = Overrides()
        overrides.isNewGuest = newGuest
        if quiet { overrides.wanted = failOn.severity.map { .atLeast($0) } ?? .none }
        if let target {
            do {
                overrides.target = try Target(target)
            } catch {
                throw ValidationError("--default: \(error)")
            }
        }
        for entry in rule {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let setting = RuleSetting(parts[1]) else {
                throw ValidationError("--rule \(entry): ID=SEVERITY is wanted, with error, warning, note or off")
            }
            guard Rule.named(parts[0]) != nil else {
                throw ValidationError("--rule \(entry): \(Rule.unknown(parts[0]))")
            }
            overrides.rules[parts[0]] = setting
        }
        return overrides
    }
}

/// A size in bytes: `1048576`, `1024K`, `1M`.
struct ByteCount: ExpressibleByArgument {
    static let defaultMaximum = ByteCount(bytes: DomainReader.defaultMaximumDomainSize)

    var bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let factors: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "k": 1 << 10, "m": 1 << 20]
        let factor = argument.last.flatMap { factors[$0] }
        guard let number = Int(factor == nil ? argument : String(argument.dropLast())), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor ?? 1)
        // Places inside a domain are kept in 32 bits.
        guard !overflow, bytes <= 1 << 30 else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes >> 20)M" }
}
