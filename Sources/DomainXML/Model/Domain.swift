internal import CLibXML2
import Glibc

/// One VM definition: what virt-cpu reads of a `<domain>`, with byte spans into its document.
///
/// The object is reused for the next domain: it is valid inside the handler that receives it.
public final class Domain {
    /// Where the definition stands.
    public enum Container: Sendable {
        /// A document's root.
        case root
        /// `<domains>` round several definitions.
        case list
        /// `<domstatus>`: libvirt's record of a running guest.
        case status
        /// `<domainsnapshot>/<domain>` and `<domainsnapshot>/<inactiveDomain>`.
        case snapshot, snapshotInactive
    }

    /// An element that is switched on or off: an enlightenment, `<hidden>`, `<pmu>`.
    public struct Flag: Sendable, Equatable {
        /// The whole element.
        public var element: Element
        /// The element's local name (`relaxed`), which is nowhere an attribute.
        public var name: Text
        /// `on` or `off` as written; nil when absent.
        public var state: Text?
        /// What goes with it: `vendor_id`'s `value`, `spinlocks`' `retries`; nil when absent.
        public var value: Text?
    }

    /// `/domain/clock/timer`.
    public struct Timer: Sendable, Equatable {
        /// The whole `<timer>`.
        public var element: Element
        /// `hypervclock`, `tsc`, `rtc`…; nil when absent.
        public var name: Text?
        /// `yes` or `no` as written; nil when absent.
        public var present: Text?
        /// How `tsc` is kept: `auto`, `native`, `emulate`, `paravirt`, `smpsafe`; nil when absent.
        public var mode: Text?
        /// Of `tsc`, in Hz as written; nil when absent.
        public var frequency: Text?
    }

    /// A comment anywhere inside the domain, `<cpu>` included.
    public struct Comment: Sendable, Equatable {
        /// From `<!--` to `-->`, both included.
        public var span: ByteRange
        /// What stands between `<!--` and `-->`; empty for a comment inside a value, such as a name.
        public var text: Text
    }

    /// What was read. Behind a pointer because the parser's callbacks and the rules go at it all the time, and each
    /// access to a class's own property would be checked for exclusivity: a tenth of the whole filter, measured.
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
    /// What the definition was found in.
    public var container: Container { facts.pointee.container }
    /// Its memory exists (`<domstatus>`, or the `<domain>` of a snapshot with memory): libvirt compares the CPU
    /// bit for bit, so it is judged and never edited.
    public var isRunning: Bool { facts.pointee.isRunning }

    /// `<domain>`, or `<inactiveDomain>` of a snapshot: all of it.
    public var element: Element { facts.pointee.element }
    /// `/domain@type`, the hypervisor: `kvm`, `qemu`…; nil when absent.
    public var type: Text? { facts.pointee.type }
    /// `/domain@id`, a number that libvirt gives to running guests only; nil when absent.
    public var id: Text? { facts.pointee.id }
    /// The first `/domain/name`; nil when absent.
    public var name: TextElement? { facts.pointee.name }
    /// The first `/domain/uuid` as written; nil when absent.
    public var uuid: TextElement? { facts.pointee.uuid }
    /// `/domain/metadata/libosinfo:libosinfo/libosinfo:os@id`.
    public var osinfoID: Text? { facts.pointee.osinfoID }
    /// The first `/domain/vcpu`: the maximum number of vCPUs, in decimal; nil means 1.
    public var vcpu: TextElement? { facts.pointee.vcpu }
    /// `/domain/vcpu@current`.
    public var vcpuCurrent: Text? { facts.pointee.vcpuCurrent }
    /// The first `/domain/os/type`: `hvm` for full virtualisation.
    public var osType: TextElement? { facts.pointee.osType }
    /// `/domain/os/type@arch` in libvirt's names (`x86_64`); nil leaves it to the host.
    public var arch: Text? { facts.pointee.arch }
    /// `/domain/os/type@machine` as written, an alias (`q35`) or not (`pc-q35-9.2`); nil leaves it to libvirt.
    public var machine: Text? { facts.pointee.machine }
    /// The first `/domain/devices/emulator`: a path; nil leaves it to libvirt.
    public var emulator: TextElement? { facts.pointee.emulator }

