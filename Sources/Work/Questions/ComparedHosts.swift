import Hosts
import Lint
import Reports
import SystemPackage

/// The hosts that the guests of files are compared with, and the one on which guests were started. They are read once, or
/// once for each directory if its policy names them.
struct ComparedHosts {
    let question: HostQuestion
    /// The hosts that were named; empty if each file's policy names them.
    let specs: [String]
    /// The host on which guests were started: the name of one of the hosts, or a host as in `specs`.
    let origin: String?
    private var read: [FilePath: (known: KnownHosts, start: Host?)] = [:]

    init(question: HostQuestion, specs: [String], origin: String?) {
        self.question = question
        self.specs = specs
        self.origin = origin
    }

    /// The hosts for the files of a directory.
    mutating func hosts(for directory: FilePath) throws -> (known: KnownHosts, start: Host?) {
        let key = specs.isEmpty ? directory : "."
        if let hosts = read[key] { return hosts }
        let hosts = try look(for: key)
        read[key] = hosts
        return hosts
    }

    private func look(for directory: FilePath) throws -> (KnownHosts, Host?) {
        let known = try question.someHosts(specs, ofPolicyIn: directory)
        guard let origin else { return (known, nil) }
        let named = known.hosts
        if let host = named.first(where: { $0.name == origin }) { return (known, host) }
        let others: [Host]
        do {
            others = try question.arguments.hosts(for: [origin])
        } catch let failure as IOFailure {
            let meant = suggestion(for: origin, among: named.map(\.name))
            throw meant.isEmpty ? failure : IOFailure(message: "--from \(printable(origin)): neither the name of a host nor a file\(meant)")
        }
        guard others.count == 1 else { throw IOFailure(message: "--from names \(others.count) hosts, not one") }
        var all = try question.known(named + others)
        all.hosts = Array(all.hosts.prefix(named.count))
        return (all, others[0])
    }
}
