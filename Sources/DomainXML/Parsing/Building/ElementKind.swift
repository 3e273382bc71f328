/// The elements of a definition that virt-cpu reads. All others are skipped.
enum ElementKind: UInt8, CaseIterable {
    /// An element that is not read. As a parent, it stands for the document itself.
    case nothing
    // Roots
    case domstatus, snapshot, list, otherRoot
    // Inside a snapshot
    case snapshotState, snapshotMemory
    // A domain and its children
    case domain, name, uuid, title, description, vcpu, cpu, os, features, clock, devices, metadata, commandline
    /// A child of the domain that is read only because `<cpu>` belongs after it.
    case beforeCPU
    /// A child of the domain that is read only because `<cpu>` belongs before it.
    case afterCPU
    // Deeper
    case libosinfo, libosinfoOS, osType, osKernel, hyperv, enlightenment, kvm, cpuidFlag, timer, emulator, argument, hostdev, interface
    /// Unraid's `<vmtemplate>`, which has had two namespaces.
    case vmTemplate
    /// Another element of the metadata, in any namespace: libosinfo's can be inside.
    case metadataPart
    case cpuModel, cpuVendor, cpuTopology, cpuCache, cpuMaxPhysAddr, cpuFeature, cpuNuma, cpuOther
    case numaCell, numaDistances, numaSibling
    /// A part of an enlightenment that is switched on by itself, such as `<direct>` of `<tlbflush>`.
    case enlightenmentPart
}

extension ElementKind {
    private static let osinfoNamespace: StaticString = "http://libosinfo.org/xmlns/libvirt/domain/1.0"
    private static let qemuNamespace: StaticString = "http://libvirt.org/schemas/domain/qemu/1.0"

    /// The namespace of the element; nil for elements without a namespace.
    var namespace: StaticString? {
        switch self {
        case .libosinfo, .libosinfoOS: Self.osinfoNamespace
        case .commandline, .argument: Self.qemuNamespace
        default: nil
        }
    }

    /// Whether the element has a namespace.
    @inline(__always)
    var hasNamespace: Bool {
        switch self {
        case .libosinfo, .libosinfoOS, .commandline, .argument: true
        default: false
        }
    }

    /// Whether the element is read whatever its namespace is.
    @inline(__always)
    var hasAnyNamespace: Bool { self == .vmTemplate || self == .metadataPart }

    /// Whether libvirt finds the element by its local name, in any namespace: it goes through `./features/*`.
    var hasLocalName: Bool {
        switch self {
        case .hyperv, .kvm, .cpuidFlag, .enlightenment, .enlightenmentPart: true
        default: false
        }
    }

    /// Whether the element's text is collected.
    var hasText: Bool {
        switch self {
        case .name, .uuid, .title, .description, .vcpu, .osType, .emulator, .cpuModel, .cpuVendor, .snapshotState: true
        default: false
        }
    }

    /// Whether the bytes of a document with this root are handed on as they come. Other documents are held as a whole.
    var passesThrough: Bool { self == .otherRoot || self == .list }
}
