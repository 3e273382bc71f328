import DomainXML

extension Domain {
    /// The flags that libvirt uses: if an element occurs twice, the last one counts (tried with libvirt 9.0, 11.3 and 12.9).
    func lastOfEach(_ flags: [Flag]) -> [Flag] {
        guard flags.count > 1 else { return flags }
        // A dictionary, because a hostile definition can have 65,536 flags, too many to compare each with each.
        var last: [String: Int] = [:]
        for (index, flag) in flags.enumerated() { last[self[flag.name]] = index }
        guard last.count < flags.count else { return flags }
        return last.values.sorted().map { flags[$0] }
    }
}
