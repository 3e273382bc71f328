/// What a judge knows besides the guest: the same for all guests that it judges.
///
/// A class, so that the inspection of each guest refers to all of this by one reference.
final class Terms: Sendable {
    let policy: Policy
    /// The settings of the command line.
    let overrides: Overrides
    let planner: Planner
    let startCheck: StartCheck
    /// Whether guests can move between the hosts.
    let moveCheck: MoveCheck
    /// Guests migrate between the hosts.
    let migrates: Bool
    /// The hosts are all that the guests can run on. At a start, the one host that starts the guest is named, and there may
    /// be others.
    let knowsAllHosts: Bool
    /// All rules of the judge, in order, including those that the policy switches off.
    let rules: [Rule]

    init(
        policy: Policy, overrides: Overrides, planner: Planner, startCheck: StartCheck, knowsAllHosts: Bool, rules: [Rule]
    ) {
        self.policy = policy
        self.overrides = overrides
        self.planner = planner
        self.startCheck = startCheck
        self.knowsAllHosts = knowsAllHosts
        self.rules = rules
        moveCheck = MoveCheck(startCheck, clusters: policy.clusters)
        migrates = policy.migration
            ?? (policy.clusters.isEmpty ? planner.hosts.hosts.count > 1 : moveCheck.hasSeveralHosts)
    }
}
