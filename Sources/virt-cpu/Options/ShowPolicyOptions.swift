import ArgumentParser

/// The option that prints the policy.
struct ShowPolicyOptions: ParsableArguments {
    @Flag(name: .long, help: "Only print the policy that applies, with the place of each value.")
    var showPolicy = false
}
