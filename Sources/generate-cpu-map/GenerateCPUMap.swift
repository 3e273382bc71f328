import CPUModel
import Hosts

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Prints the source file of the built-in CPU map. `make cpu-map` runs it.
///
///     generate-cpu-map DIRECTORY VERSION         a `cpu_map` directory of libvirt, and the release that it is from
@main
struct GenerateCPUMap {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let directory = arguments.first, let version = arguments.last else {
            fail("usage: generate-cpu-map DIRECTORY VERSION")
        }
        do {
            print(try CPUMap(directory: directory, libvirtVersion: version).builtInSource, terminator: "")
        } catch {
            fail(error.description)
        }
    }

    static func fail(_ message: String) -> Never {
        let line = Array("generate-cpu-map: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(2)
    }
}
