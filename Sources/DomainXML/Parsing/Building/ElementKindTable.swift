/// Finds the ``ElementKind`` of an element by its name and its parent's kind.
///
/// The table is two pointers, so that a copy costs nothing. The owner calls `deallocate()`.
struct ElementKindTable {
    /// A hash table of all names in the table. Each name has a number, counted from 1. A name is in the slot of its
    /// hash or, if that is taken, in the next free one.
    private let names: UnsafeMutablePointer<(name: InternedName?, number: Int)>
    /// The kinds of the children of each kind of parent, by the number of the child's name.
    private let kinds: UnsafeMutablePointer<ElementKind>
    private static let slots = 128

    init(_ known: [(parent: ElementKind, name: InternedName, kind: ElementKind)]) {
        names = .allocate(capacity: Self.slots)
        names.initialize(repeating: (nil, 0), count: Self.slots)
        let size = ElementKind.allCases.count * Self.slots
        kinds = .allocate(capacity: size)
        kinds.initialize(repeating: .nothing, count: size)
        var count = 0
        for entry in known {
            var slot = Self.slot(of: entry.name)
            while names[slot].name != nil, names[slot].name != entry.name { slot = (slot + 1) % Self.slots }
            if names[slot].name == nil {
                count += 1
                names[slot] = (entry.name, count)
            }
            kinds[Int(entry.parent.rawValue) * Self.slots + names[slot].number] = entry.kind
        }
        precondition(count < Self.slots / 2)
    }

    func deallocate() {
        names.deallocate()
        kinds.deallocate()
    }

    @inline(__always)
    private static func slot(of name: InternedName) -> Int {
        let address = UInt(bitPattern: name)
        return Int((address ^ address >> 7) % UInt(slots))
    }

    /// The kind of an element; `nothing` when it is not read. Most names that are looked up are not in the table, so
    /// the lookup is a hash table instead of a comparison with every name.
    @inline(__always)
    func kind(_ name: InternedName, in parent: ElementKind) -> ElementKind {
        var slot = Self.slot(of: name)
        while let known = names[slot].name, known != name { slot = (slot + 1) % Self.slots }
        let kind = kinds[Int(parent.rawValue) * Self.slots + names[slot].number]
        if kind != .nothing { return kind }
        switch parent {
        case .nothing: return .otherRoot
        case .hyperv: return .enlightenment
        case .cpu: return .cpuOther
        case .metadata: return .metadataPart
        default: return .nothing
        }
    }
}
