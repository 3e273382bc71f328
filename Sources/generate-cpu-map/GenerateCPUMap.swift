import CPUModel
import Hosts

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Prints the source file of the built-in CPU maps. `make cpu-map` runs it.
///
///     generate-cpu-map VERSION:DIRECTORY…       `cpu_map` directories of libvirt and their releases, oldest first
@main
struct GenerateCPUMap {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.isEmpty { fail("usage: generate-cpu-map VERSION:DIRECTORY…") }
        do {
            let maps = try arguments.map(map)
            let versions = maps.compactMap { $0.libvirtVersion.flatMap { LibvirtVersion($0) } }
            if zip(versions, versions.dropFirst()).contains(where: >=) { fail("the oldest release comes first") }
            print(try CPUMap.builtInSource(of: maps), terminator: "")
        } catch {
            fail("\(error)")
        }
    }

    private static func map(_ argument: String) throws -> CPUMap {
        guard let colon = argument.firstIndex(of: ":"), let version = LibvirtVersion(String(argument[..<colon])) else {
            fail("'\(argument)' is not of the form VERSION:DIRECTORY, such as 9.0.0:/usr/share/libvirt/cpu_map")
        }
        return try CPUMap(
            directory: String(argument[argument.index(after: colon)...]), libvirtVersion: version.description)
    }

    static func fail(_ message: String) -> Never {
        let line = Array("generate-cpu-map: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(2)
    }
}
