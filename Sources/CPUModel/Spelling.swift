/// The known name nearest to one that is not known.
///
/// In this order: the same but for case and the separators `_`, `-`, `.`; else the fewest edits (insert, delete,
/// replace, swap neighbours), a third of the name's length at most; else a longer name that begins with it.
struct Spelling {
    /// Spellings, and the names they stand for.
    private var candidates: [(key: [UInt8], name: String)] = []

    /// Of equally near names the one added first is taken.
    mutating func add(_ spelling: String, for name: String) { candidates.append((Self.key(spelling), name)) }

    func nearest(to name: String) -> String? {
        let wanted = Self.key(name)
        if wanted.isEmpty { return nil }
        var best: (distance: Int, name: String)?
        for (key, name) in candidates {
            let limit = min(wanted.count / 3, (best?.distance ?? .max) - 1)
            if abs(key.count - wanted.count) > limit { continue }
            let distance = Self.distance(wanted, key)
            if distance == 0 { return name }
            if distance <= limit { best = (distance, name) }
        }
        if let best { return best.name }
        return wanted.count < 4 ? nil : candidates.first { $0.key.starts(with: wanted) }?.name
    }

    /// Lower case, without separators.
    private static func key(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: " "): nil
            default: byte
            }
        }
    }

    /// Optimal string alignment distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in 0..<left.count {
            var row = [i + 1]
            for j in 0..<right.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}

extension X86Map {
    /// libvirt's name for what QEMU calls `name`: the feature that has it as an alias, else the same.
    public func featureName(fromQEMU name: String) -> String {
        if feature(named: name) != nil { return name }
        return features.first { $0.aliases.contains { $0.source == "qemu" && $0.name == name } }?.name ?? name
    }

    /// The feature that an unknown name most likely means: by the map's aliases, the kernel's name in
    /// `/proc/cpuinfo`, or spelling.
    public func nearestFeature(to name: String) -> String? {
        var spelling = Spelling()
        for feature in features {
            spelling.add(feature.name, for: feature.name)
            for alias in feature.aliases { spelling.add(alias.name, for: feature.name) }
        }
        for (kernel, known) in Self.kernelNames.sorted(by: { $0.key < $1.key }) where feature(named: known) != nil {
            spelling.add(kernel, for: known)
        }
        return spelling.nearest(to: name)
    }

    /// The model that an unknown name most likely means.
    public func nearestModel(to name: String) -> String? {
        var spelling = Spelling()
        for model in models { spelling.add(model.name, for: model.name) }
        return spelling.nearest(to: name)
    }

    /// The vendor that an unknown name most likely means; CPUID's string (`GenuineIntel`) is one of its spellings.
    public func nearestVendor(to name: String) -> String? {
        var spelling = Spelling()
        for vendor in vendors {
            spelling.add(vendor.name, for: vendor.name)
            spelling.add(vendor.string, for: vendor.name)
        }
        return spelling.nearest(to: name)
    }

    /// The kernel's names in `/proc/cpuinfo` that differ from libvirt's by more than case and separators
    /// (Linux, arch/x86/include/asm/cpufeatures.h and vmxfeatures.h, by CPUID bit).
    private static let kernelNames = [
        "constant_tsc": "invtsc", "nonstop_tsc": "invtsc",
        "tsc_deadline_timer": "tsc-deadline",
        "extd_apicid": "extapic",
        "dts": "ds",
        "ibrs_enhanced": "ibrs-all",
        "cqm_occup_llc": "cmt", "cqm_mbm_total": "mbm_total", "cqm_mbm_local": "mbm_local",
        "ept": "vmx-ept", "ept_ad": "vmx-eptad", "vpid": "vmx-vpid", "flexpriority": "vmx-flexpriority",
        "unrestricted_guest": "vmx-unrestricted-guest", "pml": "vmx-pml", "posted_intr": "vmx-posted-intr",
        "shadow_vmcs": "vmx-shadow-vmcs", "invept": "vmx-invept", "invvpid": "vmx-invvpid",
    ]
}

extension PVRMap {
    /// The model that an unknown name most likely means.
    public func nearestModel(to name: String) -> String? {
        var spelling = Spelling()
        for model in models { spelling.add(model.name, for: model.name) }
        return spelling.nearest(to: name)
    }
}
