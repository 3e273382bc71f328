import Glibc

/// One definition of a virtual machine: what virt-cpu reads of a `<domain>`, with the place of each part.
///
/// The reader reuses the object for the next domain. It is valid only inside the call of
/// ``DomainStreamHandler/document(_:)`` that receives it.
public final class Domain {
    /// The kind of document that a definition was found in.
    public enum Container: Sendable {
        /// The definition is the root of its document.
        case root
        /// The definition is one of several in a `<domains>` element.
        case list
        /// The definition is inside `<domstatus>`, libvirt's record of a running guest.
        case status
        /// The definition is the `<domain>` of a `<domainsnapshot>`.
        case snapshot
        /// The definition is the `<inactiveDomain>` of a `<domainsnapshot>`.
        case snapshotInactive
    }

    /// An element that switches something on or off: a Hyper-V enlightenment, `<hidden>`, `<pmu>`.
    public struct Flag: Sendable, Equatable {
        /// The whole element.
        public var element: Element
        /// The element's local name, such as `relaxed`. Its place is that of the whole element.
        public var name: DecodedText
        /// `on` or `off`, as written; nil when absent.
        public var state: DecodedText?
        /// `value` of `<vendor_id>` or `retries` of `<spinlocks>`; nil when absent.
        public var value: DecodedText?
        /// The parts that are switched by themselves: `<direct>` of `<stimer>`, `<direct>` and `<extended>` of
        /// `<tlbflush>`, in document order.
        public var parts: [Part] = []

        /// A part of an enlightenment that is switched by itself.
        public struct Part: Sendable, Equatable {
            /// The element's local name. Its place is that of the whole element as far as its start tag.
            public var name: DecodedText
            /// `on` or `off`, as written; nil when absent.
            public var state: DecodedText?
        }
    }

    /// One `/domain/clock/timer`.
    public struct Timer: Sendable, Equatable {
        /// The whole `<timer>`.
        public var element: Element
        /// `hypervclock`, `tsc`, `rtc` or another name; nil when absent.
        public var name: DecodedText?
        /// `yes` or `no`, as written; nil when absent.
        public var present: DecodedText?
        /// How `tsc` is provided: `auto`, `native`, `emulate`, `paravirt` or `smpsafe`; nil when absent.
        public var mode: DecodedText?
        /// The frequency of `tsc` in Hz, as written; nil when absent.
        public var frequency: DecodedText?
    }

    /// A comment anywhere inside the domain, including those inside `<cpu>`.
    public struct Comment: Sendable, Equatable {
        /// The whole comment, from `<!--` to `-->`, both included.
        public var span: ByteRange
        /// The text between `<!--` and `-->`. It is empty for a comment inside a value, such as a name.
        public var text: DecodedText
    }

    /// What was read, behind a pointer, so that the parser, which writes it all the time, does not count references to the
    /// domain.
    let facts: UnsafeMutablePointer<DomainFacts>

    init() {
        facts = .allocate(capacity: 1)
        facts.initialize(to: DomainFacts())
    }

    deinit {
        facts.pointee.storage.deallocate()
        facts.deinitialize(count: 1)
        facts.deallocate()
    }
}

extension Domain {
    /// The kind of document that the definition was found in.
    public var container: Container { facts.pointee.container }
    /// Whether the definition describes a guest whose memory exists: in `<domstatus>`, or the `<domain>` of a snapshot
    /// with memory. libvirt compares the CPU of such a guest bit for bit, so virt-cpu checks but never edits it.
    public var isRunning: Bool { facts.pointee.isRunning }

    /// The whole `<domain>`, or the whole `<inactiveDomain>` of a snapshot.
    public var element: Element { facts.pointee.element }
    /// `/domain@type`, the hypervisor: `kvm`, `qemu` and others; nil when absent.
    public var type: DecodedText? { facts.pointee.type }
    /// `/domain@id`, a number that libvirt gives only to running guests; nil when absent.
    public var id: DecodedText? { facts.pointee.id }
    /// The first `/domain/name`; nil when absent.
    public var name: TextElement? { facts.pointee.name }
    /// The first `/domain/uuid`, as written; nil when absent.
    public var uuid: TextElement? { facts.pointee.uuid }
    /// `/domain/metadata/libosinfo:libosinfo/libosinfo:os@id`, such as `http://debian.org/debian/12`; nil when absent.
    public var osinfoID: DecodedText? { facts.pointee.osinfoID }
    /// `/domain/title`; nil when absent.
    public var title: TextElement? { facts.pointee.title }
    /// `/domain/description`; nil when absent. CloudStack writes the name of the guest's operating system there.
    public var descriptionText: TextElement? { facts.pointee.description }
    /// `/domain/metadata/vmtemplate@os`, in any namespace: Unraid writes `windows11`, `linux` or another word there; nil when
    /// absent.
    public var templateOS: DecodedText? { facts.pointee.templateOS }
    /// `/domain/os/kernel` is there: the guest's kernel is a file of the host.
    public var bootsKernel: Bool { facts.pointee.bootsKernel }
    /// The first `/domain/vcpu`: the maximum number of vCPUs, in decimal; nil means 1.
    public var vcpu: TextElement? { facts.pointee.vcpu }
    /// `/domain/vcpu@current`: the number of vCPUs at start, in decimal; nil means all of them.
    public var vcpuCurrent: DecodedText? { facts.pointee.vcpuCurrent }
    /// The first `/domain/os/type`: `hvm` for full virtualisation; nil when absent.
    public var osType: TextElement? { facts.pointee.osType }
    /// `/domain/os/type@arch`, by libvirt's name (`x86_64`); nil when absent, and libvirt then uses the host's.
    public var arch: DecodedText? { facts.pointee.arch }
    /// `/domain/os/type@machine`, as written: an alias (`q35`) or a versioned type (`pc-q35-9.2`); nil when absent, and
    /// libvirt then chooses.
    public var machine: DecodedText? { facts.pointee.machine }
    /// The first `/domain/devices/emulator`, a path; nil when absent, and libvirt then chooses.
    public var emulator: TextElement? { facts.pointee.emulator }

