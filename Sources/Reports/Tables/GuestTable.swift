import Lint

/// What a guest sees of its CPU, one feature per line.
package enum GuestTable {
    package static func text(_ guest: GuestRecord, _ description: GuestDescription) -> String {
        var text = "\(printable(guest.name ?? guest.uuid ?? "a domain without a name")):\n"
        text += labelled(description.facts.map { ($0.label, $0.value) })
        for feature in description.features { text += "  \(printable(feature))\n" }
        return text
    }
}
