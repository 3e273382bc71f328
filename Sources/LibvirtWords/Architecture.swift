/// A guest's or host's architecture, by libvirt's name.
public struct Architecture: Sendable, Equatable, CustomStringConvertible {
    /// libvirt's name: `x86_64`.
    public let name: String
    /// Derived from the name.
    public let family: ArchitectureFamily
    /// The definition does not state the architecture: it was inferred from the emulator or the host, or is the
    /// default.
    public var isAssumed: Bool

    /// The architecture with a name.
    ///
    /// - Parameters:
    ///   - name: libvirt's name; an unknown one belongs to the family `other`.
    ///   - isAssumed: whether the definition does not state the architecture.
    public init(name: String, isAssumed: Bool = false) {
        self.name = name
        self.isAssumed = isAssumed
        family = ArchitectureFacts.all.first { $0.names.contains(name) }?.family ?? .other
    }

    /// libvirt's name of the architecture that a guest or a CPU has if nothing states another.
    public static let defaultName = "x86_64"

    /// The default architecture, as a shared constant.
    public static let x86_64 = Architecture(name: defaultName)

    /// What is true of this architecture's family.
    public var facts: ArchitectureFacts { ArchitectureFacts.all[family.rawValue] }

    /// libvirt's name.
    public var description: String { name }
}