    /// Devices of the host that the guest gets: `/domain/devices/hostdev`, and `interface` with `type='hostdev'`.
    public var passedThroughDevices: Int { facts.pointee.passedThroughDevices }

    /// `/domain/features/hyperv`; nil when absent.
    public var hyperv: Element? { facts.pointee.hyperv }
    /// `/domain/features/hyperv@mode`: `custom` or `passthrough`; nil when absent.
    public var hypervMode: DecodedText? { facts.pointee.hypervMode }
    /// The children of `/domain/features/hyperv`, in document order.
    public var enlightenments: [Flag] { facts.pointee.enlightenments }
    /// Other elements that change what CPUID tells the guest, in document order: `pmu` and `pvspinlock` of
    /// `/domain/features`, and `hidden`, `hint-dedicated`, `poll-control` and `pv-ipi` of `/domain/features/kvm`.
    public var cpuidFlags: [Flag] { facts.pointee.cpuidFlags }

    /// The first `/domain/clock`; nil when absent.
    public var clock: Element? { facts.pointee.clock }
    /// `/domain/clock@offset`: `utc`, `localtime` and others; nil when absent.
    public var clockOffset: DecodedText? { facts.pointee.clockOffset }
    /// Every `/domain/clock/timer`, in document order.
    public var timers: [Timer] { facts.pointee.timers }

    /// Every `/domain/qemu:commandline/qemu:arg@value`, in document order.
    public var qemuArguments: [DecodedText] { facts.pointee.qemuArguments }
    /// Every comment inside the domain, in document order.
    public var comments: [Comment] { facts.pointee.comments }

    /// The first `/domain/cpu`; nil when absent.
    public var cpu: CPU? { facts.pointee.cpu }
    /// The second and later `/domain/cpu` elements, which libvirt ignores.
    public var ignoredCPUs: [Element] { facts.pointee.ignoredCPUs }

    var lastBeforeCPU: ByteRange? { facts.pointee.lastBeforeCPU }
    var firstAfterCPU: ByteRange? { facts.pointee.firstAfterCPU }
}

// MARK: Values

extension Domain {
    /// The decoded value as a string.
    public subscript(text: DecodedText) -> String {
        String(decoding: facts.pointee.storage.bytes(text), as: UTF8.self)
    }

    /// The decoded value as a string; nil for nil.
    public subscript(text: DecodedText?) -> String? {
        text.map { self[$0] }
    }

    /// The beginning of a decoded value as a string. A character that is cut off becomes U+FFFD.
    public func beginning(of text: DecodedText, bytes most: Int) -> String {
        String(decoding: facts.pointee.storage.bytes(text).prefix(most), as: UTF8.self)
    }

    /// Whether the decoded value is exactly a literal. Nothing is allocated. A value of nil equals no literal.
    public func `is`(_ text: DecodedText?, _ literal: StaticString) -> Bool {
        guard let text else { return false }
        return equal(facts.pointee.storage.bytes(text), literal)
    }

    /// Whether the decoded value is exactly a string, compared as bytes of UTF-8: two ways to encode the same character
    /// are different. A value of nil equals no string.
    ///
    /// This overload is for computed strings. It is disfavoured, so that a literal selects the faster overload.
    @_disfavoredOverload
    public func `is`(_ text: DecodedText?, _ string: String) -> Bool {
        guard let text, string.utf8.count == Int(text.count) else { return false }
        var string = string
        return string.withUTF8 {
            $0.isEmpty || memcmp($0.baseAddress!, facts.pointee.storage.bytes(text).baseAddress!, $0.count) == 0
        }
    }

    /// Whether two decoded values of this domain are the same bytes.
    public func same(_ a: DecodedText, _ b: DecodedText) -> Bool {
        let storage = facts.pointee.storage
        return a.count == b.count && memcmp(storage.base + Int(a.start), storage.base + Int(b.start), Int(a.count)) == 0
    }

    /// Calls `body` with the decoded value in UTF-8. The bytes are valid only inside the call.
    public func withUTF8<R>(_ text: DecodedText, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        body(facts.pointee.storage.bytes(text))
    }

    /// Adds a value that the input does not contain, and returns it with the place given.
    public func adding(_ value: String, at span: ByteRange) -> DecodedText {
        let mark = facts.pointee.storage.count
        var value = value
        value.withUTF8 { facts.pointee.storage.append($0) }
        return facts.pointee.storage.text(since: mark, at: span)
    }

    /// Adds a keyword that the input does not contain, and returns it with the place given.
    func addingKeyword<Value: RawRepresentable<String>>(_ value: Value, at span: ByteRange) -> Keyword<Value> {
        Keyword(text: adding(value.rawValue, at: span), value: value)
    }

    /// Replaces ``cpu`` while `body` runs, so that the domain can be checked as it would be after an edit.
    ///
    /// - Throws: only what `body` throws.
    public func with<R>(cpu replacement: CPU?, _ body: () throws -> R) rethrows -> R {
        let original = cpu
        facts.pointee.cpu = replacement
        defer { facts.pointee.cpu = original }
        return try body()
    }
}
