/// Versioned models: `Skylake-Client-v1` and the unversioned name of the same CPU. libvirt knows `-vN` names since
/// 10.10; older ones call them unknown.
extension X86Map {
    /// Whether a name is of the form `NAME-vN`.
    public static func isVersioned(_ name: String) -> Bool { split(name) != nil }

    /// The unversioned model that is the same CPU: the ancestor of a `-vN` model that adds nothing to it. Nil when the
    /// name is unversioned, unknown, or only the version has these features.
    public func unversionedName(of name: String) -> String? {
        guard Self.isVersioned(name), let model = model(named: name), let ancestor = model.ancestor,
            !Self.isVersioned(ancestor), self.model(named: ancestor)?.features == model.features
        else { return nil }
        return ancestor
    }

    /// libvirt's canonical name of a model: the lowest version that is the same CPU as the unversioned name, else the
    /// name itself.
    public func canonicalName(of name: String) -> String {
        if Self.isVersioned(name) { return name }
        return models.filter { unversionedName(of: $0.name) == name }
            .min { Self.split($0.name)!.version < Self.split($1.name)!.version }?.name ?? name
    }

    private static func split(_ name: String) -> (base: Substring, version: Int)? {
        guard let dash = name.lastIndex(of: "-") else { return nil }
        let suffix = name[name.index(after: dash)...]
        guard suffix.first == "v", let version = Int(suffix.dropFirst()) else { return nil }
        return (name[..<dash], version)
    }
}
