import CPUModel
import Hosts
import Lint

/// What is known of a host, for people and for programs.
package struct HostReport {
    private let host: Host
    private let map: CPUMap
    private let hypervisors: [DomainCapabilities]

    /// - Parameter hypervisors: the domain capabilities for the host's own architecture.
    package init(_ host: Host, hypervisors: [DomainCapabilities], map: CPUMap) {
        self.host = host
        self.map = map
        self.hypervisors = hypervisors
    }

    // MARK: JSON

    /// An object; what is not known of the host is null or absent.
    package var json: JSONValue {
        var json: JSONValue = [
            "host": JSONValue(host.name), "arch": JSONValue(host.architecture), "model": JSONValue(host.cpu?.model),
            "vendor": JSONValue(host.cpu?.vendor),
        ]
        if let signature = host.cpu?.signature {
            json.add([
                "signature": [
                    "family": JSONValue(signature.family), "model": JSONValue(signature.model),
                    "stepping": JSONValue(signature.stepping),
                ],
            ])
        }
        json.add([
            "level": JSONValue(level(processor)?.description),
            "features": JSONValue(host.cpu?.features.map(\.name) ?? []),
            "hypervisors": .array(hypervisors.map(self.json)), "file": JSONValue(host.file),
        ])
        return json.described(by: "host")
    }

    private func json(_ hypervisor: DomainCapabilities) -> JSONValue {
        var json: JSONValue = [
            "virttype": JSONValue(hypervisor.platform.virtType), "machine": JSONValue(hypervisor.platform.machine),
            "emulator": JSONValue(hypervisor.platform.emulator),
            "libvirt": JSONValue(hypervisor.oldestLibvirt?.description)
        ]
        if let model = hypervisor.hostModel {
            if let addresses = hypervisor.hostModelAddresses { json.add(["maxphysaddr": self.json(addresses)]) }
            json.add([
                "hostModel": [
                    "model": JSONValue(model.model), "canonical": JSONValue(canonicalName(model, hypervisor)),
                    "fallback": JSONValue(model.fallback.rawValue), "vendor": JSONValue(model.vendor),
                    "level": JSONValue(level(given(model, by: hypervisor))?.description),
                    "require": JSONValue(model.features(.require)), "disable": JSONValue(model.features(.disable)),
                    "notMigratable": JSONValue(notMigratable(model.features(.require))),
                ],
            ])
        }
        json.add([
            "usable": JSONValue(names(hypervisor) { $0.usability == .yes }),
            "deprecated": JSONValue(names(hypervisor, where: \.isDeprecated)),
        ])
        return json
    }

    private func json(_ addresses: DomainCapabilities.PhysicalAddresses) -> JSONValue {
        var json: JSONValue = ["mode": JSONValue(addresses.mode.rawValue)]
        if let bits = addresses.bits { json.add(["bits": JSONValue(bits)]) }
        if let limit = addresses.limit { json.add(["limit": JSONValue(limit)]) }
        return json
    }

    // MARK: Text

    package var text: String {
        let cpu = host.cpu
        var facts = [host.architecture, cpu?.vendor ?? hypervisors.first?.hostModel?.vendor].compactMap { $0 }
        if let signature = cpu?.signature {
            facts.append("family \(signature.family), model \(signature.model), stepping \(signature.stepping)")
        }
        guard cpu != nil || !hypervisors.isEmpty else {
            return "\(printable(host.name)): nothing is known of its CPU\n"
        }
        var text = "\(printable(host.name)): \(facts.map(printable).joined(separator: ", "))\n"
        if let cpu, let model = cpu.model {
            let older = map.x86.unversionedName(of: model)
            text += line("nearest model", model + (older.map { " (called \($0) before libvirt 10.10)" } ?? ""))
            let extra = cpu.features.map(\.name)
            text += line("level", levelWords(processor))
            text += line("other features", extra.isEmpty ? "nothing" : extra.joined(separator: " "))
            text += line("not migratable", notMigratable(extra))
        }
        for hypervisor in hypervisors { text += self.text(hypervisor) }
        return text
    }

    private func text(_ hypervisor: DomainCapabilities) -> String {
        let platform = hypervisor.platform
        var text = "  guests of type \(printable(platform.virtType))"
        text += platform.machine.map { ", machine \(printable($0))" } ?? ""
        text += platform.emulator.map { ", \(printable($0))" } ?? ""
        text += "\n"
        if let model = hypervisor.hostModel {
            let canonical = canonicalName(model, hypervisor).map { " (\($0))" } ?? ""
            let isDeprecated = model.model.flatMap { hypervisor.model(named: $0) }?.isDeprecated ?? false
            text += line(
                "host-model", (model.model ?? "no model") + canonical + (isDeprecated ? ", deprecated" : ""), 2)
            text += line("level", levelWords(given(model, by: hypervisor)), 2)
            text += line("with", model.features(.require), 2)
            text += line("without", model.features(.disable), 2)
            // When libvirt starts a guest with host-model, it leaves out these features (qemu_process.c,
            // qemuProcessUpdateGuestCPU).
            text += line("not migratable", notMigratable(model.features(.require)), 2)
        } else if hypervisor.modes[.hostModel] == false {
            text += line("host-model", "not supported", 2)
        }
        text += line("addresses", addresses(hypervisor.hostModelAddresses ?? hypervisor.hostPassthroughAddresses), 2)
        let unsupported = hypervisor.modes.filter { !$0.value && $0.key != .hostModel }.map(\.key.rawValue).sorted()
        text += line("modes missing", unsupported, 2)
        if !hypervisor.models.isEmpty {
            let usable = hypervisor.models.count { $0.usability == .yes }
            text += line(
                "usable models", "\(usable) of \(hypervisor.models.count) (virt-cpu models --host lists them)", 2)
            text += line("deprecated", names(hypervisor, where: \.isDeprecated), 2)
        }
        text += line("libvirt", hypervisor.oldestLibvirt.map { "\($0.major).\($0.minor) or newer" } ?? "", 2)
        return text
    }

    private func addresses(_ addresses: DomainCapabilities.PhysicalAddresses?) -> String {
        guard let addresses else { return "" }
        let bits = addresses.bits.map { "\($0) bits" }
        let limit = addresses.limit.map { "at most \($0) bits" }
        let words = [addresses.mode == .passthrough ? "the host's own" : nil, bits, limit].compactMap { $0 }
        return words.joined(separator: ", ")
    }

    private func line(_ label: String, _ names: [String], _ indent: Int = 0) -> String {
        line(label, names.joined(separator: " "), indent)
    }

    /// A line with a label and a value; empty if the value is empty.
    private func line(_ label: String, _ value: String, _ indent: Int = 0) -> String {
        value.isEmpty ? "" : labelled([(label, value)], indent: 2 + indent, column: 15)
    }

    // MARK: Facts

    private func notMigratable(_ names: [String]) -> [String] {
        names.filter { map.x86.feature(named: $0)?.isMigratable == false }
    }

    /// The features of the processor. Nil if they are not known.
    private var processor: FeatureSet? {
        guard let cpu = host.cpu, let known = try? map.x86.host(leniently: cpu), known.modelKnownByNameOnly == nil else { return nil }
        return known.features
    }

    /// What a guest with host-model gets: QEMU's model, which can have more than the map's. Nil if it is not known.
    private func given(_ cpu: CPUDefinition, by hypervisor: DomainCapabilities) -> FeatureSet? {
        var cpu = cpu
        cpu.mode = .custom
        let seen = try? map.guestVisibleCPU(of: cpu, under: hypervisor.platform.isAccelerated ? .kvm : .tcg)
        return seen?.features
    }

    private func level(_ features: FeatureSet?) -> ISALevel? { features.flatMap { map.x86.level(of: $0) } }

    /// The level of x86-64, and what the next one also needs, if that is little. Empty if there is none.
    private func levelWords(_ features: FeatureSet?) -> String {
        guard let features, let level = level(features) else { return "" }
        let missing = level.next.map { map.x86.missing(for: $0, in: features) } ?? []
        let rest = missing.isEmpty || missing.count > 3 ? "" : "; \(level.next!) also needs \(missing.joined(separator: ", "))"
        return "\(level)\(rest)"
    }

    private func canonicalName(_ cpu: CPUDefinition, _ hypervisor: DomainCapabilities) -> String? {
        cpu.model.flatMap { hypervisor.model(named: $0)?.canonicalName }
    }

    private func names(
        _ hypervisor: DomainCapabilities, where isWanted: (DomainCapabilities.Model) -> Bool
    ) -> [String] {
        hypervisor.models.filter(isWanted).map(\.name)
    }
}
