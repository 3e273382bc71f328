/// What a check does with a file of known findings.
package enum KnownFindingsUse: Sendable, Equatable {
    /// Looks for one from each definition upwards.
    case found
    /// Uses the file that was named.
    case named(String)
    /// Uses none.
    case none
    /// Writes what is found into one: the nearest from the current directory upwards, or a new one at the top of the
    /// repository; outside a repository in the current directory.
    case recorded
}
