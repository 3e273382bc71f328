import CPUModel

/// Records how the CPU models of a QEMU differ from those of the built-in CPU map. `make qemu-models` runs it.
///
///     generate-qemu-models questions             prints QMP commands for the standard input of QEMU
///     generate-qemu-models write KVM TCG         prints the source file, from the replies of QEMU with KVM and without
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

    /// QMP commands that ask for every model of the map. QEMU does not know some of them, and answers with an error.
    static func questions() -> String {
        let expansions = CPUMap.builtIn.x86.models.map { model in
            #"{"execute": "query-cpu-model-expansion", "id": "\#(model.name)", "#
                + #""arguments": {"type": "full", "model": {"name": "\#(model.name)"}}}"#
        }
        return ([#"{"execute": "qmp_capabilities"}"#] + expansions + [#"{"execute": "quit"}"#])
            .joined(separator: "\n") + "\n"
    }

    /// The record, from the replies of one QEMU with KVM and with the translator. Models that QEMU does not know are
    /// left out.
    static func recorded(kvm: Replies, tcg: Replies) throws -> QEMUModels {
        guard kvm.version == tcg.version else {
            throw Failure(description: "replies of different QEMU releases: \(kvm.version) and \(tcg.version)")
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

    /// The features by which QEMU's model differs from the map's. QEMU has no property for a feature that it sets
    /// itself (`osxsave`) or does not know; for such a feature, the map is assumed to be right.
    ///
    /// - Parameter properties: the properties of QEMU's model by their names.
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
                // A feature that QEMU clears because another one is lost is not listed.
                let bits = map.bits(ofFeature: name)!
                return map.withoutOrphans(actual | bits) == actual | bits
            })
        let explained = map.withoutOrphans(
            model.features - map.bits(ofFeatures: difference.lost) | map.bits(ofFeatures: difference.gained))
        guard explained == actual else {
            let rest = map.featureNames(in: explained - actual) + map.featureNames(in: actual - explained)
            throw Failure(description: "\(model.name): the differences do not explain \(rest.joined(separator: ", "))")
        }
        return difference
    }
}
