import Glibc
import Lint
import SystemPackage
import TestSupport
import Testing

@testable import Work

/// Installing the hook is tested with the executable, since git works in the current directory.
@Suite("The policy to start from")
struct StarterPolicyTests {
    @Test("It is a policy with the documented defaults, and mentions every key")
    func text() throws {
        let policy = try Policy.parse(Array(StarterPolicy.text.utf8), file: "p", origin: .discovered, knownRules: Rule.ids)
        #expect(policy.default == .keep && policy.hosts.isEmpty && policy.guests.isEmpty)
        for key in ["hosts", "clusters", "default", "windows", "migration", "libvirt", "rules", "guests", "extends", "profile", "exclude", "include"] {
            #expect(StarterPolicy.text.contains("\n\(key):") || StarterPolicy.text.contains("\n#\(key):"), "\(key)")
        }
    }

    @Test("The keys that are commented out can be used as they stand")
    func commentedKeys() throws {
        let text = StarterPolicy.text.split(separator: "\n").map { line in
            line.contains(#/^#\w+: /#) && !line.hasPrefix("#extends") ? String(line.dropFirst()) : String(line)
        }.joined(separator: "\n")
        let policy = try Policy.parse(Array(text.utf8), file: "p", origin: .discovered, knownRules: Rule.ids)
        #expect(policy.hosts.map(\.spec) == ["hosts/*.xml"])
    }

    @Test("With a profile, the policy states it, and nothing that overrides it", arguments: Profile.allCases)
    func profiles(_ profile: Profile) throws {
        let started = try Policy.parse(
            Array(StarterPolicy.text(profile).utf8), file: "p", origin: .discovered, knownRules: Rule.ids)
        let alone = try Policy.parse(
            Array("profile: \(profile.rawValue)\n".utf8), file: "p", origin: .discovered, knownRules: Rule.ids)
        #expect(started == alone)
        #expect(started.profile == profile)
    }

    @Test("The file is written, readable by all, and used from then on")
    func written() {
        let directory = TemporaryDirectory()
        let file = FilePath("\(directory.path)/.virt-cpu.yaml")
        let outcome = outcome { try StarterPolicy.write(to: file, installsHook: false, $0) }.without(directory)
        #expect(outcome.status == 0)
        #expect(outcome.text == "")
        #expect(outcome.errors == "wrote .virt-cpu.yaml\nto try it, run: virt-cpu check\n")
        #expect(directory.text(".virt-cpu.yaml") == StarterPolicy.text)
        var status = stat()
        #expect(stat(file.string, &status) == 0 && status.st_mode & 0o111 == 0 && status.st_mode & 0o400 != 0)
        directory.write("a.xml", Definitions.passthrough)
        let checked = check(["a.xml"], .discovering { $0.leastCounted = .warning }, in: directory)
        #expect(checked.status == 1 && checked.text.contains("[host-passthrough]"))
    }

    @Test("An existing file stays as it is, and a directory that does not exist is reported")
    func refused() {
        let directory = TemporaryDirectory()
        let file = directory.write("p.yaml", "mine")
        let existing = outcome { try StarterPolicy.write(to: FilePath(file), installsHook: false, $0) }
        #expect(existing.status == 2)
        #expect(existing.errors == "virt-cpu: error: \(file): File exists\n")
        #expect(directory.text("p.yaml") == "mine")
        let nowhere = outcome { try StarterPolicy.write(to: "/none/p.yaml", installsHook: false, $0) }
        #expect(nowhere.errors == "virt-cpu: error: /none/p.yaml: No such file or directory\n")
    }
}
