import Lint

/// Which guests which hosts start: a row for each guest, a column for each host.
package struct StartTable {
    /// One guest.
    package struct Row {
        package var file: String
        /// The guest's name; nil if it has none.
        package var name: String?
        package var uuid: String?
        /// In the order of the hosts. Nil where libvirt's rules about the CPU do not apply to the guest.
        package var verdicts: [HostVerdict]?

        package init(file: String, name: String?, uuid: String?, verdicts: [HostVerdict]?) {
            (self.file, self.name, self.uuid, self.verdicts) = (file, name, uuid, verdicts)
        }
    }

    private let hosts: [String]
    private let rows: [Row]

    package init(hosts: [String], rows: [Row]) {
        self.hosts = hosts
        self.rows = rows
    }

    /// Whether a host refuses a guest that is for its architecture.
    package var hasRefusal: Bool {
        rows.contains { $0.verdicts?.contains { $0.answer == .refuses && !$0.isForArchitecture } ?? false }
    }

    // MARK: Text

    /// The hosts with their numbers, a line for each guest, and how many start on all and on none.
    package var text: String {
        let names = rows.map { row in printable(row.name.map { "\(row.file): \($0)" } ?? row.file) }
        let width = min(names.map(\.count).max() ?? 0, 60)
        var text = hosts.enumerated().map { "\($0 + 1)  \(printable($1))\n" }.joined()
        if !rows.isEmpty { text += "\n" + padded("", to: width) + hosts.indices.map { "  " + padded("\($0 + 1)", to: 4) }.joined().trimmed + "\n" }
        for (row, name) in zip(rows, names) {
            let words = row.verdicts.map { $0.map(Self.word) } ?? hosts.map { _ in "-" }
            text += padded(name, to: width) + words.map { "  " + padded($0, to: 4) }.joined().trimmed + "\n"
        }
        return text + "\n" + summary
    }

    private var summary: String {
        let judged = rows.compactMap(\.verdicts)
        let all = judged.count { verdicts in verdicts.allSatisfy { $0.answer == .starts } }
        let none = judged.count { verdicts in verdicts.allSatisfy { $0.answer == .refuses } && !verdicts.contains(where: \.isForArchitecture) }
        let words = judged.flatMap { $0.map(Self.word) }
        var legend = ["yes: the host starts the guest, as far as the CPU decides that", "no: it does not"]
        if words.contains(where: { $0.hasSuffix("?") && $0.count > 1 }) { legend.append("yes?, no?: only the hypervisor knows for certain (virsh domcapabilities)") }
        if words.contains("?") { legend.append("?: not known; virt-cpu check says why") }
        if words.contains("-") || judged.count < rows.count { legend.append("-: the host is for another architecture, or the guest is none of QEMU's") }
        return "\(count(rows.count, "guest")): \(all) start on all hosts, \(none) on none\n(\(legend.joined(separator: "; ")))\n"
    }

    private static func word(_ verdict: HostVerdict) -> String {
        if verdict.isForArchitecture { return "-" }
        let doubt = verdict.isCertain ? "" : "?"
        return switch verdict.answer {
        case .starts: "yes" + doubt
        case .refuses: "no" + doubt
        case .unknown: "?"
        }
    }

    // MARK: JSON

    /// An object for each guest.
    package var json: [JSONValue] { rows.map(json) }

    private func json(_ row: Row) -> JSONValue {
        let value: JSONValue = [
            "file": JSONValue(row.file), "name": JSONValue(row.name), "uuid": JSONValue(uuid: row.uuid),
            "hosts": .array((row.verdicts ?? []).map { JSONValue($0) }),
        ]
        return value.described(by: "compare-table")
    }
}

extension String {
    /// Without the blanks at its end.
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return text
    }
}
