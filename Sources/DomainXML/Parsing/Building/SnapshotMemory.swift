/// Decides whether a snapshot was taken with the guest's memory, from its `<state>` and `<memory>`.
struct SnapshotMemory {
    /// The text of `<state>`.
    private var state: [UInt8] = []
    /// What `<memory snapshot=…>` says; nil when absent.
    private var attribute: Bool?
    private var hasMemory = false

    mutating func reset() {
        if !state.isEmpty { state.removeAll(keepingCapacity: true) }
        attribute = nil
        hasMemory = false
    }

    mutating func appendState(_ bytes: UnsafeBufferPointer<UInt8>) {
        state.append(contentsOf: bytes)
    }

    /// Reads `<memory>`. Of several, the first one counts.
    mutating func readMemory(_ attributes: AttributeReader, snapshot: InternedName) {
        if hasMemory { return }
        hasMemory = true
        let scratch = Domain()
        attribute = attributes.text(snapshot, in: &scratch.facts.pointee.storage).map { !scratch.is($0, "no") }
    }

    /// Whether the snapshot has memory. Without a `snapshot` attribute, it has memory when the guest was running
    /// (libvirt's `virDomainSnapshotDefParse`).
    var isSaved: Bool {
        let withoutMemory = ["", "shutoff", "nostate", "disk-snapshot"]
        return attribute ?? !withoutMemory.contains(String(decoding: state, as: UTF8.self))
    }
}
