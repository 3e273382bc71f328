import TestSupport
import Testing

@testable import Reports

@Suite("The page about a fleet")
struct FleetPageTests {
    /// A report with some rows of one CPU each, on one kind of hosts.
    private func report(rows: Int, guest: String = "vm") -> JSONValue {
        [
            "question": "report", "hosts": [["host": "hv1", "cluster": .null, "kind": .number(0)]],
            "asks": .array((0..<rows).map { ["ask": .string("k\($0)"), "words": .string("w\($0)"), "domain": "<domain/>", "samples": [.string("\(guest)-\($0)")]] }),
            "matrix": [
                "columns": [["kinds": [.number(0)], "hosts": [.number(0)]]],
                "rows": .array((0..<rows).map { row in
                    ["asks": [.number(row)], "guests": .number(row), "answers": "r", "here": [.number(0)], "samples": [.null], "why": [[["asks": .null, "kinds": .null, "why": .number(row)]]]]
                }),
            ],
            "drain": [], "windows": ["followers": [], "changes": []], "reasons": .array((0..<rows).map { [["code": "c", "features": [.number(rows - 1 - $0)], "text": "lacks …"]] }),
            "obstacles": [], "features": .array((0..<rows).map { .string("feature\($0)") }),
        ]
    }

    private func data(_ page: String) throws -> JSON {
        let start = try #require(page.firstRange(of: #"<script type="application/json" id="data">"#)).upperBound
        let end = try #require(page[start...].firstRange(of: "</script>")).lowerBound
        return try JSON(String(page[start..<end]))
    }

    @Test("The data cannot end its element, whatever a name holds, and reads as it was")
    func hostile() throws {
        let name = "</script><!--<script>{{script}} & \u{2028}"
        let page = FleetPage.html(report(rows: 1, guest: name))
        #expect(page.components(of: "</script").count == 3)
        #expect(try data(page)["asks"]?.items[0]["samples"] == .array([.string("\(name)-0")]))
    }

    @Test("The page lets its own style and script run, by their digests, and nothing else")
    func policy() throws {
        let page = FleetPage.html(report(rows: 1))
        // The values of `printf … | openssl dgst -sha256 -binary | base64` for an empty text and for "abc".
        #expect(FleetPage.policyDigest(of: "") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        #expect(FleetPage.policyDigest(of: "abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        let start = try #require(page.firstRange(of: "<script>")).upperBound, end = try #require(page[start...].firstRange(of: "</script>")).lowerBound
        #expect(page.contains("default-src 'none'; style-src 'sha256-"))
        #expect(page.contains("script-src 'sha256-\(FleetPage.policyDigest(of: String(page[start..<end])))'"))
        #expect(!page.contains("unsafe-inline"))
        #expect(!page.contains("src=") && !page.contains("@import") && !page.contains("url("))
    }

    @Test("Values are put into a template once: what they hold is no template")
    func template() {
        #expect(FleetPage.filled("a{{x}}b{{y}}{{x}}", ["x": "{{y}}", "y": "1"]) == "a{{y}}b1{{y}}")
    }

    @Test("Of a matrix with too many fields, the rows with the most guests are there, and the rest is told")
    func fields() throws {
        var limits = FleetPageLimits()
        limits.fields = 3
        let data = try data(FleetPage.html(report(rows: 10), limits: limits))
        let rows = try #require(data["matrix"]?["rows"]?.items)
        #expect(rows.compactMap { $0["guests"] } == [.number(7), .number(8), .number(9)])
        #expect(data["leftOut"]?.items == [.string("7 rows of the matrix, with 21 guests")])
    }

    @Test("Guests that their own host refuses are summed up over the clusters, the most first")
    func refused() throws {
        func refused(_ kind: Int, _ why: Int, _ guests: Int, _ asks: [Int], _ sample: String) -> JSONValue {
            ["kind": .number(kind), "why": .number(why), "asks": .array(asks.map { .number($0) }), "guests": .number(guests), "samples": [.string(sample)]]
        }
        var report = report(rows: 3)
        report.add(["clusters": [["refused": [refused(0, 1, 4, [0], "a"), refused(0, 0, 3, [0, 1], "b")]], ["refused": [refused(0, 0, 2, [1, 2], "c"), refused(1, 0, 1, [2], "d")]]]])
        let found = try #require(data(FleetPage.html(report))["refused"]?.items)
        #expect(found.map { $0["guests"] } == [.number(5), .number(4), .number(1)])
        #expect(found.map { $0["why"] } == [.number(0), .number(1), .number(0)])
        #expect(found[0]["asks"] == .array([.number(0), .number(1), .number(2)]))
        #expect(found[0]["samples"] == .array([.string("b"), .string("c")]))
    }

    @Test("A page that would be too large is not, and its indices still name the same")
    func bytes() throws {
        let whole = FleetPage.html(report(rows: 5000))
        var limits = FleetPageLimits()
        limits.bytes = whole.utf8.count - 400_000
        let page = FleetPage.html(report(rows: 5000), limits: limits)
        #expect(page.utf8.count <= limits.bytes)
        let data = try data(page)
        let row = try #require(data["matrix"]?["rows"]?.items.last)
        let asks = try #require(data["asks"]?.items), reasons = try #require(data["reasons"]?.items), features = try #require(data["features"]?.items)
        #expect(asks.count < 5000 && reasons.count == asks.count && features.count == asks.count)
        func index(_ json: JSON?) -> Int? { if case .number(let number)? = json { number } else { nil } }
        let ask = try #require(index(row["asks"]?.items[0])), why = try #require(index(row["why"]?.items[0].items[0]["why"]))
        #expect(asks[ask]["words"] == .string("w4999"))
        #expect(features[try #require(index(reasons[why].items[0]["features"]?.items[0]))] == .string("feature0"))
        #expect(data["leftOut"]?.items.last == .string("2500 rows of the matrix, with 3123750 guests"))
    }
}

extension String {
    /// The parts between occurrences of a text.
    fileprivate func components(of text: String) -> [Substring] {
        var parts: [Substring] = [], rest = self[...]
        while let range = rest.firstRange(of: text) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
