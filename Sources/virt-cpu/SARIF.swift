import Lint

/// SARIF 2.1.0 as code scanning services read it: every rule with its help, exclusive end columns, fingerprints.
struct SARIFReporter: Reporter {
    var opening: String {
        var driver = JSONObject()
        driver.add("name", "virt-cpu")
        driver.add("version", VirtCPU.configuration.version)
        driver.add("rules", Rule.all.map(Self.rule))
        var tool = JSONObject()
        tool.add("driver", driver)
        return """
            {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[
            {"tool":\(tool.text),
            "columnKind":"unicodeCodePoints","results":[

            """
    }

    var separator: String { ",\n" }
    var closing: String { "\n]}]}\n" }

    private static func rule(_ rule: Rule) -> JSONObject {
        func text(_ text: String) -> JSONObject {
            var object = JSONObject()
            object.add("text", text)
            return object
        }
        var configuration = JSONObject()
        configuration.add("level", rule.severity.rawValue)
        var object = JSONObject()
        object.add("id", rule.id)
        object.add("shortDescription", text(rule.summary))
        object.add("fullDescription", text(rule.explanation))
        object.add("help", text(rule.explanation))
        object.add("defaultConfiguration", configuration)
        return object
    }

    func lines(for finding: Finding, in file: String) -> String {
        var message = JSONObject()
        let parts = [finding.message] + finding.notes + (finding.help.map { ["Help: \($0)"] } ?? [])
        message.add("text", parts.joined(separator: "\n"))
        var artifact = JSONObject()
        artifact.add("uri", Self.uri(file))
        var region = JSONObject()
        region.add("startLine", finding.start.line)
        region.add("startColumn", finding.start.column)
        region.add("endLine", finding.end.line)
        region.add("endColumn", finding.end.column)
        var physical = JSONObject()
        physical.add("artifactLocation", artifact)
        physical.add("region", region)
        var location = JSONObject()
        location.add("physicalLocation", physical)
        var fingerprints = JSONObject()
        fingerprints.add("primaryLocationLineHash", fingerprint(finding))
        var object = JSONObject()
        object.add("ruleId", finding.rule)
        object.add("level", finding.severity.rawValue)
        object.add("message", message)
        object.add("locations", [location])
        object.add("partialFingerprints", fingerprints)
        return object.text
    }

    /// The same finding of the same domain keeps it when lines move: FNV-1a of rule, domain and source line.
    private func fingerprint(_ finding: Finding) -> String {
        let domain = finding.domainUUID ?? finding.domainName ?? ""
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let line = finding.sourceLine.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for byte in "\(finding.rule)\0\(domain)\0\(line)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16) + ":1"
    }

    /// A relative URI: every byte that is not unreserved or a slash is escaped.
    static func uri(_ path: String) -> String {
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

/// Annotations of a GitHub workflow.
struct GitHubReporter: Reporter {
    func lines(for finding: Finding, in file: String) -> String {
        let command = finding.severity == .note ? "notice" : finding.severity.rawValue
        var properties = [
            ("file", file), ("line", "\(finding.start.line)"), ("col", "\(finding.start.column)"),
            ("endLine", "\(finding.end.line)"),
        ]
        if finding.end.line == finding.start.line { properties.append(("endColumn", "\(finding.end.column)")) }
        properties.append(("title", finding.rule))
        let list = properties.map { "\($0.0)=\(escaped($0.1, inProperty: true))" }.joined(separator: ",")
        let text = [finding.message] + finding.notes + (finding.help.map { ["help: \($0)"] } ?? [])
        return "::\(command) \(list)::\(escaped(text.joined(separator: "\n"), inProperty: false))\n"
    }

    private func escaped(_ text: String, inProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where inProperty: result += "%3A"
            case "," where inProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        // GitHub has no spelling for the other control characters, and the log is read on terminals.
        return printable(result)
    }
}