    /// `/domain/features/hyperv`; nil when absent.
    public var hyperv: Element? { facts.pointee.hyperv }
    /// `/domain/features/hyperv@mode`: `custom` or `passthrough`; nil when absent.
    public var hypervMode: Text? { facts.pointee.hypervMode }
    /// Children of `/domain/features/hyperv`.
    public var enlightenments: [Flag] { facts.pointee.enlightenments }
    /// Other features that change what CPUID tells the guest: `/domain/features/pmu` and `pvspinlock`, and `hidden`,
    /// `hint-dedicated`, `poll-control` and `pv-ipi` of `/domain/features/kvm`.
    public var cpuidFlags: [Flag] { facts.pointee.cpuidFlags }

    /// The first `/domain/clock`; nil when absent.
    public var clock: Element? { facts.pointee.clock }
    /// `/domain/clock@offset`: `utc`, `localtime`…; nil when absent.
    public var clockOffset: Text? { facts.pointee.clockOffset }
    /// Every `/domain/clock/timer` in document order.
    public var timers: [Timer] { facts.pointee.timers }

    /// `/domain/qemu:commandline/qemu:arg@value`, in order.
    public var qemuArguments: [Text] { facts.pointee.qemuArguments }
    /// In document order.
    public var comments: [Comment] { facts.pointee.comments }

    /// The first `/domain/cpu`.
    public var cpu: CPU? { facts.pointee.cpu }
    /// Later `/domain/cpu` elements, which libvirt ignores.
    public var ignoredCPUs: [Element] { facts.pointee.ignoredCPUs }

    var lastBeforeCPU: ByteRange? { facts.pointee.lastBeforeCPU }
    var firstAfterCPU: ByteRange? { facts.pointee.firstAfterCPU }
}

/// The stored side of `Domain`.
struct DomainFacts {
    var container = Domain.Container.root
    var isRunning = false

    var element = Element.none
    var type: Text?
    var id: Text?
    var name: TextElement?
    var uuid: TextElement?
    var osinfoID: Text?
    var vcpu: TextElement?
    var vcpuCurrent: Text?
    var osType: TextElement?
    var arch: Text?
    var machine: Text?
    var emulator: TextElement?

    var hyperv: Element?
    var hypervMode: Text?
    var enlightenments: [Domain.Flag] = []
    var cpuidFlags: [Domain.Flag] = []
    var clock: Element?
    var clockOffset: Text?
    var timers: [Domain.Timer] = []
    var qemuArguments: [Text] = []
    var comments: [Domain.Comment] = []
    var cpu: CPU?
    var ignoredCPUs: [Element] = []

    /// End of the last of `bootloader`, `bootloader_args`, `os`, `idmap`, `features`: where libvirt prints
    /// `<cpu>`.
    var lastBeforeCPU: ByteRange?
    /// The first of `clock`, `on_*`, `pm`, `perf`, `devices`.
    var firstAfterCPU: ByteRange?

    /// The decoded bytes of every `Text`.
    var storage = TextStorage()

    mutating func reset(container: Domain.Container) {
        self.container = container
        isRunning = container == .status
        element = .none
        type = nil; id = nil; name = nil; uuid = nil; osinfoID = nil
        vcpu = nil; vcpuCurrent = nil; osType = nil; arch = nil; machine = nil; emulator = nil
        hyperv = nil; hypervMode = nil
        if !cpuidFlags.isEmpty { cpuidFlags.removeAll(keepingCapacity: true) }
        if !enlightenments.isEmpty { enlightenments.removeAll(keepingCapacity: true) }
        clock = nil; clockOffset = nil
        if !timers.isEmpty { timers.removeAll(keepingCapacity: true) }
        if !qemuArguments.isEmpty { qemuArguments.removeAll(keepingCapacity: true) }
        if !comments.isEmpty { comments.removeAll(keepingCapacity: true) }
        cpu = nil
        if !ignoredCPUs.isEmpty { ignoredCPUs.removeAll(keepingCapacity: true) }
        lastBeforeCPU = nil; firstAfterCPU = nil
        storage.count = 0
    }
}

