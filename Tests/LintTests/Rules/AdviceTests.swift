import CPUModel
import Hosts
import TestSupport
import Testing

@testable import Lint

/// The help of findings is followed to the letter, and the guest judged again.
@Suite("Advice, applied, helps")
struct AdviceTests {
    /// A guest that can be changed as help says.
    struct Subject: Hashable, CustomStringConvertible {
        var mode = "custom"
        var model: String?
        var vendor: String?
        var check: String?
        var features: [String: String] = [:]

        var description: String {
            let check = check.map { " check='\($0)'" } ?? ""
            let parts = (model.map { "<model fallback='forbid'>\($0)</model>" } ?? "") + (vendor.map { "<vendor>\($0)</vendor>" } ?? "")
                + features.sorted { $0.key < $1.key }.map { "<feature policy='\($0.value)' name='\($0.key)'/>" }.joined()
            return mode == "custom" ? "<cpu mode='custom' match='exact'\(check)>\(parts)</cpu>" : "<cpu mode='\(mode)'\(check)>\(parts)</cpu>"
        }

        /// The guests that help leads to, one for each way that it names. Empty if it names no model and no feature.
        func following(_ help: String) -> [Subject] {
            var start = self
            if help.contains("remove check='full'") || help.contains("remove check='full' and <vendor>") { start.check = nil }
            if help.contains("<vendor>"), help.hasPrefix("remove ") { start.vendor = nil }
            var ways: [Subject] = []
            for words in help.split(separator: ", or ").flatMap({ $0.split(separator: " or disable ", omittingEmptySubsequences: true).enumerated().map {
                ($0.offset > 0 ? "disable " : "") + $0.element } })
            {
                if let name = words.firstMatch(of: /\buse ([A-Z0-9a-z][-\w]*)/) {
                    var way = start
                    way.model = String(name.1)
                    ways.append(way)
                }
                if let list = words.firstMatch(of: /\bdisable ([-\w., ]+)/) {
                    var way = start
                    for name in list.1.split(separator: ", ") { way.features[String(name)] = "disable" }
                    ways.append(way)
                }
            }
            let lines = help.matches(of: /<feature policy='(\w+)' name='([^']+)'\/>/)
            if !lines.isEmpty {
                var way = start
                for line in lines { way.features[String(line.2)] = String(line.1) }
                ways.append(way)
            }
            if ways.isEmpty, start != self { ways.append(start) }
            return ways
        }
    }

    /// KVM hosts of which libvirt's tests have domain capabilities, and processors of which they have capabilities.
    static func hosts() throws -> [Host] {
        let data = "\(Corpus.libvirt!)/tests"
        var hosts: [Host] = []
        for file in Corpus.names(in: "\(data)/domaincapsdata") where file.hasSuffix(".x86_64.xml") && file.hasPrefix("qemu_") && !file.contains("tcg")
            && ["7.0.0-q35", "8.1.0-q35", "9.1.0."].contains(where: { file.hasPrefix("qemu_\($0)") })
        {
            hosts += (try? HostFiles.read([(file, Corpus.read("\(data)/domaincapsdata/\(file)"))])) ?? []
        }
        for name in ["Xeon-Gold-6130", "EPYC-7502-32-Core", "Opteron-6282"] {
            hosts.append(try Machines.host(name))
        }
        return hosts
    }

    private static let models = CPUMap.builtIn.x86.models.map(\.name).filter { !X86Map.isVersioned($0) }

    static let subjects: [Subject] = {
        models.map { Subject(model: $0) }
            + ["Haswell", "Skylake-Server", "EPYC-Milan", "Opteron_G5"].flatMap { model in
                [
                    Subject(model: model, vendor: "AMD"), Subject(model: model, check: "full"), Subject(model: model, check: "none"),
                    Subject(model: model, features: ["avx512f": "require"]), Subject(model: model, vendor: "Intel", features: ["svm": "require"]),
                    Subject(model: model, features: ["aes": "forbid"]),
                ]
            }
            + ["host-model", "host-passthrough"].map { Subject(mode: $0) }
    }()

    /// The rules whose help names models and features.
    private static let rules = [
        "host-incompatible", "model-not-usable", "deprecated-model", "missing-mitigation", "unsafe-feature", "host-model-migration",
        "host-passthrough", "unknown-model", "versioned-model",
    ]

    private func findings(_ subject: Subject, _ hosts: [Host]) throws -> [Finding] {
        try judge(domain("\(subject)", machine: "pc-q35-9.2"), hosts: hosts).findings.filter { Self.rules.contains($0.rule) }
    }

    private func refused(_ findings: [Finding], on host: String? = nil) -> [String] {
        findings.filter { $0.rule == "host-incompatible" && (host == nil || $0.host == host) }.map(\.message)
    }

    @Test("On one host: a guest that follows the help starts there", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func oneHost() throws {
        var followed: [String: Int] = [:]
        for host in try Self.hosts() {
            for subject in Self.subjects {
                let before = try findings(subject, [host])
                for finding in before {
                    guard let help = finding.help else { continue }
                    for way in subject.following(help) {
                        followed[finding.rule, default: 0] += 1
                        let after = try findings(way, [host])
                        let words = "\(host.name): \(subject): \(finding.rule): \(help) -> \(way)"
                        // A guest that did not start before may still not start for what another finding says.
                        let wasRefused = finding.rule != "host-incompatible" && !refused(before).isEmpty
                        if !wasRefused || way.model != subject.model { #expect(refused(after).isEmpty, "\(words): \(refused(after))") }
                        #expect(!after.contains { $0.rule == finding.rule && $0.message == finding.message }, "\(words)")
                    }
                }
            }
        }
        for rule in ["host-incompatible", "model-not-usable", "deprecated-model", "missing-mitigation"] { #expect(followed[rule, default: 0] > 0, "\(rule) advised nothing: \(followed)") }
    }

    @Test("On two hosts: a model that the help names starts on both, if any of its kind does", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func twoHosts() throws {
        let hosts = try ["Xeon-Gold-6130", "Xeon-E5-2630-v3", "Core-i7-2600"].map { try Machines.host($0) }
        var followed = 0
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            for subject in Self.subjects where subject.check == nil {
                for finding in try findings(subject, [hosts[a], hosts[b]]) where finding.rule == "host-incompatible" {
                    guard let name = finding.help?.firstMatch(of: /\buse ([-\w]+)/).map({ String($0.1) }) else { continue }
                    var way = subject
                    way.model = name
                    if finding.help!.contains("remove <vendor>") { way.vendor = nil }
                    followed += 1
                    if refused(try findings(way, [hosts[a], hosts[b]])).isEmpty { continue }
                    let others = try Self.models.filter { name in
                        var way = way
                        way.model = name
                        return refused(try findings(way, [hosts[a], hosts[b]])).isEmpty
                    }
                    #expect(others.isEmpty, "\(hosts[a].name), \(hosts[b].name): \(subject): \(finding.help!), and not \(others)")
                }
            }
        }
        #expect(followed > 20)
    }

    @Test(
        "The CPU that a guest without a way to move should have starts on all hosts, by the target that the help names",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func targets() throws {
        let hosts = try ["Xeon-Gold-6130", "Xeon-E5-2630-v3", "Core-i7-2600", "EPYC-7502-32-Core"].map { try Machines.host($0) }
        var followed = 0
        for a in hosts.indices {
            for b in hosts.indices where b > a {
                let pair = [hosts[a], hosts[b]]
                for mode in ["host-model", "host-passthrough"] {
                    for finding in try findings(Subject(mode: mode), pair) {
                        guard let target = finding.help?.firstMatch(of: /\(--default ([-\w+,]+)\)/).map({ String($0.1) }) else { continue }
                        followed += 1
                        let written = try judge(domain("\(Subject(mode: mode))"), policy: "default: \(target)", purpose: .rewrite, hosts: pair)
                        #expect(written.output.contains("<model>") || written.output.contains("<model "), "\(written.output)")
                        let after = try judge(written.output, hosts: pair).findings
                        #expect(refused(after).isEmpty, "\(pair.map(\.name)): \(finding.help!)")
                        #expect(!after.contains { ["host-model-migration", "host-passthrough"].contains($0.rule) })
                    }
                }
            }
        }
        #expect(followed >= 10)
    }
}
