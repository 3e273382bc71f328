import CPUModel
import Glibc
import Hosts
import TestSupport
import Testing
import Work

@Suite("Which CPU map is used")
struct CPUMapSourceTests {
    @Test("builtin, system, or a directory", arguments: [
        ("builtin", CPUMapSource.builtIn), ("system", .system), ("/some/where", .directory("/some/where")), ("Builtin", .directory("Builtin")),
        ("", nil),
    ])
    func words(_ word: String, _ source: CPUMapSource?) {
        #expect(CPUMapSource(word) == source)
    }

    @Test("The built-in map is the one that comes with the program")
    func builtIn() throws {
        #expect(try CPUMapSource.builtIn.knowledge().map.x86 == CPUMap.builtIn.x86)
    }

    @Test("A directory without a map is an error that names the missing file")
    func missing() {
        let error = #expect(throws: CPUMapError.self) { try CPUMapSource.directory("/nowhere").knowledge() }
        #expect(error?.shown.contains("/nowhere/index.xml") ?? false)
    }

    @Test("Without an installed libvirt there is no system map", .enabled(if: access(CPUMap.systemDirectory, F_OK) != 0, "libvirt is installed"))
    func notInstalled() {
        let error = #expect(throws: IOFailure.self) { try CPUMapSource.system.knowledge() }
        #expect(error?.shown == "virt-cpu: error: --cpu-map system: \(CPUMap.systemDirectory) does not exist: is libvirt installed?")
    }

    @Test("The installed libvirt's map", .enabled(if: access(CPUMap.systemDirectory, F_OK) == 0, "libvirt is not installed"))
    func installed() throws {
        let system = try CPUMapSource.system.knowledge().map
        #expect(try CPUMapSource.directory(CPUMap.systemDirectory).knowledge().map.x86 == system.x86)
        #expect(system.x86.model(named: "Haswell") != nil)
    }

    @Test("libvirt's source has the map that is built in", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func source() throws {
        let source = try CPUMapSource.directory("\(Corpus.libvirt!)/src/cpu_map").knowledge().map.x86
        let builtIn = CPUMap.builtIn(for: LibvirtVersion(major: 11, minor: 3)).x86
        #expect(source.features.map(\.name) == builtIn.features.map(\.name))
        for model in source.models {
            let features = builtIn.model(named: model.name).map { builtIn.featureNames(in: $0.features) }
            #expect(source.featureNames(in: model.features) == features, "\(model.name)")
        }
    }
}
