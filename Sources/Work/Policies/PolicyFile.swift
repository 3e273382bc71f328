import SystemPackage

/// What policy files are called, and how long they may be.
package enum PolicyFile {
    /// The name of a policy that is found beside its input.
    package static let name = ".virt-cpu.yaml"
    /// The same as part of a path.
    static let component: FilePath.Component = ".virt-cpu.yaml"
    /// The policy of the machine.
    static let system: FilePath = "/etc/virt-cpu.yaml"
    /// The most bytes of a policy.
    static let sizeLimit = 1 << 20
}
