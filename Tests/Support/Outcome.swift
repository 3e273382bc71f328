/// How a run ended, and what it printed.
package struct Outcome: Sendable {
    /// The exit status; nil when a signal ended the run.
    package var status: Int32?
    /// The signal that ended the run.
    package var signal: Int32?
    package var output: [UInt8]
    package var errors: String

    package init(status: Int32?, signal: Int32? = nil, output: [UInt8], errors: String) {
        self.status = status
        self.signal = signal
        self.output = output
        self.errors = errors
    }

    package var text: String { String(decoding: output, as: UTF8.self) }

    /// stderr without the closing lines of `check`, which count what was found and name the policy.
    package var complaints: String {
        var lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.count > 2, lines[lines.count - 2].contains(#/^polic(y|ies): /#) { lines.remove(at: lines.count - 2) }
        guard lines.count > 1, lines[lines.count - 2].contains(/\(\d+ domains?, \d+ files?\)$/) else { return errors }
        return (lines.dropLast(2) + [""]).joined(separator: "\n")
    }

    /// The lines of stdout that state a place, each as `FILE rule`, in the order in which they are printed.
    package var findings: [String] {
        text.split(separator: "\n").filter { $0.hasSuffix("]") && $0.contains(": ") }.map { line in
            let file = line[..<(line.firstIndex(of: ":") ?? line.endIndex)]
            let rule = line[(line.lastIndex(of: "[") ?? line.startIndex)...].dropFirst().dropLast()
            return "\(file) \(rule)"
        }
    }
}
