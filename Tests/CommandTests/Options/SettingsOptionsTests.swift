import Lint
import Reports
import Testing
import Work

@testable import virt_cpu

@Suite("Options as settings")
struct SettingsOptionsTests {
    struct Line: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        /// What the arguments change.
        var change: @Sendable (inout Settings) throws -> Void
        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test("Each option sets its setting and nothing else", arguments: [
        Line(arguments: []) { _ in },
        Line(arguments: ["--config", "p.yaml"]) { $0.policyFile = "p.yaml" },
        Line(arguments: ["--no-config"]) { $0.ignoresPolicies = true },
        Line(arguments: ["--host", "a.xml", "--host", "local"]) { $0.hosts = ["a.xml", "local"] },
        Line(arguments: ["--no-local"]) { $0.ignoresLocalMachine = true },
        Line(arguments: ["--cpu-map", "system"]) { $0.cpuMap = .system },
        Line(arguments: ["--cpu-map", "/map"]) { $0.cpuMap = .directory("/map") },
        Line(arguments: ["--timeout", "7"]) { $0.timeout = 7 },
        Line(arguments: ["--default", "host-model"]) { try $0.setTarget("host-model") },
        Line(arguments: ["--rule", "check-none=off", "--rule", "tag:windows=note"]) {
            try $0.setRule("check-none=off")
            try $0.setRule("tag:windows=note")
        },
        Line(arguments: ["--new-guest"]) { $0.judgesNewGuests = true },
        Line(arguments: ["--format", "sarif"]) { $0.format = .sarif },
        Line(arguments: ["--color", "never"]) { $0.color = .never },
        Line(arguments: ["--color=always"]) { $0.color = .always },
        Line(arguments: ["--fail-on", "note"]) { $0.leastCounted = .note },
        Line(arguments: ["--fail-on", "never"]) { $0.leastCounted = nil },
        Line(arguments: ["--max-domain-size", "100K"]) { $0.maximumDomainSize = 102_400 },
        Line(arguments: ["--max-domain-size", "100k"]) { $0.maximumDomainSize = 102_400 },
        Line(arguments: ["--max-domain-size", "102400"]) { $0.maximumDomainSize = 102_400 },
        Line(arguments: ["--max-domain-size", "1M"]) { $0.maximumDomainSize = 1 << 20 },
        Line(arguments: ["--quiet"]) { $0.isQuiet = true },
        Line(arguments: ["-q"]) { $0.isQuiet = true },
    ])
    func options(_ line: Line) throws {
        var expected = Settings()
        try line.change(&expected)
        #expect(try SettingsOptions.parse(line.arguments).settings() == expected)
        if !line.arguments.isEmpty { #expect(expected != Settings()) }
    }
}
