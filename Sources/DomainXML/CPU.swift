/// What `/domain/cpu` says, with the place of every part. Words and names are libvirt's
/// (`formatdomain`, "CPU model and topology").
public struct CPU: Sendable, Equatable {
    public var element: Element

    public enum Mode: String, Sendable, CaseIterable {
        case custom, hostModel = "host-model", hostPassthrough = "host-passthrough", maximum
    }
    public enum Match: String, Sendable, CaseIterable { case minimum, exact, strict }
    public enum Check: String, Sendable, CaseIterable { case none, partial, full }
    public enum Switch: String, Sendable, CaseIterable { case on, off }
    public enum Fallback: String, Sendable, CaseIterable { case allow, forbid }
    public enum Policy: String, Sendable, CaseIterable { case force, require, optional, disable, forbid }
    public enum CacheMode: String, Sendable, CaseIterable { case emulate, passthrough, disable }
    public enum AddressMode: String, Sendable, CaseIterable { case emulate, passthrough }

    public var mode: Word<Mode>?
    public var match: Word<Match>?
    public var check: Word<Check>?
    public var migratable: Word<Switch>?
    public var deprecatedFeatures: Word<Switch>?

    public struct Model: Sendable, Equatable {
        public var name: TextElement
        public var fallback: Word<Fallback>?
        /// The vendor string that the guest sees, 12 characters.
        public var vendorID: Text?
    }
    public var model: Model?

    /// The vendor that the host must have.
    public var vendor: TextElement?

    public struct Feature: Sendable, Equatable {
        public var element: Element
        public var name: Text?
        /// Absent means `require`.
        public var policy: Word<Policy>?
    }
    public var features: [Feature] = []

    public struct Topology: Sendable, Equatable {
        public var element: Element
        public var sockets: Text?
        public var dies: Text?
        public var clusters: Text?
        public var cores: Text?
        public var threads: Text?
    }
    public var topology: Topology?

    public struct Cache: Sendable, Equatable {
        public var element: Element
        public var level: Text?
        public var mode: Word<CacheMode>?
    }
    public var caches: [Cache] = []

    public struct MaxPhysAddr: Sendable, Equatable {
        public var element: Element
        public var mode: Word<AddressMode>?
        public var bits: Text?
        public var limit: Text?
    }
    public var maxPhysAddr: MaxPhysAddr?
    public var numa: Element?

    /// Every child in document order.
    public var children: [Child] = []

    public struct Child: Sendable, Equatable {
        public var kind: Kind
        public var span: Span

        public enum Kind: UInt8, Sendable {
            case model, vendor, topology, cache, maxphysaddr, feature, numa
            /// A second `<model>` or `<vendor>`: libvirt reads the first.
            case surplus
            /// An element that libvirt does not read here, or a second one of another kind that it reads once.
            case other
            case comment, processingInstruction
        }
    }
}

extension CPU {
    /// The mode in effect: `custom` when none is given; `nil` for a word that libvirt does not know.
    public var effectiveMode: Mode? { mode == nil ? .custom : mode?.value }

    /// A model libvirt would see: an empty `<model/>` is none.
    public var namedModel: Text? {
        guard let text = model?.name.text, !text.isEmpty else { return nil }
        return text
    }
}

extension CPU.Feature {
    /// The policy in effect; `nil` for a word that libvirt does not know.
    public var effectivePolicy: CPU.Policy? { policy == nil ? .require : policy?.value }
}
