import DomainXML
import Glibc
import Hosts
import Lint
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Every domain document of libvirt's tests, rewritten to every target.
@Suite("libvirt's definitions", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
struct CorpusTests {
    static let targets = [
        "keep", "host-model", "host-passthrough", "maximum", "hv-default", "Skylake-Server-IBRS",
        "{model: EPYC, fallback: forbid, vendor: AMD, features: {pcid: require, svm: disable, topoext: force, 'x2apic': optional, hle: forbid}}",
        "host-model-only", "baseline", "pin",
    ]

    /// What `filter` makes of a document, whatever it finds. As if nothing were installed in Windows guests yet, so
    /// that they are rewritten too.
    /// For the targets that speak of one.
    static let hosts = (try? HostFiles.read([("hv01.xml", Definitions.example("hosts/hv01.capabilities.xml"))])) ?? []

    private func filter(_ bytes: [UInt8], _ policy: Policy, isNewGuest: Bool) throws -> [UInt8] {
        var overrides = Overrides()
        overrides.isNewGuest = isNewGuest
        let writer = Writer(Judge(policy: policy, hosts: Self.hosts, overrides: overrides, purpose: .rewrite))
        let reader = DomainReader(handler: writer)
        try bytes.withUnsafeBytes { try reader.feed($0) }
        try reader.finish()
        return writer.output
    }

    private final class Writer: DomainStreamHandler {
        let judge: Judge
        var output: [UInt8] = []
        init(_ judge: Judge) { self.judge = judge }
        func passThrough(_ bytes: UnsafeRawBufferPointer) { output.append(contentsOf: bytes) }
        func document(_ document: Document) -> Bool {
            document.write(applying: judge.judge(document).edits) { output.append(contentsOf: $0) }
            return true
        }
    }

    /// Most of the definitions are emulated guests, which many targets pass over.
    static let hypervisors = ["as it is", "kvm"]

    private static func documents(_ hypervisor: String) -> [Corpus.File] {
        if hypervisor == "as it is" { return Corpus.domains }
        return Corpus.domains.map { file in
            var other = file
            other.bytes = Array(String(decoding: file.bytes, as: UTF8.self).replacing("<domain type='qemu'", with: "<domain type='\(hypervisor)'").utf8)
            return other
        }
    }

    @Test("Only <cpu> changes, once, and what libvirt's schema took it still takes", arguments: targets, hypervisors)
    func rewrite(_ target: String, _ hypervisor: String) async throws {
        let policy = try Policy.parse(Array("default: \(target)\n".utf8), file: "policy", origin: .named, knownRules: Rule.ids)
        let outputs = TemporaryDirectory()
        var checked = 0
        var changed: [(name: String, input: Corpus.File)] = []
        for file in Self.documents(hypervisor) {
            let output = try filter(file.bytes, policy, isNewGuest: true)
            let places = try CPUPlaces(file.bytes).places
            checked += places.isEmpty ? 0 : 1
            if output == file.bytes { continue }
            #expect(target != "keep", "\(file)")
            if let difference = try differenceOutsideCPU(file.bytes, output) { Issue.record("\(file): \(difference)") }
            let again = try filter(output, policy, isNewGuest: true)
            #expect(again == output, "\(file): rewritten twice")
            for (was, now) in zip(places, try CPUPlaces(output).places) where was.isRunning {
                #expect(was.cpu.map { file.bytes[$0] } == now.cpu.map { output[$0] }, "\(file): a running domain")
            }
            let name = "\(changed.count)-\(file.name)"
            outputs.write(Array(name.utf8), output)
            changed.append((name, file))
        }
        // Few definitions follow their host, which pin is about.
        if target != "keep" { #expect(changed.count > (target == "pin" ? 30 : 150)) }
        #expect(checked >= 1100)
        let invalid = try await Self.invalid(changed.map { ("\(outputs.path)/\($0.name)", $0.input.bytes) })
        var judged = 0
        for change in changed where try await Self.validInputs.contains(change.input.path) {
            judged += 1
            let isValid = !invalid.contains("\(outputs.path)/\(change.name)")
            #expect(isValid, "\(change.input)")
        }
        if target != "keep" { #expect(judged > (target == "pin" ? 30 : 150)) }
        print("\(target), \(hypervisor): \(checked) documents, \(changed.count) changed, \(judged) of them valid before")
    }

    @Test("Windows guests and running domains are byte-identical")
    func untouched() throws {
        let policy = try Policy.parse(Array("default: host-model\n".utf8), file: "policy", origin: .named, knownRules: Rule.ids)
        var running = 0
        for file in Corpus.domains {
            let places = try CPUPlaces(file.bytes).places
            guard !places.isEmpty, places.allSatisfy(\.isRunning) else { continue }
            running += 1
            for target in Self.targets {
                let policy = try Policy.parse(Array("default: \(target)\n".utf8), file: "policy", origin: .named, knownRules: Rule.ids)
                #expect(try filter(file.bytes, policy, isNewGuest: true) == file.bytes, "\(file)")
            }
        }
        #expect(running >= 5)
        let windows = Definitions.example("win11.xml")
        #expect(try filter(windows, policy, isNewGuest: false) == windows)
        #expect(try filter(windows, policy, isNewGuest: true) != windows)
    }

    @Test("A stream of all of them comes out as each does alone")
    func stream() throws {
        let policy = try Policy.parse(Array("default: host-model\n".utf8), file: "policy", origin: .named, knownRules: Rule.ids)
        let alone = try Corpus.domains.flatMap { try filter($0.bytes, policy, isNewGuest: false) }
        let program = Program(
            ["filter", "--no-config", "--default", "host-model", "--fail-on", "never", "--quiet"],
            input: .bytes(Corpus.domains.flatMap(\.bytes)))
        let outcome = program.run()
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        #expect(outcome.output == alone)
    }

    // MARK: The schema

    /// Paths of the inputs that libvirt's own schema takes.
    static var validInputs: Set<String> { get async throws { try await inputs.value } }

    private static let inputs = Task {
        let all = Corpus.domains.map { ($0.path, $0.bytes) }
        let invalid = try await CorpusTests.invalid(all)
        return Set(all.map(\.0)).subtracting(invalid)
    }

    /// Those of the documents that are not valid, or that no schema is for.
    private static func invalid(_ documents: [(path: String, bytes: [UInt8])]) async throws -> Set<String> {
        let schemas = "\(Corpus.libvirt ?? "")/src/conf/schemas"
        var invalid = Set(documents.map(\.path))
        for (root, schema) in [("<domain>", "domain.rng"), ("<domainsnapshot>", "domainsnapshot.rng")] {
            let paths = documents.filter { Self.root(of: $0.bytes) == root }.map(\.path)
            guard !paths.isEmpty else { continue }
            let result = try await run(
                .name("xmllint"), arguments: Arguments(["--noout", "--relaxng", "\(schemas)/\(schema)"] + paths),
                output: .discarded, error: .string(limit: 16 << 20))
            for line in result.standardError.split(separator: "\n") where line.hasSuffix(" validates") {
                invalid.remove(String(line.dropLast(" validates".count)))
            }
        }
        return invalid
    }

    private static func root(of bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        return ["<domainsnapshot", "<domstatus", "<domain"].first { text.contains("\($0)>") || text.contains("\($0) ") }.map { "\($0)>" }
    }
}
