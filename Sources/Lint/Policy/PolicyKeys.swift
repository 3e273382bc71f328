/// The keys of a policy, for editors that complete them.
package enum PolicyKeys {
    /// The keys of the policy itself.
    package static var policy: [String] { PolicyReader.keys }
    /// The keys of an entry of `hosts`.
    package static var host: [String] { PolicyReader.hostKeys }
    /// The keys of an entry of `guests`.
    package static var guest: [String] { PolicyReader.guestKeys }
    /// The keys of `match`.
    package static var match: [String] { PolicyReader.matchKeys }
    /// The keys of a target that is written as a mapping.
    package static var target: [String] { PolicyReader.targetKeys }
}
