import Lint

/// The differences between the guests of two files, as the guests notice them.
package struct GuestDifferences {
    private var pairs: [(old: GuestRecord, new: GuestRecord, change: GuestChange)] = []
    private var removed: [GuestRecord] = []
    private var added: [GuestRecord] = []
    /// The names of the two files, for programs.
    private let files: (old: String, new: String)

    /// A guest sees another CPU than before, or may see one.
    package var isChanged: Bool { pairs.contains { !$0.change.isNone } }

    /// At least one guest is in both files.
    package var isAnswer: Bool { !pairs.isEmpty }

    /// Pairs domains by UUID, then by name; the only domain of one file pairs with the only domain of the other.
    ///
    /// - Parameters:
    ///   - hosts: the hosts that decide what a CPU that follows its host is.
    ///   - files: the names of the two files; `<stdin>` for a stream.
    package init(
        from old: [GuestRecord], to new: [GuestRecord], on hosts: StartCheck,
        files: (old: String, new: String) = ("<stdin>", "<stdin>")
    ) {
        self.files = files
        // Both sides get the same file name, so that the only domain of one side is paired with the only domain of the
        // other.
        let file = ""
        let pairing = GuestPairing(
            old: old.map { ($0, file) }, new: new.map { GuestPairing.Definition(GuestIdentity($0), file: file) })
        for guest in new {
            if let place = pairing.place(of: GuestIdentity(guest), file: file) {
                pairs.append((old[place], guest, GuestChange.between(old[place], guest, on: hosts)))
            } else {
                added.append(guest)
            }
        }
        removed = pairing.removed.map { old[$0] }
    }

    // MARK: Text

    package var text: String {
        pairs.map(text).joined() + added.map { "\(name($0)): only in the new file\n" }.joined()
            + removed.map { "\(name($0)): only in the old file\n" }.joined()
    }

    private func text(_ old: GuestRecord, _ new: GuestRecord, _ change: GuestChange) -> String {
        let was = old.name == new.name ? "" : " (formerly \(name(old)))"
        if change.isNone { return "\(name(new))\(was): no change that the guest can notice\n" }
        var text = "\(name(new))\(was):\n"
        text += labelled(change.items.map { ($0.aspect.rawValue, $0.value) } + change.doubts.map { ("unknown", $0) })
        if let evidence = new.windows ?? old.windows {
            text += "  Windows (\(printable(evidence))): a changed CPU can trigger reactivation\n"
        }
        return text
    }

    private func name(_ guest: GuestRecord) -> String {
        printable(guest.name ?? guest.uuid ?? "a domain without a name")
    }

    // MARK: JSON

    /// An object for each guest.
    package var json: [JSONValue] {
        var objects = pairs.map { old, new, change in
            let result = !change.items.isEmpty ? "changed" : change.doubts.isEmpty ? "unchanged" : "unknown"
            return json(new, result, earlier: old, change)
        }
        objects += added.map { json($0, "added", earlier: nil, GuestChange()) }
        objects += removed.map { json($0, "removed", earlier: $0, GuestChange()) }
        return objects
    }

    private func json(
        _ guest: GuestRecord, _ result: String, earlier: GuestRecord?, _ change: GuestChange
    ) -> JSONValue {
        let changes = change.items.map { item -> JSONValue in
            let isList = !item.features.isEmpty
            return [
                "what": JSONValue(item.aspect.rawValue), "old": isList ? .null : JSONValue(item.old),
                "new": isList ? .null : JSONValue(item.new), "features": JSONValue(item.features),
            ]
        }
        let value: JSONValue = [
            "name": JSONValue(guest.name), "uuid": JSONValue(uuid: guest.uuid), "earlierName": JSONValue(earlier?.name),
            "windows": JSONValue(guest.windows ?? earlier?.windows), "result": JSONValue(result),
            "changes": .array(changes), "unknown": JSONValue(change.doubts),
            "oldFile": JSONValue(files.old), "newFile": JSONValue(files.new),
        ]
        return value.described(by: "diff")
    }
}
