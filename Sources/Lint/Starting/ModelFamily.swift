import CPUModel

extension X86Map {
    /// Whether the model has long mode, which 64-bit guests need.
    func isLong(_ model: X86Model) -> Bool { bits(ofFeature: "lm").map { $0.isSubset(of: model.features) } ?? false }

    /// The name of a model's generation: `Haswell` for `Haswell-noTSX-IBRS` and `Haswell-v4`.
    static func family(of name: String) -> String {
        var name = name[...]
        if isVersioned(String(name)), let dash = name.lastIndex(of: "-") { name = name[..<dash] }
        for suffix in ["-IBRS", "-IBPB", "-noTSX"] where name.hasSuffix(suffix) { name = name.dropLast(suffix.count) }
        return String(name)
    }
}
