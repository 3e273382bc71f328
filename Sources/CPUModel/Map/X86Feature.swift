public import LibvirtWords

/// A feature of x86 CPUs.
public struct X86Feature: Sendable, Equatable {
    /// A name that other software uses for the feature.
    ///
    /// libvirt ignores aliases: to it, `sse4_1` is an unknown feature. Here they only help to suggest the right name.
    public struct Alias: Sendable, Equatable {
        /// The other software's name of the feature.
        public var name: String
        /// The software that uses the name: `qemu` or `linux`.
        public var source: String

        /// An `<alias>` element of the CPU map.
        public init(name: String, source: String) {
            self.name = name
            self.source = source
        }
    }

    /// libvirt's name of the feature.
    public var name: String
    /// A CPU has the feature when all of these bits are set.
    public var bits: [CPUDataBit]
    /// False when the map says `migratable='no'`, as for `invtsc` and `xsaves`.
    public var isMigratable: Bool
    /// Names that other software uses for the feature.
    public var aliases: [Alias]
    /// The oldest built-in libvirt release that has the feature. Nil if all have it, and in a map that is not built in.
    public var since: LibvirtVersion?

    /// A `<feature>` element of the CPU map. `X86Map.init` checks the contents.
    public init(name: String, bits: [CPUDataBit], isMigratable: Bool, aliases: [Alias]) {
        self.name = name
        self.bits = bits
        self.isMigratable = isMigratable
        self.aliases = aliases
    }
}
