import DomainXML
import Hosts

/// The hosts that must run the guests, and the targets that come from them.
struct HostPool: Sendable {
    var hosts: [Host] = []

    /// The hosts' architecture where they agree, for definitions that name none.
    var architecture: String? {
        guard let first = hosts.first?.cpu?.arch, hosts.allSatisfy({ $0.cpu?.arch == first }) else { return nil }
        return first
    }

    /// Refuses a model that belongs to another architecture.
    func check(model: String, fits architecture: Architecture) throws {
        if architecture.family != .x86 {
            throw Refusal(reason: "\(model) is not known to be a model of \(architecture)")
        }
    }

    func change(for target: Target, _ guest: Guest) throws -> CPUChange {
        guard !hosts.isEmpty else {
            throw Refusal(reason: "no host is known: name one with --host (the output of virsh capabilities)")
        }
        throw Refusal(reason: "not yet")
    }
}
