import Hosts
import LibvirtWords

/// A report about a fleet as one HTML page, which needs no other file and no network. `Page/` has the page's parts.
package enum FleetPage {
    /// The page.
    ///
    /// - Parameters:
    ///   - report: the answer to the question `report`, as `FleetJSON` states it.
    ///   - limits: what the page leaves out is said on it.
    package static func html(_ report: JSONValue, limits: FleetPageLimits = FleetPageLimits()) -> String {
        let style = text(PackageResources.page_css), script = text(PackageResources.page_js)
        let page = text(PackageResources.page_html)
        let data = FleetPageData(report, fields: limits.fields, bytes: limits.bytes - style.utf8.count - script.utf8.count - page.utf8.count)
        // Style and script are the only ones that a browser accepts in this page, whatever stands in a name.
        let values = [
            "style": style, "script": script, "styleHash": policyDigest(of: style), "scriptHash": policyDigest(of: script),
            "version": Program.version, "data": inScript(data.value.text),
        ]
        return filled(page, values)
    }

    /// What a content security policy calls a style or a script by.
    static func policyDigest(of text: String) -> String { SHA256Digest(of: text).base64 }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// JSON that cannot end the element that it stands in. A `<` is found in strings only.
    static func inScript(_ json: String) -> String {
        json.utf8.contains(UInt8(ascii: "<")) ? json.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c") : json
    }

    /// A template with `{{name}}` replaced by the values. What a value contains is not looked at again.
    static func filled(_ template: String, _ values: [String: String]) -> String {
        var result = "", rest = template[...]
        while let start = rest.firstOccurrence(of: "{{"), let end = rest[start.upperBound...].firstOccurrence(of: "}}") {
            let name = String(rest[start.upperBound..<end.lowerBound])
            guard let value = values[name] else { preconditionFailure("the page has no value \(name)") }
            result += rest[..<start.lowerBound] + value
            rest = rest[end.upperBound...]
        }
        return result + rest
    }
}

/// How much a page holds.
package struct FleetPageLimits: Sendable {
    /// The most fields of the matrix.
    package var fields = 20_000
    /// The most bytes of the page.
    package var bytes = 2 << 20

    package init() {}
}
