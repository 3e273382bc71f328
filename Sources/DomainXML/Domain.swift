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

    public internal(set) var container = Container.root
    /// Its memory exists (`<domstatus>`, or the `<domain>` of a snapshot with memory): libvirt compares the CPU
    /// bit for bit, so it is judged and never edited.
    public internal(set) var isRunning = false

    public internal(set) var element = Element.none
    public internal(set) var type: Text?
    public internal(set) var id: Text?
    public internal(set) var name: TextElement?
    public internal(set) var uuid: TextElement?
    /// `/domain/metadata/libosinfo:libosinfo/libosinfo:os@id`.
    public internal(set) var osinfoID: Text?
    public internal(set) var vcpu: TextElement?
    /// `/domain/vcpu@current`.
    public internal(set) var vcpuCurrent: Text?
    public internal(set) var osType: TextElement?
    public internal(set) var arch: Text?
    public internal(set) var machine: Text?
    public internal(set) var emulator: TextElement?

    public struct Flag: Sendable, Equatable {
        public var element: Element
        public var name: Text
        public var state: Text?
    }
    public internal(set) var hyperv: Element?
    public internal(set) var hypervMode: Text?
    /// Children of `/domain/features/hyperv`.
    public internal(set) var enlightenments: [Flag] = []
    /// `/domain/features/kvm/hidden`.
    public internal(set) var kvmHidden: Flag?

    public struct Timer: Sendable, Equatable {
        public var element: Element
        public var name: Text?
        public var present: Text?
        public var mode: Text?
        public var frequency: Text?
    }
    public internal(set) var clock: Element?
    public internal(set) var clockOffset: Text?
    public internal(set) var timers: [Timer] = []

    /// `/domain/qemu:commandline/qemu:arg@value`, in order.
    public internal(set) var qemuArguments: [Text] = []

    public struct Comment: Sendable, Equatable {
        public var span: Span
        /// Decoded, between `<!--` and `-->`.
        public var text: Text
    }
    public internal(set) var comments: [Comment] = []

    /// The first `/domain/cpu`.
    public internal(set) var cpu: CPU?
    /// Later `/domain/cpu` elements, which libvirt ignores.
    public internal(set) var ignoredCPUs: [Element] = []

    /// End of the last of `bootloader`, `bootloader_args`, `os`, `idmap`, `features`: where libvirt prints
    /// `<cpu>`.
    var lastBeforeCPU: Span?
    /// The first of `clock`, `on_*`, `pm`, `perf`, `devices`.
    var firstAfterCPU: Span?

    /// The decoded bytes of every `Text`.
    var storage: [UInt8] = []

    init() {}

    func reset(container: Container) {
        self.container = container
        isRunning = container == .status
        element = .none
        type = nil; id = nil; name = nil; uuid = nil; osinfoID = nil
        vcpu = nil; vcpuCurrent = nil; osType = nil; arch = nil; machine = nil; emulator = nil
        hyperv = nil; hypervMode = nil; kvmHidden = nil
        enlightenments.removeAll(keepingCapacity: true)
        clock = nil; clockOffset = nil
        timers.removeAll(keepingCapacity: true)
        qemuArguments.removeAll(keepingCapacity: true)
        comments.removeAll(keepingCapacity: true)
        cpu = nil
        ignoredCPUs.removeAll(keepingCapacity: true)
        lastBeforeCPU = nil; firstAfterCPU = nil
        storage.removeAll(keepingCapacity: true)
    }
}

extension Element {
    static let none = Element(span: Span(0, 0), startTag: Span(0, 0), isEmptyTag: false, content: Span(0, 0))
}

// MARK: Values

extension Domain {
    /// The decoded value.
    public subscript(text: Text) -> String {
        String(decoding: storage[Int(text.start)..<Int(text.start) + Int(text.count)], as: UTF8.self)
    }

    public subscript(text: Text?) -> String? {
        text.map { self[$0] }
    }

    /// Whether the decoded value is exactly this; allocates nothing.
    public func `is`(_ text: Text?, _ literal: StaticString) -> Bool {
        guard let text else { return false }
        return storage.withUnsafeBufferPointer { bytes in
            equal(UnsafeBufferPointer(rebasing: bytes[Int(text.start)..<Int(text.start) + Int(text.count)]), literal)
        }
    }

    public func `is`(_ text: Text?, _ string: String) -> Bool {
        guard let text, string.utf8.count == Int(text.count) else { return false }
        return string.utf8.elementsEqual(storage[Int(text.start)..<Int(text.start) + Int(text.count)])
    }

    /// Whether two values are the same bytes.
    public func same(_ a: Text, _ b: Text) -> Bool {
        guard a.count == b.count else { return false }
        return storage.withUnsafeBufferPointer {
            memcmp($0.baseAddress! + Int(a.start), $0.baseAddress! + Int(b.start), Int(a.count)) == 0
        }
    }

    /// Calls `body` with the decoded UTF-8 bytes.
    public func withUTF8<R>(_ text: Text, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        storage.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[Int(text.start)..<Int(text.start) + Int(text.count)]))
        }
    }

    /// Adds a value that is not in the input; it reports the place given.
    public func adding(_ value: String, at span: Span) -> Text {
        let start = storage.count
        storage.append(contentsOf: value.utf8)
        return Text(span: span, start: Int32(start), count: Int32(storage.count - start))
    }

    /// Judges and edits see `cpu` as it would be after an edit for the time of `body`.
    public func with<R>(cpu replacement: CPU?, _ body: () throws -> R) rethrows -> R {
        let original = cpu
        cpu = replacement
        defer { cpu = original }
        return try body()
    }
}

func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ literal: StaticString) -> Bool {
    bytes.count == literal.utf8CodeUnitCount
        && (bytes.isEmpty || memcmp(bytes.baseAddress!, literal.utf8Start, bytes.count) == 0)
}
