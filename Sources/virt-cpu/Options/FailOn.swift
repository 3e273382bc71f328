import ArgumentParser
import Lint

/// The value of `--fail-on`.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
    case error, warning, note, never

    /// The lowest severity that counts; nil for none.
    var severity: Severity? { Severity(rawValue: rawValue) }
}
