/// What the policy and the command line say for one guest.
struct GuestPolicy {
    /// What the guest's CPU should be.
    var target: Target
    /// What happens if the guest is Windows.
    var windows: WindowsPolicy
    /// The policy or the command line states the target.
    var hasDefault: Bool
}
