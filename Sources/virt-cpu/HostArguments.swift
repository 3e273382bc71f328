import ArgumentParser
import CPUModel
import Hosts
import Lint
import SystemPackage

/// Which CPU map answers.
enum CPUMapChoice: ExpressibleByArgument {
    case builtIn
    /// The installed libvirt's.
    case system
    case directory(String)

    init?(argument: String) {
        switch argument {
        case "": return nil
        case "builtin": self = .builtIn
        case "system": self = .system
        default: self = .directory(argument)
        }
    }

    var defaultValueDescription: String { "builtin" }

    func knowledge() throws -> CPUKnowledge {
        switch self {
        case .builtIn: return CPUKnowledge()
        case .system:
            guard Files.isDirectory(FilePath(CPUMap.systemDirectory)) else {
                throw IOFailure(message: "--cpu-map system: no \(CPUMap.systemDirectory): libvirt is not installed")
            }
            return CPUKnowledge(map: try CPUMap(directory: CPUMap.systemDirectory))
        case .directory(let path): return CPUKnowledge(map: try CPUMap(directory: path))
        }
    }
}

struct CPUMapOptions: ParsableArguments {
    @Option(
        name: .customLong("cpu-map"),
        help: ArgumentHelp(
            "libvirt's CPU map: builtin, system (the installed libvirt's) or a cpu_map directory.", valueName: "map"))
    var choice = CPUMapChoice.builtIn

    func knowledge() throws -> CPUKnowledge { try choice.knowledge() }
}

struct LibvirtOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("How long a libvirt URI may take for each answer.", valueName: "seconds"))
    var timeout = defaultTimeout

    static let defaultTimeout = 30

    func validate() throws {
        // A day: more is a slip.
        guard (1...86_400).contains(timeout) else { throw ValidationError("--timeout \(timeout): 1 to 86400 seconds are wanted") }
    }
}

/// Hosts as the command line and policies name them.
struct HostArguments {
    let knowledge: CPUKnowledge
    /// Seconds that a libvirt URI may take for an answer.
    var timeout = LibvirtOptions.defaultTimeout

    /// The hosts of `--host` or of arguments: files, patterns, `local`, libvirt URIs.
    ///
    /// - Parameter scope: which of the guests they are named for.
    func hosts(for specs: [String], scope: Host.Scope = .some) throws -> [Host] {
        let patterns = specs.map { HostPattern(spec: $0, line: 0, column: 0) }
        var hosts = try hosts(patterns, FilesBesidePolicy(mustBeBelow: false)) { pattern in
            let path = FilePath(pattern.spec)
            let paths = Files.exists(path) ? [path] : Files.expand(pattern.spec)
            guard !paths.isEmpty else { throw IOFailure(message: "\(printable(pattern.spec)): no such file") }
            return paths
        }
        for index in hosts.indices { hosts[index].scope = scope }
        return hosts
    }

    /// The hosts of a policy.
    ///
    /// - Parameters:
    ///   - directory: the policy's own; a discovered policy's files must lie below it.
    ///   - source: has the files.
    func hosts(
        of patterns: [HostPattern], in file: String, directory: FilePath, origin: PolicyOrigin, _ source: any PolicyFiles
    ) throws -> [Host] {
        func wrong(_ pattern: HostPattern, _ message: String) -> PolicyError {
            PolicyError(file: file, line: pattern.line, column: pattern.column, message: message, help: nil)
        }
        // The reader of the policy refused those that it may not name.
        if origin == .discovered, let uri = patterns.first(where: { $0.kind == .uri }) {
            throw wrong(uri, "a policy found beside its input cannot name a URI")
        }
        return try hosts(patterns, source) { pattern in
            switch source.expand(pattern.spec, in: directory) {
            case .files(let paths) where paths.isEmpty: throw wrong(pattern, "no file matches \(printable(pattern.spec))")
            case .files(let paths): return paths
            case .outside:
                throw wrong(pattern, "\(printable(pattern.spec)) leads out of the policy's directory, to another place")
            }
        }
    }

