/// The most hosts that a message names. `Finding.hosts` has all of them.
let mostNamedHosts = 6

/// `host hv01`, `hosts hv01, hv02`, `hosts hv01, hv02, hv03, hv04, hv05, hv06 and 994 more`.
func hostWords(_ names: [String]) -> String {
    "\(names.count == 1 ? "host" : "hosts") \(listing(names, upTo: mostNamedHosts))"
}

/// The items joined by commas or another separator, for a message. Only the first `limit` are named; the others are counted.
package func listing(_ items: [String], upTo limit: Int = 12, separator: String = ", ") -> String {
    let shown = items.prefix(limit).joined(separator: separator)
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
}
