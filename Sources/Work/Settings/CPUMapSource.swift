import CPUModel
import Hosts
import Lint
import SystemPackage

/// The CPU map that is used.
package enum CPUMapSource: Sendable, Equatable {
    case builtIn
    /// The map of the installed libvirt.
    case system
    case directory(String)

    /// Reads the value of `--cpu-map`; nil for an empty word.
    package init?(_ word: String) {
        switch word {
        case "": return nil
        case "builtin": self = .builtIn
        case "system": self = .system
        default: self = .directory(word)
        }
    }

    /// Loads the map.
    /// - Throws: `IOFailure` where libvirt is not installed; `CPUMapError` for a directory that holds no map.
    package func knowledge() throws -> CPUKnowledge {
        switch self {
        case .builtIn: return CPUKnowledge()
        case .system:
            guard Files.isDirectory(FilePath(CPUMap.systemDirectory)) else {
                throw IOFailure(
                    message: "--cpu-map system: \(CPUMap.systemDirectory) does not exist: is libvirt installed?")
            }
            return CPUKnowledge(map: try CPUMap(directory: CPUMap.systemDirectory))
        case .directory(let path): return CPUKnowledge(map: try CPUMap(directory: path))
        }
    }
}
