import CPUModel
import Hosts
import Lint

/// What is known of a host, for people and for programs.
struct HostReport {
    private let host: Host
    private let map: CPUMap
    private let hypervisors: [DomainCapabilities]

    /// - Throws: `HostError` when a host named by a URI does not answer.
    init(_ host: Host, map: CPUMap) throws(HostError) {
        self.host = host
        self.map = map
        hypervisors = try host.nativeCapabilities()
    }

    // MARK: JSON

    var object: JSONObject {
        var object = JSONObject()
        object.add("host", host.name)
        object.add("arch", host.architecture)
        object.add("model", host.cpu?.model)
        object.add("vendor", host.cpu?.vendor)
        if let signature = host.cpu?.signature {
            var value = JSONObject()
            value.add("family", signature.family)
            value.add("model", signature.model)
            value.add("stepping", signature.stepping)
            object.add("signature", value)
        }
        object.add("features", host.cpu?.features.map(\.name) ?? [])
        object.add("hypervisors", hypervisors.map(self.object))
        return object
    }

    private func object(_ hypervisor: DomainCapabilities) -> JSONObject {
        var object = JSONObject()
        object.add("virttype", hypervisor.platform.virtType)
        object.add("machine", hypervisor.platform.machine)
        object.add("emulator", hypervisor.platform.emulator)
        object.add("libvirt", hypervisor.oldestLibvirt?.description)
        if let model = hypervisor.hostModel {
            var value = JSONObject()
            value.add("model", model.model)
            value.add("canonical", canonicalName(model, hypervisor))
            value.add("fallback", model.fallback.rawValue)
            value.add("vendor", model.vendor)
            value.add("require", model.features(.require))
            value.add("disable", model.features(.disable))
            value.add("notMigratable", notMigratable(model.features(.require)))
            if let addresses = hypervisor.hostModelAddresses {
                var value = JSONObject()
                value.add("mode", addresses.mode.rawValue)
                if let bits = addresses.bits { value.add("bits", bits) }
                if let limit = addresses.limit { value.add("limit", limit) }
                object.add("maxphysaddr", value)
            }
            object.add("hostModel", value)
        }
        object.add("usable", names(hypervisor) { $0.usability == .yes })
        object.add("deprecated", names(hypervisor, where: \.isDeprecated))
        return object
    }

    // MARK: Text

    var text: String {
        let cpu = host.cpu
        var facts = [host.architecture, cpu?.vendor ?? hypervisors.first?.hostModel?.vendor].compactMap { $0 }
        if let signature = cpu?.signature {
            facts.append("family \(signature.family), model \(signature.model), stepping \(signature.stepping)")
        }
        guard cpu != nil || !hypervisors.isEmpty else { return "\(printable(host.name)): nothing is known of its CPU\n" }
        var text = "\(printable(host.name)): \(facts.map(printable).joined(separator: ", "))\n"
        if let cpu, let model = cpu.model {
            let older = map.x86.unversionedName(of: model)
            text += line("nearest model", model + (older.map { ", which older libvirts call \($0)" } ?? ""))
            let extra = cpu.features.map(\.name)
            text += line("beyond it", extra.isEmpty ? "nothing" : extra.joined(separator: " "))
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
            let canonical = canonicalName(model, hypervisor).map { ", which is \($0)" } ?? ""
            let isDeprecated = model.model.flatMap { hypervisor.model(named: $0) }?.isDeprecated ?? false
            text += line("host-model", (model.model ?? "no model") + canonical + (isDeprecated ? ", deprecated" : ""), 2)
            text += line("with", model.features(.require), 2)
            text += line("without", model.features(.disable), 2)
            // libvirt leaves these out of the guest that it starts (qemu_process.c, qemuProcessUpdateGuestCPU).
            text += line("not migratable", notMigratable(model.features(.require)), 2)
        } else if hypervisor.modes[.hostModel] == false {
            text += line("host-model", "not supported", 2)
        }
        text += line("addresses", addresses(hypervisor.hostModelAddresses ?? hypervisor.hostPassthroughAddresses), 2)
        let unsupported = hypervisor.modes.filter { !$0.value && $0.key != .hostModel }.map(\.key.rawValue).sorted()
        text += line("no mode", unsupported, 2)
        if !hypervisor.models.isEmpty {
            let usable = hypervisor.models.count { $0.usability == .yes }
            text += line("usable models", "\(usable) of \(hypervisor.models.count): virt-cpu models --host", 2)
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

    /// Nothing where there is nothing to say.
    private func line(_ label: String, _ value: String, _ indent: Int = 0) -> String {
        guard !value.isEmpty else { return "" }
        let padding = String(repeating: " ", count: max(14 - label.count, 0))
        return String(repeating: " ", count: 2 + indent) + "\(label)\(padding) \(printable(value))\n"
    }

    // MARK: Facts

    private func notMigratable(_ names: [String]) -> [String] {
        names.filter { map.x86.feature(named: $0)?.isMigratable == false }
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
