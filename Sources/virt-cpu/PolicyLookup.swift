import Hosts
import Lint
import SystemPackage

/// Finds the policy for an input, reads it and its hosts, and keeps both for the next input of the same place.
struct PolicyLookup {
    static let fileName = ".virt-cpu.yaml"
    static let systemFile: FilePath = "/etc/virt-cpu.yaml"

    private let options: JudgingOptions
    private let purpose: Judge.Purpose
    private let overrides: Overrides
    private let knowledge: CPUKnowledge
    private let commandLineHosts: [Host]
    private var byDirectory: [FilePath: Place] = [:]
    private(set) var prepared: [Prepared] = []

    /// A judge, and the directory that its policy's paths start from.
    final class Prepared {
        var judge: Judge
        let directory: FilePath
        init(judge: Judge, directory: FilePath) {
            self.judge = judge
            self.directory = directory
        }
    }

    private struct Place: Hashable {
        var file: FilePath?
        var origin: Int
    }
    private var byPolicy: [Place: Int] = [:]

    init(_ options: JudgingOptions, purpose: Judge.Purpose) throws {
        self.options = options
        self.purpose = purpose
        overrides = try options.overrides()
        knowledge = try options.map.knowledge()
        let specs = HostSpecs(knowledge: knowledge)
        if case .model(let model) = overrides.target, let meant = knowledge.meant(byModel: model.model) {
            throw IOFailure(message: "--default: libvirt knows no CPU model '\(model.model)' (did you mean '\(meant)'?)")
        }
        commandLineHosts = try specs.withKnownModels(specs.hosts(for: options.host))
    }

    /// The judge for definitions in a directory.
    mutating func judge(forDirectory directory: FilePath) throws -> Prepared {
        let place: Place
        if let known = byDirectory[directory] {
            place = known
        } else {
            place = find(from: directory)
            byDirectory[directory] = place
        }
        if let index = byPolicy[place] { return prepared[index] }
        let new = try prepare(place)
        byPolicy[place] = prepared.count
        prepared.append(new)
        return new
    }

    private func find(from directory: FilePath) -> Place {
        if options.noConfig { return Place(file: nil, origin: 0) }
        if let file = options.config { return Place(file: FilePath(file), origin: 1) }
        if let file = Self.discover(from: directory) { return Place(file: file, origin: 2) }
        return Files.exists(Self.systemFile) ? Place(file: Self.systemFile, origin: 3) : Place(file: nil, origin: 0)
    }

    /// Upwards to the top of the repository. Outside of one only the directory itself is looked at: what lies above
    /// it may be anybody's.
    static func discover(from directory: FilePath) -> FilePath? {
        guard let start = Files.real(directory) else { return nil }
        var place = start
        var found: FilePath?
        while true {
            if found == nil, Files.exists(place.appending(fileName)) { found = place.appending(fileName) }
            if Files.exists(place.appending(".git")) { return found }
            guard place.removeLastComponent() else { break }
        }
        let own = start.appending(fileName)
        return found == own ? own : nil
    }

    private func prepare(_ place: Place) throws -> Prepared {
        var policy = Policy()
        var hosts = commandLineHosts
        var directory: FilePath = "."
        if let file = place.file {
            let origin: PolicyOrigin = place.origin == 1 ? .named : place.origin == 2 ? .discovered : .system
            if origin == .discovered, Files.real(file)?.removingLastComponent() != file.removingLastComponent() {
                // Its errors would quote lines of a file that the repository has no right to.
                throw IOFailure(message: "\(printable(file.string)): a link that leads out of its directory")
            }
            let bytes = try Files.read(file, limit: 1 << 20)
            policy = try Policy.parse(
                bytes, file: file.string, origin: origin, knownRules: Rule.ids, knowledge: knowledge)
            directory = file.removingLastComponent()
            if directory.isEmpty { directory = "." }
            if commandLineHosts.isEmpty {
                let specs = HostSpecs(knowledge: knowledge)
                hosts = try specs.withKnownModels(
                    specs.hosts(of: policy.hosts, in: file.string, directory: directory, origin: origin))
            }
        }
        return Prepared(
            judge: Judge(
                policy: policy, hosts: hosts, targetHosts: try local(for: policy, hosts), overrides: overrides, purpose: purpose,
                knowledge: knowledge),
            directory: Files.real(directory) ?? directory)
    }

    /// `filter` takes this machine for the host that its targets speak of, where none is named.
    private func local(for policy: Policy, _ hosts: [Host]) throws -> [Host]? {
        guard purpose == .rewrite, hosts.isEmpty, !options.noLocal else { return nil }
        let targets = overrides.target.map { [$0] } ?? [policy.default] + policy.guests.compactMap(\.default)
        guard targets.contains(where: \.needsHost) || policy.windows == .pin else { return nil }
        return [try Host.local(map: knowledge.map)]
    }
}
