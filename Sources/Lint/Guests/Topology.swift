import DomainXML

/// The arrangement of a guest's vCPUs, as the guest sees it.
public struct Topology: Sendable, Equatable, CustomStringConvertible {
    /// The number of sockets. Without `<topology>`, each vCPU is a socket.
    public let sockets: Int
    /// The number of dies in each socket.
    public let dies: Int
    /// The number of clusters in each die.
    public let clusters: Int
    /// The number of cores in each cluster.
    public let cores: Int
    /// The number of threads in each core.
    public let threads: Int
    /// The definition has a `<topology>`.
    public let isGiven: Bool
    /// The number in `<vcpu>`: the most vCPUs that the guest can have. `current` does not matter.
    public let maximumVCPUs: Int

    /// Whether a socket has more than one thread, on one core or on several.
    var hasSeveralThreadsPerSocket: Bool { dies > 1 || clusters > 1 || cores > 1 || threads > 1 }

    package init(_ guest: Guest) {
        let domain = guest.domain
        let vcpus = domain.vcpu.flatMap { wholeNumber(domain[$0.text]) } ?? 1
        maximumVCPUs = vcpus
        guard let given = guest.cpu?.topology else {
            sockets = vcpus
            (dies, clusters, cores, threads) = (1, 1, 1, 1)
            isGiven = false
            return
        }
        func count(_ text: DecodedText?) -> Int { domain[text].flatMap { wholeNumber($0) } ?? 1 }
        sockets = count(given.sockets)
        dies = count(given.dies)
        clusters = count(given.clusters)
        cores = count(given.cores)
        threads = count(given.threads)
        isGiven = true
    }

    /// `1 socket × 4 cores × 2 threads`. Dies and clusters are mentioned if there is more than one.
    public var description: String {
        func part(_ count: Int, _ name: String) -> String { "\(count) \(name)\(count == 1 ? "" : "s")" }
        var parts = [part(sockets, "socket")]
        if dies != 1 { parts.append(part(dies, "die")) }
        if clusters != 1 { parts.append(part(clusters, "cluster")) }
        return (parts + [part(cores, "core"), part(threads, "thread")]).joined(separator: " × ")
    }
}
