import XMLTree

extension GuestSupport {
    /// Reads a `<guest>` element of capabilities. Nil when it is not about virtual machines (`exe`) or has no
    /// architecture.
    init?(_ guest: XMLElement) {
        guard let arch = guest.child("arch"), let name = arch["name"], guest.child("os_type")?.text == "hvm" else {
            return nil
        }
        self.init(architecture: name)
        var seen: Set<String> = []
        for place in [arch] + arch.children("domain") {
            if let type = place["type"] { virtTypes.append(type) }
            if let path = place.child("emulator")?.nonEmptyText, seen.insert(path).inserted { emulators.append(path) }
            for machine in place.children("machine") {
                guard let name = machine.nonEmptyText else { continue }
                machines.insert(name)
                if let canonical = machine["canonical"] { canonicalMachines[name] = canonical }
            }
        }
    }
}
