import CPUModel

/// A model as a QEMU described it.
struct AnsweredModel {
    var brand: String
    var vendor: String
    var signature: CPUSignature
    /// How it differs from the newest map's model of the name.
    var difference: QEMUModel.Difference

    /// - Parameter properties: the properties of QEMU's CPU object by their names.
    init(name: String, properties: [String: Property]) throws {
        guard let brand = properties["model-id"]?.text, let vendor = properties["vendor"]?.text,
            let family = properties["family"]?.number, let number = properties["model"]?.number,
            let stepping = properties["stepping"]?.number
        else { throw Failure(description: "\(name): no brand, vendor or signature") }
        self.brand = brand
        self.vendor = vendor
        signature = CPUSignature(family: family, model: number, stepping: stepping)
        let map = CPUMap.builtIn.x86
        // Of a model that the map lacks, every feature is one that the map's lacks.
        difference = try Self.difference(of: map.model(named: name) ?? X86Model(name: name), from: properties, map: map)
    }

    /// The features by which QEMU's model differs from the map's. QEMU has no property for a feature that it sets
    /// itself (`osxsave`) or does not know; for such a feature, the map is assumed to be right.
    ///
    /// - Parameter properties: the properties of QEMU's model by their names.
    private static func difference(
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
