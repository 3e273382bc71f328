/// What a check does with the fixes that it finds.
package enum CheckMode: Sendable {
    /// Nothing.
    case report
    /// Prints them as a unified diff.
    case diff
    /// Writes them into the files.
    case fix
}
