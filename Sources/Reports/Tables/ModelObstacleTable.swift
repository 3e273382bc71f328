import Hosts
import Lint

/// Why each host does not start a model, for `virt-cpu host --why-not`.
package struct ModelObstacleTable {
    private let obstacles: [ModelObstacles]

    package init(_ obstacles: [ModelObstacles]) { self.obstacles = obstacles }

    /// A host does not start the model, or may not.
    package var hasRefusal: Bool { obstacles.contains { $0.verdict.answer != .starts } }

    /// Why hosts did not answer.
    package var failures: [HostError] { obstacles.compactMap(\.failure) }

    package var text: String { obstacles.map(text).joined() }

    /// An object for each host.
    package var json: [JSONValue] { obstacles.map(json) }

    private func text(_ host: ModelObstacles) -> String {
        let verdict = host.verdict
        let outcome = switch (verdict.answer, verdict.isCertain) {
        case (.starts, true): "starts"
        case (.starts, false): "probably starts (its domain capabilities are not known)"
        case (.refuses, true): "does not start"
        case (.refuses, false): "probably does not start"
        case (.unknown, _): "may not start: it cannot be judged"
        }
        var lines: [(label: String, value: String)] = verdict.reasons.map { ("reason", $0.description) }
        if let lacked = host.lackedByProcessor, !lacked.isEmpty { lines.append(("processor", "lacks \(lacked.joined(separator: ", "))")) }
        if let listing = host.listing { lines.append(("hypervisor", words(for: listing, host.model))) }
        if let vendors = host.vendors {
            lines.append(("vendor", "the model is of \(vendors.model), the host of \(vendors.host); libvirt compares this only if the guest has <vendor>"))
        }
        if let libvirt = host.libvirt { lines.append(("libvirt", libvirt.description)) }
        if let remedy = host.remedy { lines.append(("instead", remedy.description)) }
        return "\(printable(verdict.host)): \(printable(host.model)) \(outcome)\n" + labelled(lines, column: 12)
    }

    private func words(for listing: ModelObstacles.Listing, _ model: String) -> String {
        switch listing {
        case .absent: "does not list \(model): its QEMU or its libvirt does not know it"
        case .usable: "usable"
        case .unusable(let blockers) where blockers.isEmpty: "unusable; its libvirt does not say why"
        case .unusable(let blockers): "unusable: missing \(blockers.joined(separator: ", "))"
        case .unknown: "usability unknown"
        }
    }

    private func json(_ host: ModelObstacles) -> JSONValue {
        let listing: JSONValue = switch host.listing {
        case nil: .null
        case .absent?: "not listed"
        case .usable?: "yes"
        case .unusable?: "no"
        case .unknown?: "unknown"
        }
        let blockers = if case .unusable(let names)? = host.listing { names } else { [String]() }
        let answer = switch host.verdict.answer {
        case .starts: "starts"
        case .refuses: "refuses"
        case .unknown: "unknown"
        }
        let value: JSONValue = [
            "host": JSONValue(host.verdict.host), "model": JSONValue(host.model), "answer": JSONValue(answer),
            "certain": JSONValue(host.verdict.isCertain), "reasons": JSONValue(host.verdict.reasons.map(\.description)),
            "lackedByProcessor": host.lackedByProcessor.map { JSONValue($0) } ?? .null, "usable": listing,
            "blockers": JSONValue(blockers), "libvirt": JSONValue(host.libvirt?.description),
            "instead": JSONValue(host.remedy?.description),
            "missing": JSONValue(host.verdict.missing), "causes": .array(host.verdict.reasons.map { JSONValue($0) }),
        ]
        return value.described(by: "why-not")
    }
}
