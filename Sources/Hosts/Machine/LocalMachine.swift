public import CPUModel
import LibvirtWords

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Host {
    /// The machine that the program runs on. On x86 its CPU is read with the CPUID instruction; on other architectures
    /// only the architecture is known.
    ///
    /// The release of the installed libvirt becomes the host's, if there is one, and so does its CPU map.
    ///
    /// Features that only model-specific registers show (`rdctl-no`, `vmx-*`) are absent. Root, KVM or libvirt is
    /// needed to read those.
    ///
    /// - Parameter map: the CPU map by which the CPU is decoded; nil for the built-in one.
    /// - Throws: `HostError` when no model fits.
    public static func local(map: CPUMap? = nil) throws(HostError) -> Host {
        let architecture = localArchitecture()
        guard CPUDriver(architecture: architecture) == .x86, let data = CPUIDData.ofThisProcessor() else {
            return Host(name: "local", cpu: CPUDefinition(kind: .host, architecture: architecture))
        }
        do {
            var cpu = try (map ?? .builtIn).x86.decode(data, as: .host)
            cpu.architecture = architecture
            var host = Host(name: "local", cpu: cpu, hasModelSpecificRegisters: false)
            host.useInstalledLibvirt()
            return host
        } catch {
            throw HostError(file: "local", message: "\(error)")
        }
    }

    /// Takes release and CPU map of the libvirt on this machine. The map is read only if no built-in one is of just that
    /// release. Without libvirt, nothing changes.
    public mutating func useInstalledLibvirt() {
        guard let release = InstalledLibvirt.release() else { return }
        libvirt = release
        if !CPUMap.builtInReleases.contains(release) {
            cpuMap = try? CPUMap(directory: CPUMap.systemDirectory, libvirtVersion: release.description)
        }
    }

    /// libvirt's name of the architecture that `uname -m` prints.
    private static func localArchitecture() -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        let machine = withUnsafeBytes(of: &names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return ArchitectureFacts.name(fromKernel: machine)
    }
}
