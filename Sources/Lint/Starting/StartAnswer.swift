import Hosts

/// The answers of all hosts to one question.
struct StartAnswer: Sendable {
    var question: StartQuestion
    /// The verdict of each host, in the order of `StartCheck.hosts`.
    var verdicts: [HostVerdict] = []
    /// How hypervisors list the guest's model, with the index of the host. Empty if the guest names no model; a host
    /// whose hypervisor does not list the model is left out.
    var listed: [(host: Int, model: DomainCapabilities.Model)] = []
}
