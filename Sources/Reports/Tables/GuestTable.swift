import Lint

/// What a guest sees of its CPU, one feature per line.
package enum GuestTable {
    package static func text(_ guest: GuestRecord, _ description: GuestDescription) -> String {
        var text = "\(printable(guest.name ?? guest.uuid ?? "a domain without a name")):\n"
        text += labelled(description.facts.map { ($0.label, $0.value) })
        for feature in description.features { text += "  \(printable(feature))\n" }
        return text
    }

    /// - Parameter file: the name of the guest's file; `<stdin>` for a stream.
    package static func json(_ guest: GuestRecord, _ description: GuestDescription, file: String) -> JSONValue {
        let value: JSONValue = [
            "file": JSONValue(file), "name": JSONValue(guest.name), "uuid": JSONValue(uuid: guest.uuid),
            "windows": JSONValue(guest.windows),
            "facts": .array(description.facts.map { ["what": JSONValue($0.label), "value": JSONValue($0.value)] }),
            "features": JSONValue(description.features),
        ]
        return value.described(by: "show")
    }
}
