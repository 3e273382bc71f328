import Lint

extension GuestPairing.Duplicate {
    /// One line that names the domains and their files.
    var text: String {
        guard let uuid, Set(names).count > 1 else {
            return "domain \(name ?? uuid ?? "") is defined in \(files.joined(separator: ", "))"
        }
        let all = zip(names, files).map { "\($0 ?? "a domain without a name") in \($1)" }
        return "several domains share the UUID \(canonical(uuid: uuid)): \(all.joined(separator: ", "))"
    }
}
