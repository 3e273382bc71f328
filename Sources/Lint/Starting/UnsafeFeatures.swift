import CPUModel

extension X86Map {
    /// The unsafe features that a model includes.
    func unsafe(in model: X86Model) -> [String] { RemovableFeature.everywhere.filter { includes($0, in: model) } }

    /// Whether a model includes a feature.
    func includes(_ name: String, in model: X86Model) -> Bool {
        bits(ofFeature: name).map { $0.isSubset(of: model.features) } ?? false
    }

    /// The variant of a model without unsafe features, such as `Haswell-noTSX-IBRS` for `Haswell-IBRS`; nil if there is
    /// none.
    func withoutTSX(_ name: String) -> String? {
        let base = name.hasSuffix("-IBRS") ? String(name.dropLast(5)) : name
        let sibling = "\(base)-noTSX" + (base == name ? "" : "-IBRS")
        // Skylake has a -noTSX variant only together with -IBRS. The plain models are nearest to that one.
        return [sibling, "\(base)-noTSX-IBRS"].first { name in
            // Icelake-Client-noTSX still has mpx.
            model(named: name).map { unsafe(in: $0).isEmpty } ?? false
        }
    }
}

extension StartCheck {
    /// The unsafe features that a model includes, with those that are at risk only on some processors.
    func unsafe(in model: X86Model) -> [String] {
        knowledge.x86.unsafe(in: model) + (runsOnZen5(model) && knowledge.x86.includes("rdseed", in: model) ? ["rdseed"] : [])
    }

    /// A host is known to be a Zen 5 (family 26), or the model is that of one.
    func runsOnZen5(_ model: X86Model?) -> Bool {
        zip(distinct, vendors).contains { $1 == "AMD" && hosts[$0].cpu?.signature?.family == 26 } || model?.name.hasPrefix("EPYC-Turin") == true
    }
}
