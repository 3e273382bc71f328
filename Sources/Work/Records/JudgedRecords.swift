import DomainXML
import Lint
import Reports

/// A run of `check` or `filter` over records: each definition is judged by itself.
package struct JudgedRecords {
    /// What becomes of a definition.
    package enum Purpose: Sendable { case check, filter }

    private let settings: Settings
    private let purpose: Purpose
    private let framing: RecordFraming
    private let mostErrors: Int?
    private let channels: Channels

    /// - Parameter mostErrors: the most records that may have an error; nil for any number.
    package init(
        _ settings: Settings, _ purpose: Purpose, _ framing: RecordFraming, mostErrors: Int?, _ channels: Channels = .standard
    ) {
        self.settings = settings
        self.purpose = purpose
        self.framing = framing
        self.mostErrors = mostErrors
        self.channels = channels
    }

    /// Whether a finding counted, for the exit status if `--fail-on` was given.
    ///
    /// - Throws: what is wrong with the policy or a host; `IOFailure` where the work stopped.
    package func run() throws -> Bool {
        var policies = try PolicyLookup(settings, purpose: purpose == .filter ? .rewrite : .check)
        let judge = try policies.policy(forDirectory: ".").judge
        let output = OutputStream(channels.output)
        let loop = RecordLoop(framing, to: output, mostErrors: mostErrors)
        let reader = SingleDomainReader(maximumDomainSize: settings.maximumDomainSize, framing)
        let asks = AskCache()
        var answer = JudgedRecord(settings, framing)
        defer { channels.complain("virt-cpu \(purpose): \(loop.tally)") }
        try loop.run(StandardInput(channels), limit: settings.maximumDomainSize) { record in
            try reader.read(document: record.xml) { document in
                let verdict = judge.judge(document)
                if judge.asksHosts, let failure = judge.hostFailures.first {
                    throw RecordError(.hostNotAnswering, "\(failure.file): \(failure.message)")
                }
                switch purpose {
                case .check:
                    answer.check(record, verdict, ask: asks.key(of: Guest(document.domains[0], in: document)))
                case .filter: answer.filter(verdict, document)
                }
            }
            if purpose == .filter { try answer.finish(record, reader.outside) }
            try output.write(answer.bytes)
            if !answer.words.isEmpty { channels.sendErrors(answer.words) }
        } fail: { record, error in
            answer.fail(record, error, isDocument: purpose == .filter)
            try output.write(answer.bytes)
            if !answer.words.isEmpty { channels.sendErrors(answer.words) }
        }
        return answer.hasCounted
    }
}

/// The answer to one record after another.
private struct JudgedRecord {
    private let settings: Settings
    private let framing: RecordFraming
    private var json = JSONBytes()
    private var document: [UInt8] = []
    private var filtered: Verdict?
    private var said = SaidOnce<String>()
    private var writesDocument = false
    /// What the error channel gets, because the output has no place for it.
    private(set) var words = ""
    private(set) var hasCounted = false

    init(_ settings: Settings, _ framing: RecordFraming) {
        self.settings = settings
        self.framing = framing
    }

    /// The answer, as a record of the output.
    var bytes: [UInt8] { writesDocument ? document : json.bytes }

    private mutating func begin(_ record: Record) {
        (writesDocument, words) = (false, "")
        json.removeAll()
        json.add("{\"id\":")
        json.add(record.id)
    }

    mutating func check(_ record: Record, _ verdict: Verdict, ask: String?) {
        begin(record)
        json.add(",\"ask\":")
        json.add(string: ask)
        add(verdict, name(of: record))
        let counts = Severity.allCases.reversed().map { severity in
            JSONValue.Member(severity.rawValue, JSONValue(verdict.findings.count { $0.severity == severity }))
        }
        json.add(",\"counts\":\(JSONValue.object(counts).text)}\n")
    }

    /// Writes the document of a definition. Whether the definition is well-formed to its end is known only later.
    mutating func filter(_ verdict: Verdict, _ source: Document) {
        filtered = verdict
        document.removeAll(keepingCapacity: true)
        source.write(applying: verdict.edits) { document.append(contentsOf: $0) }
    }

    /// Answers with the definition, if it may be written.
    ///
    /// - Parameter outside: the bytes before and behind the document.
    mutating func finish(_ record: Record, _ outside: (before: [UInt8], behind: [UInt8])) throws {
        begin(record)
        guard let verdict = filtered else { return }
        let isWritten = !verdict.findings.contains(where: settings.counts)
        document = isWritten ? outside.before + document + outside.behind : []
        if framing == .nul {
            writesDocument = true
            document.append(0)
            note(verdict)
            let reporter = ReportFormat.text.reporter(isColored: false, namesDomains: true)
            if !settings.isQuiet { words = verdict.remarks.map(\.description).filter { said.isNew($0) }.map { Reports.note($0) }.joined() }
            words += verdict.findings.filter(settings.shows).map { reporter.lines(for: $0, in: name(of: record)) }.joined()
            return
        }
        // What is no UTF-8 cannot stand in JSON, and a definition is written whole or not at all.
        let isText = document.withUnsafeBytes(JSONReader.isUTF8)
        if !isText { throw RecordError(.refused, "the definition would not be UTF-8 any more") }
        json.add(",\"written\":\(isWritten),\"changed\":\(isWritten && !verdict.edits.isEmpty),\"xml\":")
        if isWritten { json.add(string: document) } else { json.add("null") }
        add(verdict, name(of: record))
        json.add("}\n")
    }

    mutating func fail(_ record: Record, _ error: RecordError, isDocument: Bool) {
        begin(record)
        if isDocument, framing == .nul {
            (writesDocument, document) = (true, [0])
            let place = error.position.map { ":\($0)" } ?? ""
            words = "\(name(of: record))\(place): error: \(printable(error.message)) (\(error.code.rawValue))\n"
            return
        }
        json.add(",\"error\":\(error.json.text)}\n")
    }

    private func name(of record: Record) -> String { "record \(String(decoding: record.id, as: UTF8.self))" }

    private mutating func note(_ verdict: Verdict) {
        if verdict.findings.contains(where: settings.counts) { hasCounted = true }
    }

    private mutating func add(_ verdict: Verdict, _ name: String) {
        note(verdict)
        json.add(",\"findings\":[")
        var separator = ""
        for finding in verdict.findings where settings.shows(finding) {
            json.add(separator + JSONValue(finding, in: name).text)
            separator = ","
        }
        json.add("],\"remarks\":\(JSONValue(verdict.remarks.map(\.description)).text)")
    }
}
