// Versioned models, such as `Skylake-Client-v1`, which is the same CPU as `Skylake-Client`. libvirt knows `-vN` names
// since 10.10; to older releases they are unknown models.
extension X86Map {
    /// Whether a name has the form `NAME-vN`.
    public static func isVersioned(_ name: String) -> Bool { version(in: name) != nil }

    /// The unversioned model that is the same CPU as a `-vN` model: its ancestor, when the version adds no features.
    ///
    /// - Returns: nil when the name is unversioned or unknown, or when no unversioned model has the same features.
    public func unversionedName(of name: String) -> String? {
        guard Self.isVersioned(name), let model = model(named: name), let ancestor = model.ancestor,
            !Self.isVersioned(ancestor), self.model(named: ancestor)?.features == model.features
        else { return nil }
        return ancestor
    }

    /// libvirt's canonical name of a model, as domain capabilities show it: the lowest version that is the same CPU as
    /// the unversioned name, or the name itself when there is none.
    public func canonicalName(of name: String) -> String {
        if Self.isVersioned(name) { return name }
        return models.filter { unversionedName(of: $0.name) == name }
            .min { Self.version(in: $0.name)! < Self.version(in: $1.name)! }?.name ?? name
    }

    /// `Haswell` for `Haswell-noTSX-IBRS` and `Haswell-v4`: the name that models of one generation share.
    package static func family(of name: String) -> String {
        var name = name[...]
        if isVersioned(String(name)), let dash = name.lastIndex(of: "-") { name = name[..<dash] }
        for suffix in ["-IBRS", "-IBPB", "-noTSX"] where name.hasSuffix(suffix) { name = name.dropLast(suffix.count) }
        return String(name)
    }

    /// 3 for `Skylake-Client-v3`; nil for an unversioned name.
    private static func version(in name: String) -> Int? {
        guard let dash = name.lastIndex(of: "-") else { return nil }
        let suffix = name[name.index(after: dash)...]
        return suffix.first == "v" ? Int(suffix.dropFirst()) : nil
    }
}
