extension X86Map {
    /// The feature that an unknown name most likely means, by the map's aliases, by the kernel's name in
    /// `/proc/cpuinfo`, or by its spelling.
    public func nearestFeature(to name: String) -> String? {
        var names = NearestName(.featureNames)
        for feature in features {
            names.add(feature.name, for: feature.name)
            for alias in feature.aliases { names.add(alias.name, for: feature.name) }
        }
        for (kernel, known) in Self.kernelNames.sorted(by: { $0.key < $1.key }) where feature(named: known) != nil {
            names.add(kernel, for: known)
        }
        return names.nearest(to: name)
    }

    /// The model that an unknown name most likely means.
    public func nearestModel(to name: String) -> String? {
        var names = NearestName(.cpuNames)
        for model in models { names.add(model.name, for: model.name) }
        // Skylke is nearer to Skylake than to Skylake-Client.
        for model in models { names.add(String(model.name.prefix { $0 != "-" }), for: model.name) }
        return names.nearest(to: name)
    }

    /// The vendor that an unknown name most likely means. The CPUID string (`GenuineIntel`) is another spelling of it.
    public func nearestVendor(to name: String) -> String? {
        var names = NearestName(.cpuNames)
        for vendor in vendors {
            names.add(vendor.name, for: vendor.name)
            names.add(vendor.string, for: vendor.name)
        }
        return names.nearest(to: name)
    }
}

extension PVRMap {
    /// The model that an unknown name most likely means.
    public func nearestModel(to name: String) -> String? {
        var names = NearestName(.cpuNames)
        for model in models { names.add(model.name, for: model.name) }
        return names.nearest(to: name)
    }
}
