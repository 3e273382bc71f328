internal import CLibXML2

/// The elements of a domain definition that virt-cpu asks about; everything else is skipped by depth.
enum Node: UInt8, CaseIterable {
    case nothing
    // Roots
    case domstatus, snapshot, list, otherRoot
    // Snapshot
    case snapshotState, snapshotMemory
    // Domain and its children
    case domain, name, uuid, vcpu, cpu, os, features, clock, devices, metadata, commandline
    case beforeCPU, afterCPU
    // Deeper
    case libosinfo, libosinfoOS, osType, hyperv, enlightenment, kvm, cpuidFlag, timer, emulator, argument
    case cpuModel, cpuVendor, cpuTopology, cpuCache, cpuMaxPhysAddr, cpuFeature, cpuNuma, cpuOther
}

/// Names interned in a parser's dictionary, so that comparing one is comparing a pointer: `strcmp` costs 6 % of
/// the parse, a `String` per element 40 %.
struct Vocabulary {
    typealias Name = UnsafePointer<xmlChar>

    let nodes: NodeTable

    // Attributes
    let type, id, mode, match, check, migratable, deprecatedFeatures, fallback, vendorID, policy, name: Name
    let sockets, dies, clusters, cores, threads, level, bits, limit, current, arch, machine, offset, state: Name
    let present, frequency, value, retries, snapshot: Name
    /// The element: it is a domain like another, but for what a snapshot means by it.
    let inactiveDomain: Name

    init(_ dictionary: xmlDictPtr) {
        func intern(_ name: StaticString) -> Name {
            xmlDictLookup(dictionary, name.utf8Start, Int32(name.utf8CodeUnitCount))
        }
        type = intern("type"); id = intern("id"); mode = intern("mode"); match = intern("match")
        check = intern("check"); migratable = intern("migratable")
        deprecatedFeatures = intern("deprecated_features"); fallback = intern("fallback")
        vendorID = intern("vendor_id"); policy = intern("policy"); name = intern("name")
        sockets = intern("sockets"); dies = intern("dies"); clusters = intern("clusters"); cores = intern("cores")
        threads = intern("threads"); level = intern("level"); bits = intern("bits"); limit = intern("limit")
        current = intern("current"); arch = intern("arch"); machine = intern("machine"); offset = intern("offset")
        state = intern("state"); present = intern("present"); frequency = intern("frequency")
        value = intern("value"); retries = intern("retries"); snapshot = intern("snapshot")
        inactiveDomain = intern("inactiveDomain")

        let known: [(parent: Node, name: StaticString, node: Node)] = [
            (.nothing, "domain", .domain), (.nothing, "domstatus", .domstatus),
            (.nothing, "domainsnapshot", .snapshot), (.nothing, "domains", .list),
            (.domstatus, "domain", .domain), (.list, "domain", .domain), (.snapshot, "domain", .domain),
            (.snapshot, "inactiveDomain", .domain), (.snapshot, "state", .snapshotState),
            (.snapshot, "memory", .snapshotMemory),
            (.domain, "name", .name), (.domain, "uuid", .uuid), (.domain, "metadata", .metadata),
            (.domain, "vcpu", .vcpu), (.domain, "os", .os), (.domain, "features", .features),
            (.domain, "cpu", .cpu), (.domain, "clock", .clock), (.domain, "devices", .devices),
            (.domain, "commandline", .commandline), (.domain, "bootloader", .beforeCPU),
            (.domain, "bootloader_args", .beforeCPU), (.domain, "idmap", .beforeCPU),
            (.domain, "on_poweroff", .afterCPU), (.domain, "on_reboot", .afterCPU), (.domain, "on_crash", .afterCPU),
            (.domain, "on_lockfailure", .afterCPU), (.domain, "pm", .afterCPU), (.domain, "perf", .afterCPU),
            (.metadata, "libosinfo", .libosinfo), (.libosinfo, "os", .libosinfoOS), (.os, "type", .osType),
            (.features, "hyperv", .hyperv), (.features, "kvm", .kvm),
            (.features, "pmu", .cpuidFlag), (.features, "pvspinlock", .cpuidFlag), (.kvm, "hidden", .cpuidFlag),
            (.kvm, "hint-dedicated", .cpuidFlag), (.kvm, "poll-control", .cpuidFlag), (.kvm, "pv-ipi", .cpuidFlag),
            (.clock, "timer", .timer), (.devices, "emulator", .emulator), (.commandline, "arg", .argument),
            (.cpu, "model", .cpuModel), (.cpu, "vendor", .cpuVendor), (.cpu, "topology", .cpuTopology),
            (.cpu, "cache", .cpuCache), (.cpu, "maxphysaddr", .cpuMaxPhysAddr), (.cpu, "feature", .cpuFeature),
            (.cpu, "numa", .cpuNuma),
        ]
        nodes = NodeTable(known.map { ($0.parent, intern($0.name), $0.node) })
    }

