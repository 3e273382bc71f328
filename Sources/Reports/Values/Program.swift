/// What the program calls itself.
package enum Program {
    /// The version that `--version` and SARIF reports state.
    package static let version = "0.2.0"
}
