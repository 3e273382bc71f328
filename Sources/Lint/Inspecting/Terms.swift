/// What a judge knows besides the guest: the same for all guests that it judges.
///
/// A class, so that the inspection of each guest refers to all of this by one reference.
final class Terms: Sendable {
    let policy: Policy
    let planner: Planner
    let startCheck: StartCheck
    /// Guests migrate between the hosts.
    let migrates: Bool
    /// All rules of the judge, in order, including those that the policy switches off.
    let rules: [Rule]

    init(policy: Policy, planner: Planner, startCheck: StartCheck, rules: [Rule]) {
        self.policy = policy
        self.planner = planner
        self.startCheck = startCheck
        self.rules = rules
        migrates = policy.migration ?? (planner.hosts.hosts.count > 1)
    }
}
