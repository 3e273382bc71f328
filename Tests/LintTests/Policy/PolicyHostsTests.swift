import Testing

@testable import Lint

@Suite("The hosts of a policy's guests, and its clusters")
struct PolicyHostsTests {
    private let names = ["hv01", "hv02", "lab1", "lab2"]

    private func policy(_ text: String) throws -> Policy {
        try Policy.parse(Array(text.utf8), file: "p.yaml", origin: .named, knownRules: Rule.ids)
    }

    /// The names of the hosts of the only entry.
    private func hosts(_ text: String) throws -> [String]? {
        let policy = try policy(text)
        return policy.hosts(of: policy.guests[0], among: names)?.map { names[$0] }
    }

    @Test("An entry names hosts by name, by a glob or by a cluster, and each counts once", arguments: [
        ("[hv02]", ["hv02"]), ("[lab*, hv01]", ["hv01", "lab1", "lab2"]), ("[east]", ["hv01", "lab1"]),
        ("[east, lab1, hv02]", ["hv01", "hv02", "lab1"]), ("[\"hv0[12]\"]", ["hv01", "hv02"]),
    ])
    func named(_ words: String, expected: [String]) throws {
        #expect(try hosts("{clusters: {east: [hv01, lab1]}, guests: [{match: {name: a}, hosts: \(words)}]}") == expected)
    }

    @Test("An entry without hosts, and one of which no host is given, narrow nothing")
    func notNarrowed() throws {
        #expect(try hosts("guests: [{match: {name: a}}]") == nil)
        #expect(try hosts("guests: [{match: {name: a}, hosts: [hv09]}]") == nil)
    }

    @Test("A word that names no host is an error with its place and the nearest name", arguments: [
        ("guests: [{match: {name: a}, hosts: [hv1]}]", "1:37", "unknown host 'hv1' (did you mean 'hv01'?)"),
        ("guests:\n- match: {name: a}\n  hosts:\n  - hv01\n  - hv20", "5:5", "unknown host 'hv20' (did you mean 'hv02'?)"),
        ("guests: [{match: {name: a}, hosts: [db*]}]", "1:37", "no host matches 'db*'"),
        ("clusters: {east: [hv01, lab]}", "1:25", "unknown host 'lab' (did you mean 'lab1'?)"),
        ("clusters: {east: [hv01], west: [east]}", "1:33", "unknown host 'east'"),
        ("{clusters: {east: [hv01]}, guests: [{match: {name: a}, hosts: [eest]}]}", "1:64", "unknown host 'eest' (did you mean 'east'?)"),
    ])
    func unknown(_ text: String, place: String, message: String) throws {
        let policy = try policy(text)
        do {
            try policy.check(hostsNamed: names, in: "p.yaml")
            Issue.record("\(text) is accepted")
        } catch {
            #expect("\(error)".split(separator: "\n").first.map(String.init) == "p.yaml:\(place): error: \(message)")
            #expect(error.help?.hasPrefix("the policy's hosts are hv01, hv02, lab1, lab2") == true)
        }
    }

    @Test("Names that hosts have are accepted") func known() throws {
        try policy("{clusters: {east: [hv01, lab*]}, guests: [{match: {name: a}, hosts: [east, hv02]}]}").check(hostsNamed: names, in: "p")
    }
}
