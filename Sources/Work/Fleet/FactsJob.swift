import DomainXML
import Lint
import Reports
import SystemPackage

/// A run of `facts`: definitions in, a line of JSON for each out.
package struct FactsJob {
    private let maximumDomainSize: Int
    private let mostErrors: Int?
    private let channels: Channels

    /// - Parameters:
    ///   - mostErrors: the most records that may have an error; nil for any number.
    package init(maximumDomainSize: Int, mostErrors: Int?, _ channels: Channels = .standard) {
        self.maximumDomainSize = maximumDomainSize
        self.mostErrors = mostErrors
        self.channels = channels
    }

    /// Answers the records of the input channel, and says at the end how many there were.
    /// - Throws: `IOFailure` where the work stopped.
    package func answer(_ framing: RecordFraming) throws {
        let output = OutputStream(channels.output)
        let loop = RecordLoop(framing, to: output, mostErrors: mostErrors)
        let reader = SingleDomainReader(maximumDomainSize: maximumDomainSize, framing)
        let facts = FactsLine()
        var json = JSONBytes()
        defer { channels.complain("virt-cpu facts: \(loop.tally)") }
        try loop.run(StandardInput(channels), limit: maximumDomainSize) { record in
            json.removeAll()
            Self.begin(&json, record)
            try reader.read(record.xml) { guest throws(RecordError) in
                json.add(",\"host\":")
                json.add(record.host)
                json.add(",\"cluster\":")
                json.add(record.cluster)
                json.add(",")
                try facts.add(guest, to: &json)
            }
            json.add("}\n")
            try output.write(json.bytes)
        } fail: { record, error in
            json.removeAll()
            Self.begin(&json, record)
            json.add(",\"error\":\(error.json.text)}\n")
            try output.write(json.bytes)
        }
    }

    private static func begin(_ json: inout JSONBytes, _ record: Record) {
        json.add("{\"id\":")
        json.add(record.id)
    }

    /// Prints a line for each domain of files, with the file's name as its id.
    ///
    /// - Parameter paths: a directory stands for the definitions below it.
    /// - Throws: `ExitStatus` where a file cannot be read; a line with the error stands for it.
    package func answer(about paths: [String]) throws {
        let output = OutputStream(channels.output)
        let facts = FactsLine()
        let reader = DomainReader(maximumDomainSize: maximumDomainSize)
        var hasFailed = false
        func fail(_ name: String?, _ error: JSONValue, _ message: String) throws {
            let line: JSONValue = ["id": JSONValue(name), "error": error]
            try output.write(line.text + "\n")
            try output.flush()
            channels.complain(message)
            hasFailed = true
        }
        var unreadable: [IOFailure] = []
        let inputs = InputFile.files(named: Files.named(by: paths), channels) { unreadable.append($0) }
        for failure in unreadable { try fail(failure.problem.file, RecordError(.unreadable, failure.problem.message).json, failure.shown) }
        for input in inputs {
            let collector = GuestCollector { guest in
                var json = JSONBytes()
                json.add("{\"id\":")
                json.add(string: input.name.utf8)
                json.add(",\"host\":null,\"cluster\":null,")
                do throws(RecordError) {
                    try facts.add(guest, to: &json)
                } catch {
                    return try fail(input.name, error.json, "\(printable(input.name)): \(error.message)")
                }
                json.add("}\n")
                try output.write(json.bytes)
            }
            do {
                try input.read(with: reader, into: collector)
            } catch let failure as IOFailure {
                if failure.isMalformed, !input.isNamed, let bytes = try? input.bytes(), !StrangeInput.mayHoldDomains(bytes) { continue }
                let error = RecordError(failure.isIllFormed ? .malformed : failure.isMalformed ? .refused : .unreadable, failure.problem.message, at: failure.problem.position)
                try fail(input.name, error.json, failure.shown)
            }
        }
        try output.flush()
        if hasFailed { throw ExitStatus.failed }
    }
}
