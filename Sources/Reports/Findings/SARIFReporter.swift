import DomainXML
import Lint

/// SARIF 2.1.0 as code scanning services read it: every rule with its help, exclusive end columns, fingerprints.
struct SARIFReporter: Reporter {
    /// The address of the project; nil if there is none.
    var homepage = Program.homepage

    var opening: String {
        var driver: JSONValue = ["name": "virt-cpu", "version": JSONValue(Program.version)]
        if let homepage { driver.add(["informationUri": JSONValue(homepage)]) }
        driver.add(["rules": .array(Rule.all.map(rule))])
        let tool: JSONValue = ["driver": driver]
        return """
            {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[
            {"tool":\(tool.text),
            "columnKind":"unicodeCodePoints","results":[

            """
    }

    var separator: String { ",\n" }
    var closing: String { "\n]}]}\n" }

    /// Problems with a file are results of a rule that the tool does not list. The notifications state all of them.
    func lines(for problem: Problem) -> String { problem.file.map { lines(for: problem.finding, in: $0) } ?? "" }

    func closing(after problems: [Problem]) -> String {
        if problems.isEmpty { return closing }
        let notifications = problems.map { problem -> JSONValue in
            var notification: JSONValue = ["level": "error", "message": ["text": JSONValue(problem.message)]]
            if let file = problem.file { notification.add(["locations": [location(of: problem.finding, in: file)]]) }
            return notification
        }
        let invocation: JSONValue = ["executionSuccessful": .bool(false), "toolExecutionNotifications": .array(notifications)]
        return "\n],\"invocations\":[\(invocation.text)]}]}\n"
    }

    private func rule(_ rule: Rule) -> JSONValue {
        var value: JSONValue = [
            "id": JSONValue(rule.id),
            "shortDescription": ["text": JSONValue(rule.summary)],
            "fullDescription": ["text": JSONValue(rule.explanation)],
            // The whole page about the rule, so that nobody needs an address to read it.
            "help": ["text": JSONValue(rule.explanation), "markdown": JSONValue(RulePage(rule).markdown)],
            "defaultConfiguration": ["level": JSONValue(rule.severity.rawValue)],
        ]
        if let page = Program.page(of: rule.id, below: homepage) { value.add(["helpUri": JSONValue(page)]) }
        return value
    }

    func lines(for finding: Finding, in file: String) -> String {
        var result: JSONValue = [
            "ruleId": JSONValue(finding.rule),
            "level": JSONValue(finding.severity.rawValue),
            "message": ["text": JSONValue(finding.text(help: "Help"))],
            "locations": [location(of: finding, in: file)],
            "partialFingerprints": ["primaryLocationLineHash": JSONValue(finding.fingerprint + ":1")],
        ]
        if !finding.hosts.isEmpty || !finding.verdicts.isEmpty {
            result.add([
                "properties": [
                    "domain": ["name": JSONValue(finding.domainName), "uuid": JSONValue(uuid: finding.domainUUID)],
                    "hosts": JSONValue(finding.hosts), "verdicts": .array(finding.verdicts.map { JSONValue($0) }),
                    "moves": .array(finding.moves.map { JSONValue($0) }),
                ],
            ])
        }
        if finding.isFixable, !finding.isFixed { result.add(["fixes": [fix(finding, of: artifact(file))]]) }
        return result.text
    }

    private func artifact(_ file: String) -> JSONValue { ["uri": JSONValue(relativeURI(of: file))] }

    private func location(of finding: Finding, in file: String) -> JSONValue {
        let region = Self.region(SourceRange(start: finding.start, end: finding.end))
        return ["physicalLocation": ["artifactLocation": artifact(file), "region": region]]
    }

    private func fix(_ finding: Finding, of artifact: JSONValue) -> JSONValue {
        let replacements = zip(finding.edits, finding.editRanges).map { edit, range -> JSONValue in
            ["deletedRegion": Self.region(range), "insertedContent": ["text": JSONValue(edit.replacement)]]
        }
        return [
            "description": ["text": "What check --fix does"],
            "artifactChanges": [["artifactLocation": artifact, "replacements": .array(replacements)]],
        ]
    }

    private static func region(_ range: SourceRange) -> JSONValue {
        [
            "startLine": JSONValue(range.start.line), "startColumn": JSONValue(range.start.column),
            "endLine": JSONValue(range.end.line), "endColumn": JSONValue(range.end.column),
        ]
    }

    /// Every byte is escaped that is neither unreserved (RFC 3986) nor a slash.
    private func relativeURI(of path: String) -> String {
        repositoryPath(path).utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte)
                || "-._~/".unicodeScalars.contains(scalar))
            if isPlain { return String(Character(scalar)) }
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count < 2 ? "0" : "") + hex
        }.joined()
    }
}
