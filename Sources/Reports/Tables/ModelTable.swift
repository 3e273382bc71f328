import CPUModel
import Hosts
import Lint

/// The models of the CPU map, and what each host can do with them.
package struct ModelTable {
    private let map: CPUMap
    private let hosts: [ModelHost]
    private let knowledge: CPUKnowledge

    /// - Parameters:
    ///   - hosts: x86 hosts. If there are any, only the models of x86 are listed.
    ///   - knowledge: what guests get from a model, which decides about its level.
    package init(_ map: CPUMap, hosts: [ModelHost], _ knowledge: CPUKnowledge = CPUKnowledge()) {
        self.map = map
        self.hosts = hosts
        self.knowledge = knowledge
    }

    package var text: String {
        let width = map.x86.models.map(\.name.count).max() ?? 0
        func line(_ name: String, _ vendor: String?, _ level: ISALevel? = nil, _ rest: String = "") -> String {
            // A name that fills its column is followed by one blank all the same.
            var line = padded(name + " ", to: width + 2) + padded((vendor ?? "-") + " ", to: 7)
                + padded((level?.description ?? "-") + "  ", to: 11) + rest
            while line.hasSuffix(" ") { line.removeLast() }
            return printable(line) + "\n"
        }
        let x86 = map.x86.models.map { model in
            let older = map.x86.unversionedName(of: model.name).map { "= \($0)" } ?? ""
            return line(
                model.name, model.vendor, knowledge.level(ofModel: model.name), older + hosts.map { "  \($0.name): \($0.word(on: model))" }.joined())
        }
        return (x86 + ppc64.map { line($0.name, $0.vendor) }).joined()
    }

    /// An object for each model.
    package var json: [JSONValue] {
        let x86 = map.x86.models.map { model in
            json(model.name, "x86", model.vendor, map.x86.unversionedName(of: model.name), hosts.map { ($0, model) })
        }
        return x86 + ppc64.map { json($0.name, "ppc64", $0.vendor, nil, []) }
    }

    private var ppc64: [PVRMap.Model] { hosts.isEmpty ? map.ppc64.models : [] }

    private func json(
        _ name: String, _ architecture: String, _ vendor: String?, _ older: String?, _ hosts: [(ModelHost, X86Model)]
    ) -> JSONValue {
        let value: JSONValue = [
            "model": JSONValue(name), "arch": JSONValue(architecture), "vendor": JSONValue(vendor),
            "level": JSONValue(knowledge.level(ofModel: name)?.description), "unversioned": JSONValue(older),
            "hosts": .array(hosts.map(json)),
        ]
        return value.described(by: "models")
    }

    /// What a host can do with a model. What is not known of the host is null.
    private func json(_ host: ModelHost, _ model: X86Model) -> JSONValue {
        let listed = host.hypervisor?.model(named: model.name)
        return [
            "host": JSONValue(host.name), "missing": host.missing(of: model).map { JSONValue($0) } ?? .null,
            "usable": JSONValue(host.hypervisor.map { _ in listed?.usability.rawValue ?? "not listed" }),
            "blockers": JSONValue(listed?.blockers ?? []), "deprecated": JSONValue(listed?.isDeprecated ?? false),
        ]
    }
}
