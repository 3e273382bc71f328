/// How the CPU models of one QEMU release differ from libvirt's models of the same names.
public struct QEMUModels: Sendable, Equatable {
    /// The newest QEMU release that was asked, such as `11.1.3`.
    public var qemuVersion: String
    /// The older releases that were asked, the oldest first. Their models are the same, as far as they have them. Old
    /// machine types are those of any of these releases.
    public var olderVersions: [String]
    /// The libvirt release whose CPU map the models were compared with, such as `11.3.0`.
    public var libvirtVersion: String
    /// The models, in map order, then those that only QEMU has. Models that no QEMU knows are absent. A model that only
    /// QEMU has gains all its features over the map, which has none.
    public private(set) var models: [QEMUModel]
    private var index: [String: Int]

    /// A record of the given models. Of several with one name, `model(named:)` finds the first.
    public init(qemuVersion: String, libvirtVersion: String, models: [QEMUModel], olderVersions: [String] = []) {
        self.olderVersions = olderVersions
        self.qemuVersion = qemuVersion
        self.libvirtVersion = libvirtVersion
        self.models = models
        index = Dictionary(models.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The model with the name; nil when the record does not have it.
    public func model(named name: String) -> QEMUModel? { index[name].map { models[$0] } }
}
