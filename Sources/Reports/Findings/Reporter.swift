import Lint

/// Turns findings into one format. A report is the opening, the findings with separators between them, and the closing.
package protocol Reporter: Sendable {
    var opening: String { get }
    var separator: String { get }
    var closing: String { get }
    /// The text of one finding, with its line endings.
    ///
    /// - Parameter file: the name of the input, as the user knows it.
    func lines(for finding: Finding, in file: String) -> String
}

extension Reporter {
    package var opening: String { "" }
    package var separator: String { "" }
    package var closing: String { "" }
}
