public import DomainXML

/// What identifies the guest that a definition belongs to.
public struct GuestIdentity: Sendable, Hashable {
    /// `/domain/name`; nil if it is absent or empty.
    public let name: String?
    /// `/domain/uuid` in lower case without dashes; nil if it is absent or empty.
    public let uuid: String?
    /// What contains the definition. Definitions are paired with others of the same kind first.
    package let kind: Kind

    /// A plain definition, libvirt's record of a running domain, or one of the two definitions in a snapshot.
    package enum Kind: Hashable, Sendable { case definition, status, snapshot, snapshotInactive }

    /// Two guests have the same name only if its bytes are the same, as libvirt compares it.
    public static func == (a: GuestIdentity, b: GuestIdentity) -> Bool {
        a.kind == b.kind && a.uuid.map(ExactText.init) == b.uuid.map(ExactText.init) && a.name.map(ExactText.init) == b.name.map(ExactText.init)
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(uuid.map(ExactText.init))
        hasher.combine(name.map(ExactText.init))
    }

    /// Copies the identity of a guest, which stays valid after the guest.
    public init(_ guest: Guest) { self.init(guest.domain) }

    /// Copies the identity of a domain, which stays valid after the domain.
    public init(_ domain: Domain) {
        name = domain[domain.name?.text].flatMap { $0.isEmpty ? nil : $0 }
        uuid = domain[domain.uuid?.text].flatMap { GuestRecord.normalized(uuid: $0) }
        kind = Kind(domain.container)
    }

    /// The identity of a recorded guest.
    public init(_ record: GuestRecord) {
        name = record.name
        uuid = record.uuid
        kind = Kind(record.container)
    }
}

extension GuestIdentity.Kind {
    init(_ container: Domain.Container) {
        switch container {
        case .root, .list: self = .definition
        case .status: self = .status
        case .snapshot: self = .snapshot
        case .snapshotInactive: self = .snapshotInactive
        }
    }
}
