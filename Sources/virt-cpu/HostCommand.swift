import ArgumentParser
import CPUModel
import Hosts

/// `virt-cpu host SPEC…`.
struct HostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "Show hosts: nearest CPU model, what it leaves out, signature.",
        discussion: "A host is a file: the output of virsh capabilities, a host's <cpu>, or libvirt's <cpudata>.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, xml }

    @Option(name: .long, help: "text, json (an array) or xml (libvirt's <cpu> of each).")
    var format = Format.text

    @OptionGroup var map: CPUMapOptions

    @Argument(help: ArgumentHelp("Files with hosts.", valueName: "spec"))
    var specs: [String]

    func run() throws {
        let knowledge = try map.knowledge()
        let sources = HostSpecs(knowledge: knowledge)
        let hosts = try sources.known(try sources.hosts(for: specs))
        switch format {
        case .xml: StandardOutput.write(hosts.compactMap { $0.cpu?.xml }.joined())
        case .json: StandardOutput.write("[\(hosts.map { object($0).text }.joined(separator: ",\n "))]\n")
        case .text: StandardOutput.write(hosts.map { text($0, knowledge.map) }.joined(separator: "\n"))
        }
    }

    private func object(_ host: Host) -> JSONObject {
        var object = JSONObject()
        object.add("host", host.name)
        object.add("arch", host.cpu?.architecture)
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
        return object
    }

    private func text(_ host: Host, _ map: CPUMap) -> String {
        guard let cpu = host.cpu else { return "\(printable(host.name)): nothing is known of its CPU\n" }
        var facts = [cpu.architecture, cpu.vendor].compactMap { $0 }
        if let signature = cpu.signature {
            facts.append("family \(signature.family), model \(signature.model), stepping \(signature.stepping)")
        }
        var text = "\(printable(host.name)): \(facts.map(printable).joined(separator: ", "))\n"
        guard let model = cpu.model else { return text }
        let older = map.x86.unversionedName(of: model)
        text += "  nearest model  \(printable(model))\(older.map { ", which older libvirts call \($0)" } ?? "")\n"
        let extra = cpu.features.map(\.name)
        text += "  beyond it      \(extra.isEmpty ? "nothing" : printable(extra.joined(separator: " ")))\n"
        let fixed = extra.filter { map.x86.feature(named: $0)?.isMigratable == false }
        if !fixed.isEmpty { text += "  not migratable \(fixed.joined(separator: " "))\n" }
        return text
    }
}
