import Lint
import Reports
import SystemPackage

/// A report that goes into a file.
package struct ReportRequest: Sendable, Equatable {
    package var format: ReportFormat
    package var file: FilePath

    package init(_ format: ReportFormat, _ file: FilePath) {
        self.format = format
        self.file = file
    }

    /// - Parameter word: `FORMAT=FILE`.
    /// - Throws: `SettingsError` for another form or an unknown format.
    package init(_ word: String) throws(SettingsError) {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let format = ReportFormat(rawValue: parts[0]) else {
            let words = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
            let meant = parts.count == 2 ? suggestion(for: parts[0], among: ReportFormat.allCases.map(\.rawValue)) : ""
            throw SettingsError(description: "--report \(word): expected FORMAT=FILE, where FORMAT is one of \(words)\(meant)")
        }
        if parts[1] == "-" {
            throw SettingsError(description: "--report \(word): a further report needs a file; --format \(parts[0]) prints it on stdout")
        }
        self.init(format, FilePath(parts[1]))
    }
}
