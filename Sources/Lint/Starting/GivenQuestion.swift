import Hosts

/// Which features hypervisors can give to guests of a platform with a model.
struct GivenQuestion: Hashable {
    /// Without the machine, which does not matter on x86.
    var platform: DomainPlatform
    var model: String?
}
