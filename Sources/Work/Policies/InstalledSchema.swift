import SystemPackage

/// The JSON Schema of policies, as `make install` and packages install it.
enum InstalledSchema {
    private static let name: FilePath = "share/virt-cpu/virt-cpu.schema.json"

    /// The schema that was installed with this executable, or else in the system; nil if there is none.
    static func file(besides executable: FilePath?, in system: [FilePath] = ["/usr", "/usr/local"]) -> FilePath? {
        let own = executable?.removingLastComponent().removingLastComponent()
        return ([own].compactMap { $0 } + system).map { $0.pushing(name) }.first { Files.exists($0) }
    }

    /// The line by which yaml-language-server finds the schema; empty if none is installed.
    static func modeline(_ file: FilePath? = file(besides: Files.real("/proc/self/exe"))) -> String {
        file.map { "# yaml-language-server: $schema=\($0)\n" } ?? ""
    }
}
