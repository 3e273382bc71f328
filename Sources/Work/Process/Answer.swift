import Hosts
import Reports

/// What a command answers: text for a person, or objects for a program. What could not be done goes to stderr, and to a
/// program it is an object among the others, too: a finding of the rule `not-judged`, as `check` reports it.
package final class Answer {
    private let form: JSONForm?
    private let channels: Channels
    private let output: OutputStream
    private var isEmpty = true
    fileprivate var hasFailed = false

    fileprivate init(_ form: JSONForm?, _ channels: Channels) {
        self.form = form
        self.channels = channels
        output = OutputStream(channels.output)
    }

    /// Adds a part of the answer.
    ///
    /// - Parameters:
    ///   - prose: the part for a person. On a terminal, it is broken between words.
    ///   - objects: the part for a program.
    /// - Throws: `IOFailure` where it cannot be written.
    package func add(prose: @autoclosure () -> String, _ objects: @autoclosure () -> [JSONValue]) throws {
        try add(text: folded(prose(), to: channels.outputWidth), objects())
    }

    /// Adds a part of the answer whose text is printed as it is.
    package func add(text: @autoclosure () -> String, _ objects: @autoclosure () -> [JSONValue]) throws {
        guard let form else { return try output.write(text()) }
        for object in objects() {
            try output.write((isEmpty ? form.opening : form.separator) + object.text + form.terminator)
            isEmpty = false
        }
    }

    /// Adds a definition as it is. It has no place in an answer for a program.
    func add(source: [UInt8]) throws { if form == nil { try output.write(source) } }

    /// Adds something that could not be done. The exit status will be 2.
    package func add(_ failure: any Error) throws {
        hasFailed = true
        let failure = ReportedFailure(failure)
        try add(text: "", [JSONValue(failure.problem)])
        try output.flush()
        channels.complain(failure.text)
    }

    /// Adds hosts that did not answer.
    package func add(_ failures: [HostError]) throws { for failure in failures { try add(failure) } }

    fileprivate func finish() throws {
        if let form { try output.write((isEmpty ? form.opening : "") + form.closing) }
        try output.flush()
    }
}

extension Channels {
    /// Prints what `body` adds to the answer. An error that it throws is a part of the answer.
    ///
    /// - Parameter form: nil to print text.
    /// - Throws: `ExitStatus.failed` if something could not be done, else the `ExitStatus` that `body` throws; `IOFailure`
    ///   where the answer cannot be written.
    package func answer(_ form: JSONForm?, _ body: (Answer) throws -> Void) throws {
        let answer = Answer(form, self)
        var status: ExitStatus?
        do {
            try body(answer)
        } catch let thrown as ExitStatus {
            status = thrown
        } catch let failure as any Failure {
            try answer.add(failure)
        }
        try answer.finish()
        if answer.hasFailed { throw ExitStatus.failed }
        if let status { throw status }
    }
}
