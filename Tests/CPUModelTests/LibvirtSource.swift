import FoundationEssentials
import TestSupport
import Testing

@testable import CPUModel
import Hosts
import XMLTree

/// libvirt's source tree, whose test data is read in place.
enum LibvirtSource {
    static let root = Corpus.libvirt.flatMap { $0.isEmpty ? nil : $0 }
    static var isPresent: Bool { root != nil }
    static let comment: Comment = "LIBVIRT_SRC names no libvirt source tree (11.3.0)"

    /// The release of the tree.
    static let release = LibvirtVersion(major: 11, minor: 3)

    static var mapDirectory: String { root! + "/src/cpu_map" }

    /// The map that the XML files hold.
    static let map = Result { try CPUMap(directory: mapDirectory, libvirtVersion: release.description) }

    /// The bytes of a file, by its path in the tree.
    static func bytes(_ path: String) -> [UInt8] { Corpus.read(root! + "/" + path) }

    /// The root element of a file of `tests/cputestdata`.
    static func element(_ name: String) throws -> XMLElement {
        try XMLElement(parsing: bytes("tests/cputestdata/\(name).xml"))
    }

    static func cpu(_ name: String) throws -> CPUDefinition { try CPUDefinition(try element(name)) }

    /// The names of the machines whose CPUID dumps libvirt's tests use.
    static let machines: [String] = {
        guard let root else { return [] }
        return Corpus.names(in: root + "/tests/cputestdata")
            .filter { $0.hasPrefix("x86_64-cpuid-") && $0.hasSuffix("-host.xml") }
            .map { String($0.dropFirst("x86_64-cpuid-".count).dropLast("-host.xml".count)) }
    }()

    /// The CPUID dump of a machine.
    static func data(of machine: String) throws -> CPUIDData {
        try CPUIDData(try element("x86_64-cpuid-\(machine)"))
    }

    /// The models that QEMU listed on a machine: the second reply in the machine's `.json` file.
    static func listedModels(of machine: String, map: X86Map) throws -> [ListedModel] {
        let text = String(decoding: bytes("tests/cputestdata/x86_64-cpuid-\(machine).json"), as: UTF8.self)
        // Each reply ends with a line that is a closing brace.
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
