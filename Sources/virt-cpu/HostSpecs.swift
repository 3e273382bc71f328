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

/// Hosts as the command line and policies name them.
struct HostSpecs {
    let knowledge: CPUKnowledge

    /// The hosts of a `--host` or an argument: a file or a pattern.
    func hosts(for spec: String) throws -> [Host] {
        let pattern = HostPattern(spec: spec, line: 0, column: 0)
        guard pattern.kind == .files else {
            throw IOFailure(message: "\(spec): hosts are read from files; save the output of virsh capabilities")
        }
        let path = FilePath(spec)
        if Files.exists(path) { return [try host(at: path)] }
        let paths = Files.expand(spec)
        guard !paths.isEmpty else { throw IOFailure(message: "\(spec): no such file") }
        return try paths.map { try host(at: $0) }
    }

    /// The hosts of a policy's entry.
    ///
    /// - Parameter directory: the policy's own; a discovered policy's files must lie below it.
    func hosts(of pattern: HostPattern, in file: String, directory: FilePath, origin: PolicyOrigin) throws -> [Host] {
        func wrong(_ message: String) -> PolicyError {
            PolicyError(file: file, line: pattern.line, column: pattern.column, message: message, help: nil)
        }
        guard pattern.kind == .files else {
            throw wrong("hosts are read from files; save the output of virsh capabilities")
        }
        let paths = Files.expand(pattern.spec, in: directory)
        guard !paths.isEmpty else { throw wrong("no file matches \(pattern.spec)") }
        return try paths.map { path in
            if origin == .discovered {
                guard let real = Files.real(path), let top = Files.real(directory), real != top, real.starts(with: top)
                else {
                    throw wrong("\(pattern.spec) leads out of the policy's directory, to another place")
                }
            }
            return try host(at: path)
        }
    }

    private func host(at path: FilePath) throws -> Host {
        try Host(Files.read(path), file: path.string, map: knowledge.map)
    }
}
