import DomainXML

extension Domain {
    /// The host decides which enlightenments the guest gets.
    var hypervFollowsHost: Bool { self.is(hypervMode, "passthrough") || self.is(hypervMode, "host-model") }
}
