extension X86Map {
    /// libvirt's name for what QEMU calls `name`: the feature that has it as an alias, else the same.
    public func featureName(fromQEMU name: String) -> String {
        if feature(named: name) != nil { return name }
        return features.first { $0.aliases.contains { $0.source == "qemu" && $0.name == name } }?.name ?? name
    }
}
