/// The known name nearest to one that is not known.
///
/// In this order: the same but for case and the separators `_`, `-`, `.`; else the fewest edits (insert, delete,
/// replace, swap neighbours), a third of the name's length at most; else a longer name that begins with it.
///
/// Below five letters every other word is near, and the nearest one is another feature, not a slip (`kvm` and `svm`,
/// `tsx` and `tsc`, `pti` and `pni`): no edits are counted from or to those.
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
            if key == wanted { return name }
            if min(wanted.count, key.count) < 5 || abs(key.count - wanted.count) > limit { continue }
            let distance = editDistance(wanted, key)
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
}

/// Damerau and Levenshtein's distance (optimal string alignment): insertions, deletions, substitutions and swaps of
/// neighbours, each costing 1.
package func editDistance<Letter: Equatable>(_ a: [Letter], _ b: [Letter]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                cost = min(cost, beforeLast[j - 1] + 1)
            }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
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
        "lzcnt": "abm",
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
