import CPUModel
import Hosts
import LibvirtWords
import Lint
import Reports

/// What there is to know about the name of a CPU model or feature, as Markdown.
struct NameDescription {
    private let startCheck: StartCheck
    private let knowledge: CPUKnowledge

    /// - Parameter judge: that of the policy whose hosts are asked; nil if the policy is broken.
    init(_ judge: Judge?) {
        startCheck = judge?.startCheck ?? StartCheck(hosts: [])
        knowledge = judge?.knowledge ?? CPUKnowledge()
    }

    private var x86: X86Map { knowledge.map.x86 }

    /// The names of all models, x86 first.
    var models: [(name: String, detail: String)] {
        x86.models.map { ($0.name, detail(of: $0)) } + knowledge.map.ppc64.models.map { ($0.name, "ppc64 model of \($0.vendor ?? "no vendor")") }
    }

    /// The names of all features of x86.
    var features: [(name: String, detail: String)] {
        let levels = Dictionary(
            ISALevel.allCases.flatMap { level in level.features.map { ($0, level) } }, uniquingKeysWith: { first, _ in first })
        return x86.features.map { feature in
            let level = levels[feature.name].map { "part of \($0)" }
            return (feature.name, level ?? (feature.isMigratable ? "" : "keeps a guest from migrating"))
        }
    }

    /// The names of the vendors of x86.
    var vendors: [String] { x86.vendors.map(\.name) }

    private func detail(of model: X86Model) -> String {
        let level = knowledge.level(ofModel: model.name).map { "\($0)" }
        return [model.vendor, level].compactMap { $0 }.joined(separator: ", ")
    }

    /// Nil for a name that no model has.
    func model(_ name: String) -> String? {
        if let model = x86.model(named: name) {
            let level = knowledge.level(ofModel: name).map { "level \($0)" } ?? "without a level of x86-64"
            var lines = ["**\(name)**: CPU model of \(model.vendor ?? "no vendor"), \(level)"]
            if let same = x86.unversionedName(of: name) { lines.append("The same CPU as \(same).") }
            lines.append(model.isKnownByNameOnly ? "Only the hosts know this model." : since(CPUMap.builtIn.x86.model(named: name)?.since))
            return MarkdownText.prose((lines + hosts(startingModel: name)).joined(separator: "\n\n"))
        }
        guard let model = knowledge.map.ppc64.model(named: PVRMap.currentName(of: name)) else { return nil }
        return MarkdownText.prose("**\(name)**: CPU model of \(model.vendor ?? "no vendor") for ppc64")
    }

    /// Nil for a name that no feature has.
    func feature(_ name: String) -> String? {
        guard let feature = x86.feature(named: name) else { return nil }
        var lines = ["**\(name)**: CPU feature" + (feature.bits.isEmpty ? "" : ", \(feature.bits.map(place).joined(separator: ", "))")]
        if let level = ISALevel.allCases.first(where: { $0.features.contains(name) }) { lines.append("Part of \(level).") }
        if !feature.isMigratable { lines.append("A guest that has it cannot migrate.") }
        if !feature.aliases.isEmpty { lines.append("Also called \(feature.aliases.map(\.name).joined(separator: ", ")); libvirt knows only \(name).") }
        lines.append(since(CPUMap.builtIn.x86.feature(named: name)?.since))
        return MarkdownText.prose((lines + hosts(havingFeature: name)).joined(separator: "\n\n"))
    }

    private func place(of bit: CPUDataBit) -> String {
        switch bit.address {
        case .cpuid(let leaf, let subleaf, let register):
            "CPUID leaf 0x\(String(leaf, radix: 16))" + (subleaf == 0 ? "" : ", subleaf \(subleaf)") + ", \("\(register)".uppercased()) bit \(bit.bit)"
        case .msr(let index, let register): "MSR 0x\(String(index, radix: 16)), bit \(Int(bit.bit) + (register == .edx ? 32 : 0))"
        }
    }

    /// Which releases of libvirt know a name, as far as the built-in maps tell.
    private func since(_ release: LibvirtVersion?) -> String {
        let releases = CPUMap.builtInReleases.sorted()
        guard let release, let index = releases.firstIndex(of: release), index > 0 else {
            return "libvirt has known it since \(releases[0]) or longer."
        }
        return "libvirt \(release) knows it; \(releases[index - 1]) does not."
    }

    // MARK: Hosts

    private func platform(of host: Host) -> DomainPlatform {
        DomainPlatform(architecture: host.architecture ?? Architecture.defaultName, virtType: "kvm")
    }

    private func verdict(on model: String, host index: Int) -> HostVerdict {
        let cpu = CPUDefinition(kind: .guest, model: model, fallback: .forbid)
        return startCheck.verdict(on: StartQuestion(cpu: cpu, platform: platform(of: startCheck.hosts[index])), host: index)
    }

    /// Whether all hosts start guests with a model; nil without hosts.
    func allStart(_ model: String) -> Bool? {
        startCheck.hosts.isEmpty ? nil : startCheck.hosts.indices.allSatisfy { verdict(on: model, host: $0).answer == .starts }
    }

    private func hosts(startingModel model: String) -> [String] {
        let lines = startCheck.hosts.indices.map { index in
            let verdict = verdict(on: model, host: index)
            let answer = switch verdict.answer {
            case .starts: "starts guests with it"
            case .refuses: "does not start guests with it"
            case .unknown: "may not start guests with it"
            }
            let reasons = verdict.reasons.map { ": \($0)" }.joined()
            return "- \(printable(verdict.host)) \(answer)\(printable(reasons))"
        }
        return lines.isEmpty ? [] : [lines.joined(separator: "\n")]
    }

    private func hosts(havingFeature name: String) -> [String] {
        let lines = startCheck.hosts.indices.map { index -> String in
            let host = startCheck.hosts[index]
            let answer = switch (startCheck.map(of: index).x86.bits(ofFeature: name), startCheck.offered(index, for: platform(of: host))) {
            case (nil, _): "has a libvirt that does not know it"
            case (_, nil): "does not say whether it has it"
            case (let bits?, let offered?): bits.isSubset(of: offered) ? "offers it" : "does not offer it"
            }
            return "- \(printable(host.name)) \(answer)"
        }
        return lines.isEmpty ? [] : [lines.joined(separator: "\n")]
    }
}
