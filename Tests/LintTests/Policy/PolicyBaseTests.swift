import Testing

@testable import Lint

@Suite("extends, profile, exclude and include in a policy")
struct PolicyBaseTests {
    @Test("Values, and their defaults")
    func values() throws {
        #expect(try parse("").exclude == [] && parse("").profile == nil)
        #expect(try parse("exclude: [a/, '!b', 7]").exclude == ["a/", "!b", "7"])
        #expect(try parse("exclude:\n  # - a/\n").exclude == [])
        #expect(try parse("").include == [] && parse("include: ['*.domain', '!x', 7]").include == ["*.domain", "!x", "7"])
        #expect(try parse("profile: kubevirt").profile == .kubevirt)
        #expect(try PolicyDocument(Array("a: b\nextends: ../x.yaml\n".utf8), file: "p").extends == PolicyReference(word: "../x.yaml", line: 2, column: 10))
        #expect(try PolicyDocument(Array("extends:\n".utf8), file: "p").extends == nil)
    }

    @Test("Mistakes, with line and column", arguments: [
        ("exclude: a/", "1:10: error: 'exclude' must be a list, not a word\n    = help: for example [archive/, \"*.old.xml\"]"),
        ("exclude: [a, '']", "1:14: error: '' is a pattern that matches no file"),
        ("exclude: ['# x']", "1:11: error: '# x' is a pattern that matches no file"),
        ("exclude: ['/']", "1:11: error: '/' is a pattern that matches no file"),
        ("exclude: [[a]]", "1:11: error: a pattern of 'exclude' must be a word, not a list"),
        ("include: a", "1:10: error: 'include' must be a list, not a word\n    = help: for example [\"*.domain\"]"),
        ("include: ['']", "1:11: error: '' is a pattern that matches no file"),
        ("profile: clutser", "1:10: error: 'profile' cannot be 'clutser' (did you mean 'cluster'?)\n    = help: use one of workstation, cluster, kubevirt"),
        ("profile: [cluster]", "1:10: error: 'profile' must be a word, not a list"),
        ("extends: ''", "1:10: error: 'extends' is empty"),
        ("extends: {a: b}", "1:10: error: 'extends' must be a word, not a mapping"),
        ("extends: base.yaml", "1:10: error: 'extends' cannot be followed here: 'base.yaml' is another file"),
    ])
    func mistakes(_ text: String, _ message: String) { #expect(complaint(text) == "p.yaml:\(message)") }

    @Test("A rule that a program does not know is left out of the profile")
    func unknownRules() throws {
        let policy = try Policy.parse(
            Array("profile: workstation".utf8), file: "p", origin: .named, knownRules: ["host-passthrough"])
        #expect(policy.rules == ["host-passthrough": .off] && policy.migration == false)
    }
}
