import TestSupport
import Testing

/// One policy names the same hosts wherever its files are read from.
@Suite("Host patterns")
struct HostPatternTests {
    /// A guest that none of the hosts starts, so that a finding names each of them.
    private static let guest = Definitions.guest(
        "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model><vendor>AMD</vendor></cpu>")

    private static let host = """
        <capabilities>
          <host>
            <cpu>
              <arch>x86_64</arch>
              <model>Haswell-noTSX-IBRS</model>
              <vendor>Intel</vendor>
              <signature family='6' model='60' stepping='3'/>
            </cpu>
          </host>
        </capabilities>

        """

    private static let files = [
        "hosts/a1.xml", "hosts/11.xml", "hosts/rack/b2.xml", "hosts/rack/shelf/c3.xml", "hosts/.hidden.xml",
        "hosts/.old/d4.xml", "hosts/Z9.xml",
    ]

    @Test(
        "A pattern names the same hosts in the work tree, for staged files, in a revision, and in a push",
        arguments: [
            ("hosts/*.xml", ["11", "Z9", "a1"]),
            ("./hosts/*.xml", ["11", "Z9", "a1"]),
            ("hosts/**/*.xml", ["11", "Z9", "a1", "b2", "c3"]),
            ("hosts/**", ["11", "Z9", "a1", "b2", "c3"]),
            ("hosts/[[:alpha:]]*.xml", ["Z9", "a1"]),
            ("hosts/[[:lower:]][0-9].xml", ["a1"]),
            ("hosts/[!a-z]*.xml", ["11", "Z9"]),
            ("hosts/.*.xml", [".hidden"]),
            ("hosts/?hidden.xml", []),
            ("hosts/.o*/*.xml", ["d4"]),
            ("hosts/*/*.xml", ["b2"]),
            ("host[s]/r*k/**/c3.xml", ["c3"]),
            ("hosts/rack/b2.xml", ["b2"]),
            ("hosts//./*.xml", ["11", "Z9", "a1"]),
            ("hosts/./rack/b2.xml", ["b2"]),
        ])
    func sameHosts(_ pattern: String, _ expected: [String]) throws {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: keep\nhosts: ['\(pattern)']\n")
        for file in Self.files { repository.write(file, Self.host) }
        repository.commit()
        let old = repository.git("rev-parse", "HEAD").trimmed
        repository.write("vm.xml", Self.guest)
        repository.git("add", "-A")
        var answers = [
            "work tree": repository.check("--format", "json-lines", "vm.xml"),
            "staged": repository.check("--format", "json-lines", "--staged"),
        ]
        repository.commit()
        let new = repository.git("rev-parse", "HEAD").trimmed
        answers["revision"] = repository.check("--format", "json-lines", "--rev", "HEAD", "--policy-rev", "HEAD", "vm.xml")
        answers["push"] = Program(
            ["hook", "pre-receive", "--format", "json-lines"], input: .text("\(old) \(new) refs/heads/main\n"),
            in: repository.path
        ).run()
        for (place, outcome) in answers {
            if expected.isEmpty {
                #expect(outcome.status == 2, "\(place)")
                #expect(outcome.errors.contains("no file matches \(pattern)"), "\(place): \(outcome.errors)")
            } else {
                #expect(try hosts(outcome) == expected, "\(place): \(outcome.errors)")
            }
        }
    }

    @Test("A revision in which a pattern leads to a symbolic link is refused, since the work tree has a host more", arguments: [
        "hosts/*.xml", "hosts/link.xml", "hosts/linked/*.xml", "hosts/*/b2.xml",
    ])
    func links(_ pattern: String) {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "default: keep\nhosts: ['\(pattern)']\n")
        for file in Self.files { repository.write(file, Self.host) }
        repository.directory.link("hosts/link.xml", to: "a1.xml")
        repository.directory.link("hosts/linked", to: "rack")
        repository.write("vm.xml", Self.guest)
        repository.commit()
        #expect(repository.check("vm.xml").status == 0)
        let outcome = repository.check("--rev", "HEAD", "--policy-rev", "HEAD", "vm.xml")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("leads to the symbolic link"), "\(outcome.errors)")
    }

    /// The hosts that findings name: `hosts 11, a1 would not start the guest`.
    private func hosts(_ outcome: Outcome) throws -> [String] {
        var names: [String] = []
        for line in outcome.text.split(separator: "\n") {
            let finding = try JSON(line)
            guard finding["rule"] == .string("host-incompatible"), case .string(let message)? = finding["message"],
                let match = message.firstMatch(of: /^hosts? (.+?) (would|might) not/)
            else { continue }
            names += match.1.split(separator: ", ").map { String($0) }
        }
        return names.sorted()
    }
}

extension String {
    fileprivate var trimmed: String { String(split(separator: "\n").first ?? "") }
}
