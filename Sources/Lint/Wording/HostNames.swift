/// The most hosts that a message names. `Finding.hosts` has all of them.
package let mostNamedHosts = 6

/// Hosts by their names, for a message: `host hv01`, `hosts hv01, hv02`. Of many, the first are named.
func hostNames(_ names: [String]) -> String { (names.count == 1 ? "host " : "hosts ") + listing(names, upTo: mostNamedHosts) }

/// The subject of a sentence about all hosts that are named, of which there are `count`: `the host`, `both hosts`, `all hosts`.
func allHosts(_ count: Int) -> String { count == 1 ? "the host" : count == 2 ? "both hosts" : "all hosts" }
