/// What `/domain/cpu` says, with the place of every part. Words and names are libvirt's
/// (`formatdomain`, "CPU model and topology").
public struct CPU: Sendable, Equatable {
    /// A box, so that handing a CPU about is one retain instead of copying a kilobyte with three arrays in it, which
    /// the rules did 30 times a domain.
    private let box: Box

    private final class Box: Sendable {
        let parts: Parts
        init(_ parts: Parts) { self.parts = parts }
    }

    init(_ parts: Parts) { box = Box(parts) }

    var parts: Parts { box.parts }

    public static func == (a: CPU, b: CPU) -> Bool { a.box === b.box || a.parts == b.parts }

    public var element: Element { box.parts.element }
    public var mode: Word<Mode>? { box.parts.mode }
    public var match: Word<Match>? { box.parts.match }
    public var check: Word<Check>? { box.parts.check }
    public var migratable: Word<Switch>? { box.parts.migratable }
    public var deprecatedFeatures: Word<Switch>? { box.parts.deprecatedFeatures }
    public var model: Model? { box.parts.model }
    /// The vendor that the host must have.
    public var vendor: TextElement? { box.parts.vendor }
    public var features: [Feature] { box.parts.features }
    public var topology: Topology? { box.parts.topology }
    public var caches: [Cache] { box.parts.caches }
    public var maxPhysAddr: MaxPhysAddr? { box.parts.maxPhysAddr }
    public var numa: Element? { box.parts.numa }
    /// Every child in document order.
    public var children: [Child] { box.parts.children }

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

    public struct Model: Sendable, Equatable {
        public var name: TextElement
        public var fallback: Word<Fallback>?
        /// The vendor string that the guest sees, 12 characters.
        public var vendorID: Text?
    }

    public struct Feature: Sendable, Equatable {
        public var element: Element
        public var name: Text?
        /// Absent means `require`.
        public var policy: Word<Policy>?
    }

    public struct Topology: Sendable, Equatable {
        public var element: Element
        public var sockets: Text?
        public var dies: Text?
        public var clusters: Text?
        public var cores: Text?
        public var threads: Text?
    }

    public struct Cache: Sendable, Equatable {
        public var element: Element
        public var level: Text?
        public var mode: Word<CacheMode>?
    }

    public struct MaxPhysAddr: Sendable, Equatable {
        public var element: Element
        public var mode: Word<AddressMode>?
        public var bits: Text?
        public var limit: Text?
    }

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

    /// What is read, while it is being read or changed.
    struct Parts: Sendable, Equatable {
        var element: Element
        var mode: Word<Mode>?
        var match: Word<Match>?
        var check: Word<Check>?
        var migratable: Word<Switch>?
        var deprecatedFeatures: Word<Switch>?
        var model: Model?
        var vendor: TextElement?
        var features: [Feature] = []
        var topology: Topology?
        var caches: [Cache] = []
        var maxPhysAddr: MaxPhysAddr?
        var numa: Element?
        var children: [Child] = []
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
