/// A model that a hypervisor knows, whether or not it can run it.
public struct ListedModel: Sendable, Equatable {
    /// libvirt's name of the model.
    public var name: String
    /// Features, by libvirt's names, that the model needs and the hypervisor cannot provide on this host. Names that
    /// the map does not have are ignored.
    public var blockers: [String]

    /// A model with the given blockers.
    public init(name: String, blockers: [String] = []) {
        self.name = name
        self.blockers = blockers
    }
}
