import Lint

extension GuestPairing.Duplicate {
    /// One line that names the domains and their files.
    var text: String {
        guard let uuid, Set(names).count > 1 else {
            return "domain \(name ?? uuid ?? "") is defined in \(files.joined(separator: ", "))"
        }
        let all = zip(names, files).map { "\($0 ?? "a domain without a name") in \($1)" }
        return "several domains share the UUID \(dashed(uuid)): \(all.joined(separator: ", "))"
    }

    /// A UUID with dashes, as virsh prints it.
    private func dashed(_ uuid: String) -> String {
        guard uuid.utf8.count == 32 else { return uuid }
        var rest = uuid[...]
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }
}