/// Bytes that grow and are used again: what `[UInt8]` does, less its checks at each of a dozen appends a domain.
struct TextStorage {
    private(set) var base = UnsafeMutablePointer<UInt8>.allocate(capacity: 512)
    private var capacity = 512
    var count = 0

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        if count + bytes.count > capacity { grow(to: count + bytes.count) }
        memcpy(base + count, start, bytes.count)
        count += bytes.count
    }

    private mutating func grow(to least: Int) {
        let grown = max(least, 2 * capacity)
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
        memcpy(new, base, count)
        base.deallocate()
        base = new
        capacity = grown
    }

    func bytes(_ text: Text) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + Int(text.start), count: Int(text.count))
    }

    /// What was appended since there were `mark` bytes.
    func text(since mark: Int, at span: ByteRange) -> Text {
        Text(span: span, start: Int32(mark), count: Int32(count - mark))
    }

    func deallocate() { base.deallocate() }
}

extension Element {
    static let none = Element(span: ByteRange(0, 0), startTag: ByteRange(0, 0), isEmptyTag: false, content: ByteRange(0, 0))
}

// MARK: Values

extension Domain {
    /// The decoded value.
    public subscript(text: Text) -> String {
        String(decoding: facts.pointee.storage.bytes(text), as: UTF8.self)
    }

    /// The decoded value; nil for nil.
    public subscript(text: Text?) -> String? {
        text.map { self[$0] }
    }

    /// Whether the decoded value is exactly this; allocates nothing.
    public func `is`(_ text: Text?, _ literal: StaticString) -> Bool {
        guard let text else { return false }
        return equal(facts.pointee.storage.bytes(text), literal)
    }

    /// As with a literal: bytes are compared, so that no two spellings of a character are equal. nil is no string.
    ///
    /// For strings that are made: a literal would be taken for a `String` otherwise, and compared more slowly.
    @_disfavoredOverload
    public func `is`(_ text: Text?, _ string: String) -> Bool {
        guard let text, string.utf8.count == Int(text.count) else { return false }
        var string = string
        return string.withUTF8 { $0.isEmpty || memcmp($0.baseAddress!, facts.pointee.storage.bytes(text).baseAddress!, $0.count) == 0 }
    }

    /// Whether two values are the same bytes.
    public func same(_ a: Text, _ b: Text) -> Bool {
        let storage = facts.pointee.storage
        return a.count == b.count && memcmp(storage.base + Int(a.start), storage.base + Int(b.start), Int(a.count)) == 0
    }

    /// Calls `body` with the decoded UTF-8 bytes, which are valid inside it only.
    public func withUTF8<R>(_ text: Text, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        body(facts.pointee.storage.bytes(text))
    }

    /// Adds a value that is not in the input; it reports the place given.
    public func adding(_ value: String, at span: ByteRange) -> Text {
        let mark = facts.pointee.storage.count
        var value = value
        value.withUTF8 { facts.pointee.storage.append($0) }
        return facts.pointee.storage.text(since: mark, at: span)
    }

    /// Judges and edits see `cpu` as it would be after an edit for the time of `body`.
    public func with<R>(cpu replacement: CPU?, _ body: () throws -> R) rethrows -> R {
        let original = cpu
        facts.pointee.cpu = replacement
        defer { facts.pointee.cpu = original }
        return try body()
    }
}

func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ literal: StaticString) -> Bool {
    bytes.count == literal.utf8CodeUnitCount
        && (bytes.isEmpty || memcmp(bytes.baseAddress!, literal.utf8Start, bytes.count) == 0)
}
