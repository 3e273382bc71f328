/// What a guest has, as far as rules need it: a rule runs only on guests that have all traits in its `needs`.
///
/// Some traits imply others. For example, a guest with a `<model>` always has a `<cpu>` too, so a rule that needs
/// `model` does not have to list `cpu`. Each trait's comment names what it implies directly.
public struct Traits: OptionSet, Sendable {
    /// One bit for each trait.
    public var rawValue: UInt32

    /// Bits that belong to no trait are kept. A rule that needs such a bit never runs.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The domain has a `<cpu>`. Implies `anyCPU`.
    public static let cpu = Traits(rawValue: 1 << 0)
    /// The domain has a `<cpu>`, or a second one, which libvirt ignores.
    public static let anyCPU = Traits(rawValue: 1 << 1)
    /// The `<cpu>` has a `<model>`, which may be empty. Implies `cpu` and `modelOrFeatures`.
    public static let model = Traits(rawValue: 1 << 2)
    /// The `<cpu>` has at least one `<feature>`. Implies `cpu` and `modelOrFeatures`.
    public static let features = Traits(rawValue: 1 << 3)
    /// The `<cpu>` has a `<model>` or at least one `<feature>`. Implies `cpu`.
    public static let modelOrFeatures = Traits(rawValue: 1 << 4)
    /// The `<cpu>` has a `<vendor>`. Implies `cpu`.
    public static let vendor = Traits(rawValue: 1 << 5)
    /// The `<cpu>` has a `<topology>`. Implies `cpu`.
    public static let topology = Traits(rawValue: 1 << 6)
    /// The mode is custom, or there is no `<cpu>`. Excludes `hostMode`. A guest whose mode is a word that libvirt does
    /// not know has neither.
    public static let customMode = Traits(rawValue: 1 << 7)
    /// The mode is host-model, host-passthrough or maximum. Implies `cpu`.
    public static let hostMode = Traits(rawValue: 1 << 8)
    /// The definition looks like the live XML of a running guest: the domain has an `id`, or the `<cpu>` has
    /// `check='full'`.
    public static let live = Traits(rawValue: 1 << 9)
    /// The metadata has a libosinfo id.
    public static let osinfo = Traits(rawValue: 1 << 10)
    /// The guest is taken for Windows (`Guest.windows`).
    public static let windows = Traits(rawValue: 1 << 11)
    /// A `qemu:commandline` passes arguments to QEMU.
    public static let qemuArguments = Traits(rawValue: 1 << 12)
    /// QEMU runs the guest (`Guest.isManaged`), and at least one host is named that must run it.
    public static let hosts = Traits(rawValue: 1 << 13)
    /// Guests migrate between the hosts (`Inspection.migrates`).
    public static let migrates = Traits(rawValue: 1 << 14)
    /// The policy's default differs from what the guest has, whether or not the guest can be rewritten.
    public static let otherDefault = Traits(rawValue: 1 << 15)
    /// An earlier version of the guest's definition is known. `Traits.init` does not set it: the judge does.
    public static let earlier = Traits(rawValue: 1 << 16)
    /// Comments in the domain suppress findings. No guest has this trait: the judge runs the rule that needs it after
    /// all other rules, when it is known what the comments have hidden.
    public static let suppressions = Traits(rawValue: 1 << 17)

    /// The rule is about policies. No guest has this trait.
    static let policy = Traits(rawValue: 1 << 19)

    /// The domain has Hyper-V enlightenments, or a `<hyperv>` without any.
    public static let hyperV = Traits(rawValue: 1 << 18)

    init(_ guest: Guest, _ plan: Plan, hasHosts: Bool, migrates: Bool) {
        self = []
        if let cpu = guest.cpu {
            self = [.cpu, .anyCPU]
            if cpu.model != nil { formUnion([.model, .modelOrFeatures]) }
            if !cpu.features.isEmpty { formUnion([.features, .modelOrFeatures]) }
            if cpu.vendor != nil { insert(.vendor) }
            if cpu.topology != nil { insert(.topology) }
            switch cpu.effectiveMode {
            case .custom: insert(.customMode)
            case .hostModel, .hostPassthrough, .maximum: insert(.hostMode)
            case nil: break
            }
            if cpu.check?.value == .full { insert(.live) }
        } else {
            insert(.customMode)
        }
        if !guest.domain.ignoredCPUs.isEmpty { insert(.anyCPU) }
        if guest.domain.id != nil { insert(.live) }
        if guest.domain.osinfoID != nil { insert(.osinfo) }
        if hasHosts, guest.isManaged { insert(.hosts) }
        if migrates { insert(.migrates) }
        if !guest.domain.qemuArguments.isEmpty { insert(.qemuArguments) }
        if guest.windows != nil { insert(.windows) }
        if guest.domain.hyperv != nil { insert(.hyperV) }
        if case .asItIs = plan { return }
        insert(.otherDefault)
    }
}
