public import CPUModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Host {
    /// This machine: its CPU by CPUID on x86, read on one core. Elsewhere only its architecture is known.
    ///
    /// Features that only model-specific registers tell (`rdctl-no`, `vmx-*`) are absent: reading those takes root or
    /// KVM, and libvirt.
    ///
    /// - Parameter map: what the CPU is decoded by; the built-in map otherwise.
    /// - Throws: `HostError` when no model fits.
    public static func local(map: CPUMap? = nil) throws(HostError) -> Host {
        let architecture = localArchitecture()
        guard CPUFamily(architecture: architecture) == .x86, let data = CPUIDData.ofThisProcessor() else {
            return Host(name: "local", cpu: CPUDefinition(kind: .host, architecture: architecture))
        }
        do {
            var cpu = try (map ?? .builtIn).x86.decode(data, as: .host)
            cpu.architecture = architecture
            return Host(name: "local", cpu: cpu, hasModelSpecificRegisters: false)
        } catch {
            throw HostError(file: "local", message: "\(error)")
        }
    }

    /// libvirt's name of what `uname -m` says.
    static func localArchitecture() -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        let machine = withUnsafeBytes(of: &names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return ArchitectureFacts.name(fromKernel: machine)
    }
}
