import FoundationEssentials  // not Foundation: its ICU and the one in libxml2's headers are one module too many
import Testing

@testable import CPUModel
import Hosts
import XMLTree

/// libvirt's source tree, whose test data these tests read in place.
enum LibvirtSource {
    static let root = ProcessInfo.processInfo.environment["LIBVIRT_SRC"].flatMap { $0.isEmpty ? nil : $0 }
    static var isPresent: Bool { root != nil }
    static let comment: Comment = "LIBVIRT_SRC names no libvirt source tree (11.3.0)"

    static var mapDirectory: String { root! + "/src/cpu_map" }

    /// The map as the XML files have it.
    static let map = Result { try CPUMap(directory: mapDirectory, libvirtVersion: "11.3.0") }

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: root! + "/" + path)))
    }

    /// A file of `tests/cputestdata`.
    static func element(_ name: String) throws -> XMLElement {
        try XMLElement(parsing: bytes("tests/cputestdata/\(name).xml"))
    }

    static func cpu(_ name: String) throws -> CPUDefinition { try CPUDefinition(try element(name)) }

    /// The machines that there are CPUID dumps of.
    static let machines: [String] = {
        guard let root else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/tests/cputestdata")) ?? []
        return names.filter { $0.hasPrefix("x86_64-cpuid-") && $0.hasSuffix("-host.xml") }
            .map { String($0.dropFirst("x86_64-cpuid-".count).dropLast("-host.xml".count)) }
            .sorted()
    }()

    static func data(of machine: String) throws -> CPUIDData {
        try CPUIDData(try element("x86_64-cpuid-\(machine)"))
    }

    /// The models of the second reply in a machine's `.json`, which QEMU gave there.
    static func listedModels(of machine: String, map: X86Map) throws -> [ListedModel] {
        let text = String(decoding: try bytes("tests/cputestdata/x86_64-cpuid-\(machine).json"), as: UTF8.self)
        // The replies stand one after another, each closed by a brace of its own line.
        let replies = text.split(separator: "\n}\n").filter { $0.contains("{") }
        let reply = try JSONDecoder().decode(ModelsReply.self, from: Data((replies[1] + "\n}").utf8))
        return reply.models.map { model in
            ListedModel(name: model.name, blockers: (model.unavailable ?? []).map { map.featureName(fromQEMU: $0) })
        }
    }
}

/// QEMU's answer to `query-cpu-definitions`.
private struct ModelsReply: Decodable {
    struct Model: Decodable {
        var name: String
        var unavailable: [String]?

        enum CodingKeys: String, CodingKey {
            case name
            case unavailable = "unavailable-features"
        }
    }

    var models: [Model]

    enum CodingKeys: String, CodingKey { case models = "return" }
}

/// A row of `tests/expected.tsv`: what libvirt's own CPU tests expect.
struct ExpectedRow: CustomTestStringConvertible, Sendable {
    var fields: [String]
    var testDescription: String { fields.joined(separator: " ") }

    static let all: [ExpectedRow] = {
        guard LibvirtSource.isPresent, let bytes = try? LibvirtSource.bytes("tests/expected.tsv") else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .map { ExpectedRow(fields: $0.split(separator: "\t").map(String.init)) }
    }()

    static func of(_ kind: String) -> [ExpectedRow] { all.filter { $0.fields[0] == kind } }
}