    func deallocate() { nodes.deallocate() }
}

/// What an element is, by its name and its parent. Two pointers, so that asking copies nothing.
struct NodeTable {
    /// Every known element's name at the hash of its pointer, or in a place behind it; and which name it is, from 1.
    private let names: UnsafeMutablePointer<(name: Vocabulary.Name?, number: Int)>
    /// What a name is in each parent: `Node.nothing` where it is nothing.
    private let nodes: UnsafeMutablePointer<Node>
    private static let slots = 128

    init(_ known: [(parent: Node, name: Vocabulary.Name, node: Node)]) {
        names = .allocate(capacity: Self.slots)
        names.initialize(repeating: (nil, 0), count: Self.slots)
        let size = Node.allCases.count * Self.slots
        nodes = .allocate(capacity: size)
        nodes.initialize(repeating: .nothing, count: size)
        var count = 0
        for entry in known {
            var slot = Self.slot(of: entry.name)
            while names[slot].name != nil, names[slot].name != entry.name { slot = (slot + 1) % Self.slots }
            if names[slot].name == nil {
                count += 1
                names[slot] = (entry.name, count)
            }
            nodes[Int(entry.parent.rawValue) * Self.slots + names[slot].number] = entry.node
        }
        precondition(count < Self.slots / 2)
    }

    func deallocate() {
        names.deallocate()
        nodes.deallocate()
    }

    @inline(__always)
    private static func slot(of name: Vocabulary.Name) -> Int {
        let address = UInt(bitPattern: name)
        return Int((address ^ address >> 7) % UInt(slots))
    }

    /// What a child of `parent` is to us; `nothing` when nobody asks about it. Hashed, because most of the names asked
    /// for are none of ours, and comparing each with twenty took 2 % of the filter.
    @inline(__always)
    func node(_ name: Vocabulary.Name, in parent: Node) -> Node {
        var slot = Self.slot(of: name)
        while let known = names[slot].name, known != name { slot = (slot + 1) % Self.slots }
        let node = nodes[Int(parent.rawValue) * Self.slots + names[slot].number]
        if node != .nothing { return node }
        switch parent {
        case .nothing: return .otherRoot
        case .hyperv: return .enlightenment
        case .cpu: return .cpuOther
        default: return .nothing
        }
    }
}

extension Node {
    static let osinfoNamespace: StaticString = "http://libosinfo.org/xmlns/libvirt/domain/1.0"
    static let qemuNamespace: StaticString = "http://libvirt.org/schemas/domain/qemu/1.0"

    /// The namespace that the element must be in to mean anything; `nil` for none at all.
    var namespace: StaticString? {
        switch self {
        case .libosinfo, .libosinfoOS: Self.osinfoNamespace
        case .commandline, .argument: Self.qemuNamespace
        default: nil
        }
    }

    /// In one.
    @inline(__always)
    var isForeign: Bool {
        switch self {
        case .libosinfo, .libosinfoOS, .commandline, .argument: true
        default: false
        }
    }

    /// Elements whose text is their value.
    var hasText: Bool {
        switch self {
        case .name, .uuid, .vcpu, .osType, .emulator, .cpuModel, .cpuVendor, .snapshotState: true
        default: false
        }
    }
}
