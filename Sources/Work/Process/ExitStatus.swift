/// How the program ends, other than with 0.
package enum ExitStatus: Int32, Error {
    /// Something was found at or above `--fail-on`.
    case found = 1
    /// The work could not be done.
    case failed = 2
}
