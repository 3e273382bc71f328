import TestSupport
import Testing
import Work

@testable import virt_cpu

/// Common command lines of filter and check are read without ArgumentParser.
@Suite("A plain line")
struct PlainLineTests {
    private func plain(_ arguments: [String]) -> Settings? { PlainLine(["virt-cpu", "filter"] + arguments)?.settings }

    private func parsed(_ arguments: [String]) -> Settings? {
        try? (FilterCommand.parseAsRoot(arguments) as? FilterCommand)?.options.settings()
    }

    @Test("Common lines are read, and mean what they mean to ArgumentParser", arguments: [
        [], ["--no-config"], ["--default", "host-model"], ["--no-config", "--default", "maximum", "--quiet"],
        ["--no-config", "--rule", "host-passthrough=error", "--rule", "cpu-not-default=off", "--default", "keep"],
        ["--no-config", "--default", "keep", "--format", "json"], ["--no-config", "--fail-on", "note", "--default", "keep"],
        ["--no-config", "--host", "/nonexistent"], ["--config", "/nonexistent"], ["--no-local", "-q", "--new-guest"],
    ])
    func common(_ arguments: [String]) throws {
        let plain = try #require(self.plain(arguments))
        #expect(try plain == FilterCommand.parse(arguments).options.settings())
    }

    @Test("Wrong lines and rare options are left to ArgumentParser", arguments: [
        ["--default", "no such"], ["--format", "yaml"], ["--rule", "x"], ["--no-config", "--config", "x"], ["--default"],
        ["--default", "--quiet"], ["--color", "never"], ["--default=keep"], ["--help"], ["-h"], ["--version"], ["file.xml"], [""],
        ["--config", "a", "--config", "b"], ["--", "x"], ["-qq"], ["--fail-on", "erorr"],
    ])
    func others(_ arguments: [String]) {
        #expect(plain(arguments) == nil)
    }

    @Test("Other commands are left to ArgumentParser")
    func commands() {
        for arguments in [["virt-cpu"], [], ["virt-cpu", "diff"], ["virt-cpu", "--default", "filter"], ["virt-cpu", "help", "check"]] {
            #expect(PlainLine(arguments) == nil)
        }
    }

    // MARK: Generated lines

    /// Options and words, right and wrong ones.
    private static let flags = ["--no-config", "--no-local", "--new-guest", "--quiet", "-q"]
    private static let values = [
        "--config": ["p.yaml", "a b", "/x", "-", ""], "--default": ["keep", "host-model", "Haswell", "host-modle", "", "two words"],
        "--host": ["h.xml", "local", "qemu:///system", "*.xml"], "--format": ["text", "json", "json-lines", "sarif", "github", "xml"],
        "--rule": ["host-passthrough=off", "check-none=error", "tag:windows=note", "x=off", "check-none"],
        "--fail-on": ["error", "warning", "note", "never", "off"], "--color": ["always", "auto"], "--timeout": ["5", "0"],
        "--cpu-map": ["builtin"], "--max-domain-size": ["1M", "x"],
    ]

    /// A line of some options; with mistakes now and then.
    private static func line(_ random: inout SplitMix64) -> [String] {
        let names = values.keys.sorted()
        var line: [String] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: line.append(["", "--", "file.xml", "vms/", "--staged", "--frobnicate", "--help", "-x", "--default=keep"].randomElement(using: &random)!)
            case 1..<8: line.append(flags.randomElement(using: &random)!)
            default:
                let name = names.randomElement(using: &random)!
                line.append(name)
                if Int.random(in: 0..<20, using: &random) > 0 { line.append(values[name]!.randomElement(using: &random)!) }
            }
        }
        return line
    }

    @Test("check: common lines are read, others are left to ArgumentParser", arguments: [
        [], ["a.xml"], ["a.xml", "vms/", "b c.xml"], ["--staged"], ["--no-config", "a.xml", "--quiet"], ["--host", "h.xml", "a.xml"],
        ["--staged", "vms", "--format", "json"],
    ], [["-"], ["a.xml", "--fix"], ["-j2"], ["--rev", "HEAD"], ["--", "a.xml"], ["a.xml", "--stdin-filename", "x"], ["a.xml", "a.xml"], [""]])
    func check(_ plain: [String], _ rare: [String]) throws {
        let line = try #require(PlainLine(["virt-cpu", "check"] + plain))
        let command = try CheckCommand.parse(plain)
        #expect(line.request == command.request)
        #expect(try line.settings == command.settings())
        #expect(PlainLine(["virt-cpu", "check"] + rare) == nil)
        #expect(PlainLine(["virt-cpu", "filter", "--staged"]) == nil)
    }

    @Test("Any line that is read means what it means to ArgumentParser", arguments: [UInt64](0..<4))
    func generated(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var read = 0, checks = 0
        for _ in 0..<150 {
            let line = Self.line(&random)
            if let plain = PlainLine(["virt-cpu", "check"] + line) {
                checks += 1
                let command = try? CheckCommand.parseAsRoot(line) as? CheckCommand
                #expect(command?.request == plain.request, "check \(line)")
                #expect(try command?.settings() == plain.settings, "check \(line)")
            }
            guard let plain = self.plain(line) else { continue }
            read += 1
            let parsed = parsed(line)
            #expect(parsed == plain, "\(line)")
        }
        #expect(read > 20 && checks > 20)
    }
}
