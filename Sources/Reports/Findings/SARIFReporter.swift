import Lint

/// SARIF 2.1.0 as code scanning services read it: every rule with its help, exclusive end columns, fingerprints.
struct SARIFReporter: Reporter {
    var opening: String {
        let tool: JSONValue = [
            "driver": [
                "name": "virt-cpu", "version": JSONValue(Program.version), "rules": .array(Rule.all.map(Self.rule)),
            ]
        ]
        return """
            {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[
            {"tool":\(tool.text),
            "columnKind":"unicodeCodePoints","results":[

            """
    }

    var separator: String { ",\n" }
    var closing: String { "\n]}]}\n" }

    private static func rule(_ rule: Rule) -> JSONValue {
        [
            "id": JSONValue(rule.id),
            "shortDescription": ["text": JSONValue(rule.summary)],
            "fullDescription": ["text": JSONValue(rule.explanation)],
            "help": ["text": JSONValue(rule.explanation)],
            "defaultConfiguration": ["level": JSONValue(rule.severity.rawValue)],
        ]
    }

    func lines(for finding: Finding, in file: String) -> String {
        let text = [finding.message] + finding.notes + (finding.help.map { ["Help: \($0)"] } ?? [])
        let region: JSONValue = [
            "startLine": JSONValue(finding.start.line), "startColumn": JSONValue(finding.start.column),
            "endLine": JSONValue(finding.end.line), "endColumn": JSONValue(finding.end.column),
        ]
        let result: JSONValue = [
            "ruleId": JSONValue(finding.rule),
            "level": JSONValue(finding.severity.rawValue),
            "message": ["text": JSONValue(text.joined(separator: "\n"))],
            "locations": [
                ["physicalLocation": ["artifactLocation": ["uri": JSONValue(relativeURI(of: file))], "region": region]],
            ],
            "partialFingerprints": ["primaryLocationLineHash": JSONValue(fingerprint(finding))],
        ]
        return result.text
    }

    /// A hash of rule, domain and source line: it stays the same when lines above are added or removed.
    private func fingerprint(_ finding: Finding) -> String {
        let domain = finding.domainUUID ?? finding.domainName ?? ""
        let line = finding.sourceLine.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(FNV1a("\(finding.rule)\0\(domain)\0\(line)".utf8).value, radix: 16) + ":1"
    }

    /// Every byte is escaped that is neither unreserved (RFC 3986) nor a slash.
    private func relativeURI(of path: String) -> String {
        var path = Substring(path)
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        return path.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte)
                || "-._~/".unicodeScalars.contains(scalar))
            if isPlain { return String(Character(scalar)) }
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count < 2 ? "0" : "") + hex
        }.joined()
    }
}