    /// Files of one host (`hv01.capabilities.xml`, `hv01.domcapabilities.xml`) are one, however they are named.
    ///
    /// - Parameter paths: the files that a pattern names.
    private func hosts(
        _ patterns: [HostPattern], _ source: any PolicyFiles, paths: (HostPattern) throws -> [FilePath]
    ) throws -> [Host] {
        // The map, which takes half a millisecond to decode, is not asked for nothing.
        if patterns.isEmpty { return [] }
        var files: [HostFiles.File] = []
        var others: [Host] = []
        var size = 0
        for pattern in patterns {
            switch pattern.kind {
            case .local: others.append(try Host.local(map: knowledge.map))
            case .uri: others.append(try LibvirtConnection.orderly(uri: pattern.spec, timeout: timeout).host())
            case .files:
                for path in try paths(pattern) {
                    files.append((source.name(of: path), try source.read(path, limit: Files.sizeLimit)))
                    size += files.last!.bytes.count
                    // They are all held at once: a stranger's policy does not decide how much that is.
                    guard files.count <= Self.mostFiles, size <= Self.mostBytes else {
                        let what = size > Self.mostBytes
                            ? "host files of more than \(Self.mostBytes >> 20) MiB" : "more than \(Self.mostFiles) host files"
                        throw IOFailure(message: "\(printable(files.last!.path)): \(what)")
                    }
                }
            }
        }
        return Self.distinct(try HostFiles.read(files, map: knowledge.map) + others)
    }

    /// Both kinds of two thousand hosts.
    private static let mostFiles = 4096
    private static let mostBytes = 256 << 20

    /// The same hosts, each by a name of its own: by its URI where two have one, else with a number.
    private static func distinct(_ hosts: [Host]) -> [Host] {
        var taken: Set<String> = []
        return hosts.map { host in
            var host = host
            let choices = [host.name, host.connection?.uri].compactMap { $0 }
            host.name = choices.first { !taken.contains($0) }
                ?? (2...).lazy.map { "\(choices.last!) (\($0))" }.first { !taken.contains($0) }!
            taken.insert(host.name)
            return host
        }
    }

    /// - Throws: `HostError` for a host whose model or a feature is not in the map: nothing that is said of it would
    ///   be true.
    func known(_ hosts: [Host]) throws -> [Host] {
        for host in hosts {
            do {
                try check(host.cpu)
            } catch let error as CPUModelError {
                throw HostError(file: host.file ?? host.name, message: "host \(host.name): \(error)")
            }
        }
        return hosts
    }

    /// - Throws: `HostError` for a host whose model is not in the map: every verdict on it would be "unknown", and a
    ///   check that judges nothing must not look like one that found nothing. Features of a newer libvirt are passed
    ///   over, since no guest that this map knows asks for them.
    func withKnownModels(_ hosts: [Host]) throws -> [Host] {
        for host in hosts {
            guard let model = host.cpu?.model else { continue }
            let isKnown = switch CPUFamily(architecture: host.cpu?.architecture ?? "x86_64") {
            case .x86: knowledge.map.x86.model(named: model) != nil
            case .ppc64: knowledge.map.ppc64.model(named: PVRMap.currentName(of: model)) != nil
            case .notJudged: true
            }
            if !isKnown {
                throw HostError(
                    file: host.file ?? host.name,
                    message: "host \(host.name): unknown CPU model '\(model)': a newer libvirt's? See --cpu-map system")
            }
        }
        return hosts
    }

    private func check(_ cpu: CPUDefinition?) throws {
        guard let cpu else { return }
        switch CPUFamily(architecture: cpu.architecture ?? "x86_64") {
        case .x86: _ = try knowledge.map.x86.host(cpu)
        case .ppc64:
            if let model = cpu.model, knowledge.map.ppc64.model(named: model) == nil { throw CPUModelError.unknownModel(model) }
        case .notJudged: break
        }
    }
}
