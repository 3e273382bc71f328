import DomainXML
import Hosts
import Lint
import Subprocess
import SystemPackage
import TestSupport
import Testing
import Work

/// Every domain document of libvirt's tests, rewritten to every target.
@Suite("libvirt's definitions", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
struct LibvirtDefinitionTests {
    static let targets = [
        "keep", "host-model", "host-passthrough", "maximum", "hv-default", "Skylake-Server-IBRS",
        "{model: EPYC, fallback: forbid, vendor: AMD, features: {pcid: require, svm: disable, topoext: force, 'x2apic': optional, hle: forbid}}",
        "host-model-only", "baseline", "pin",
    ]

    /// The host for targets that need one.
    private static let hosts = (try? HostFiles.read([("hv01.xml", Definitions.example("hosts/hv01.capabilities.xml"))])) ?? []

    /// A judge that rewrites to a target.
    ///
    /// - Parameter isNewGuest: nothing is installed in the guests yet, so that Windows is rewritten too.
    private func judge(_ target: String, isNewGuest: Bool = true) throws -> Judge {
        let policy = try Policy.parse(Array("default: \(target)\n".utf8), file: "policy", origin: .named, knownRules: Rule.ids)
        var overrides = Overrides()
        overrides.isNewGuest = isNewGuest
        return Judge(policy: policy, hosts: Self.hosts, overrides: overrides, purpose: .rewrite)
    }

    /// What filter makes of a document, whatever it finds.
    private func rewritten(_ bytes: [UInt8], by judge: Judge) throws -> [UInt8] {
        var output: [UInt8] = []
        try readDocuments(bytes, passed: { output += $0 }) { document in
            document.write(applying: judge.judge(document).edits) { output += $0 }
        }
        return output
    }

    // MARK: Inputs

    private struct Input: Sendable {
        var file: Corpus.File
        var definition: PlacedDefinition
    }

    /// Most of the definitions are of emulated guests, which many targets do not apply to.
    static let hypervisors = ["as it is", "kvm"]

    /// The definitions with the domain type of each hypervisor, read once for all targets.
    private static let inputs: [String: Result<[Input], any Error>] = Dictionary(uniqueKeysWithValues: hypervisors.map { hypervisor in
        (hypervisor, Result {
            try Corpus.domains.map { file in
                var bytes = file.bytes
                if hypervisor != "as it is" {
                    bytes = Array(String(decoding: bytes, as: UTF8.self).replacing("<domain type='qemu'", with: "<domain type='\(hypervisor)'").utf8)
                }
                return Input(file: file, definition: try PlacedDefinition(bytes))
            }
        })
    })

    // MARK: Tests

    @Test("Only <cpu> changes, once, and definitions stay valid by libvirt's schema", arguments: targets, hypervisors)
    func rewrite(_ target: String, _ hypervisor: String) async throws {
        let judge = try judge(target)
        let outputs = TemporaryDirectory()
        var checked = 0
        var changed: [(name: String, input: Input)] = []
        for input in try #require(Self.inputs[hypervisor]).get() {
            let file = input.file, before = input.definition
            let output = try rewritten(before.bytes, by: judge)
            checked += before.places.isEmpty ? 0 : 1
            if output == before.bytes { continue }
            #expect(target != "keep", "\(file)")
            let after = try PlacedDefinition(output)
            if let difference = before.differenceOutsideCPU(after) { Issue.record("\(file): \(difference)") }
            let again = try rewritten(output, by: judge)
            #expect(again == output, "\(file): rewritten twice")
            for (was, now) in zip(before.places, after.places) where was.isRunning {
                #expect(was.cpu.map { before.bytes[$0] } == now.cpu.map { output[$0] }, "\(file): a running domain")
            }
            let name = "\(changed.count)-\(file.name)"
            outputs.write(Array(name.utf8), output)
            changed.append((name, input))
        }
        // Few definitions follow their host, which is what pin applies to.
        if target != "keep" { #expect(changed.count > (target == "pin" ? 30 : 150)) }
        #expect(checked >= 1100)
        let invalid = try await Self.invalid(changed.map { ("\(outputs.path)/\($0.name)", $0.input.definition.bytes) })
        let valid = try await Self.validInputs.value
        var judged = 0
        for change in changed where valid.contains(change.input.file.path) {
            judged += 1
            let isValid = !invalid.contains("\(outputs.path)/\(change.name)")
            #expect(isValid, "\(change.input.file)")
        }
        if target != "keep" { #expect(judged > (target == "pin" ? 30 : 150)) }
        print("\(target), \(hypervisor): \(checked) documents, \(changed.count) changed, \(judged) of them valid before")
    }

    @Test("Windows guests and running domains are byte-identical")
    func untouched() throws {
        let judges = try Self.targets.map { try judge($0) }
        var running = 0
        for input in try #require(Self.inputs["as it is"]).get() {
            guard !input.definition.places.isEmpty, input.definition.places.allSatisfy(\.isRunning) else { continue }
            running += 1
            for judge in judges {
                #expect(try rewritten(input.file.bytes, by: judge) == input.file.bytes, "\(input.file)")
            }
        }
        #expect(running >= 5)
        let windows = Definitions.example("win11.xml")
        #expect(try rewritten(windows, by: judge("host-model", isNewGuest: false)) == windows)
        #expect(try rewritten(windows, by: judge("host-model")) != windows)
    }

    @Test("A stream of all of them comes out as each does alone")
    func stream() throws {
        let judge = try judge("host-model", isNewGuest: false)
        let alone = try Corpus.domains.flatMap { try rewritten($0.bytes, by: judge) }
        let settings = Settings.testing("host-model") {
            $0.leastCounted = nil
            $0.isQuiet = true
        }
        let outcome = filter(Corpus.domains.flatMap(\.bytes), settings)
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        let isSame = outcome.output == alone
        #expect(isSame)
    }

    // MARK: The schema

    /// Paths of the inputs that are valid by libvirt's own schema.
    private static let validInputs = Task {
        let all = Corpus.domains.map { ($0.path, $0.bytes) }
        return Set(all.map(\.0)).subtracting(try await invalid(all))
    }

    /// The paths of the documents that are not valid, or that have no schema.
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
