import CPUModel
import FoundationEssentials

/// Records how QEMU's CPU models differ from those of the built-in CPU map.
///
///     generate-qemu-models questions             QMP commands for a QEMU's standard input
///     generate-qemu-models write KVM TCG         the source file, from the two files of replies
@main
struct GenerateQEMUModels {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments == ["questions"] {
            print(questions(), terminator: "")
        } else if arguments.count == 3, arguments[0] == "write" {
            let kvm = try Replies(file: arguments[1]), tcg = try Replies(file: arguments[2])
            print(try recorded(kvm: kvm, tcg: tcg).builtInSource, terminator: "")
        } else {
            throw Failure(description: "usage: generate-qemu-models questions | write KVM-REPLIES TCG-REPLIES")
        }
    }

    /// Every model of the map is asked for; QEMU says of some that it does not know them.
    static func questions() -> String {
        let expansions = CPUMap.builtIn.x86.models.map { model in
            #"{"execute": "query-cpu-model-expansion", "id": "\#(model.name)", "#
                + #""arguments": {"type": "full", "model": {"name": "\#(model.name)"}}}"#
        }
        return ([#"{"execute": "qmp_capabilities"}"#] + expansions + [#"{"execute": "quit"}"#])
            .joined(separator: "\n") + "\n"
    }

    static func recorded(kvm: Replies, tcg: Replies) throws -> QEMUModels {
        guard kvm.version == tcg.version else {
            throw Failure(description: "replies of QEMU \(kvm.version) and \(tcg.version)")
        }
        let map = CPUMap.builtIn
        let models = try map.x86.models.compactMap { model -> QEMUModel? in
            guard let real = kvm.models[model.name], let emulated = tcg.models[model.name] else { return nil }
            guard let brand = emulated["model-id"]?.text, let vendor = emulated["vendor"]?.text,
                let family = emulated["family"]?.number, let number = emulated["model"]?.number,
                let stepping = emulated["stepping"]?.number
            else { throw Failure(description: "\(model.name): no brand, vendor or signature") }
            return QEMUModel(
                name: model.name, brand: brand, vendor: vendor,
                signature: CPUSignature(family: family, model: number, stepping: stepping),
                kvm: try difference(of: model, from: real, map: map.x86),
                tcg: try difference(of: model, from: emulated, map: map.x86))
        }
        return QEMUModels(qemuVersion: kvm.version, libvirtVersion: map.libvirtVersion ?? "unknown", models: models)
    }

    /// What QEMU's properties say of each feature of the map. A feature without a property is one that QEMU sets by
    /// itself (`osxsave`) or does not know yet; the model has it or not as the map says.
    static func difference(
        of model: X86Model, from properties: [String: Property], map: X86Map
    ) throws -> QEMUModel.Difference {
        var actual = model.features
        for feature in map.features {
            let names = [feature.name] + feature.aliases.filter { $0.source == "qemu" }.map(\.name)
            guard let isOn = names.lazy.compactMap({ properties[$0]?.flag }).first,
                let bits = map.bits(ofFeature: feature.name)
            else { continue }
            if isOn { actual |= bits } else { actual -= bits }
        }
        let difference = QEMUModel.Difference(
            gained: map.featureNames(in: actual - model.features),
            lost: map.featureNames(in: model.features - actual).filter { name in
                // What goes with another feature that is lost need not be said.
                let bits = map.bits(ofFeature: name)!
                return map.withoutOrphans(actual | bits) == actual | bits
            })
        let explained = map.withoutOrphans(
            model.features - map.bits(ofFeatures: difference.lost) | map.bits(ofFeatures: difference.gained))
        guard explained == actual else {
            let rest = map.featureNames(in: explained - actual) + map.featureNames(in: actual - explained)
            throw Failure(description: "\(model.name): nothing explains \(rest.joined(separator: ", "))")
        }
        return difference
    }
}

struct Failure: Error, CustomStringConvertible {
    var description: String
}

/// A property of a CPU object: on or off, a number, or a text; others do not matter.
struct Property: Decodable {
    var flag: Bool?
    var number: Int?
    var text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        flag = try? container.decode(Bool.self)
        number = try? container.decode(Int.self)
        text = try? container.decode(String.self)
    }
}

/// What a QEMU answered, a JSON object a line.
struct Replies {
    private struct Reply: Decodable {
        struct Greeting: Decodable { var version: Version }
        struct Version: Decodable { var qemu: Numbers }
        struct Numbers: Decodable { var major, minor, micro: Int }
        struct Answer: Decodable { var model: Model? }
        struct Model: Decodable { var props: [String: Property] }

        var QMP: Greeting?
        var id: String?
        var `return`: Answer?
    }

    private(set) var version = "unknown"
    private(set) var models: [String: [String: Property]] = [:]

    init(file: String) throws {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("{") {
            let reply = try JSONDecoder().decode(Reply.self, from: Data(line.utf8))
            if let numbers = reply.QMP?.version.qemu {
                version = "\(numbers.major).\(numbers.minor).\(numbers.micro)"
            }
            if let id = reply.id, let model = reply.return?.model { models[id] = model.props }
        }
        if models.isEmpty { throw Failure(description: "\(file): no model in it") }
    }
}
