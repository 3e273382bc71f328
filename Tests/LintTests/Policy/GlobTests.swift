import TestSupport
import Testing

@testable import Lint

@Suite("Globs")
struct GlobTests {
    @Test("A pattern matches a whole word", arguments: [
        ("*", "", true), ("*", "a/b", true), ("db-*", "db-1", true), ("db-*", "mydb-1", false), ("a?c", "a/c", true),
        ("?", "é", true), ("?", "", false), ("[abc]x", "bx", true), ("[!a-z]", "b", false), ("[!a-z]", "B", true),
        ("[^a]", "b", true), ("[]a]", "]", true), ("[a-]", "-", true), ("[*]", "*", true), ("[*]", "x", false),
        ("a[b", "a[b", true), ("[", "[", true), ("[!", "[!", true), ("[]", "[]", true), ("[z-a]", "m", false),
        ("", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "ABC", false), ("abc", "abcd", false),
        ("*win*11*", "my-win-11-vm", true), ("a\\*", "a\\b", true), ("*a*a*a*", "aa", false),
    ])
    func words(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test("A pattern matches a path by component", arguments: [
        ("*.xml", "a.xml", true), ("*.xml", "d/a.xml", false), ("*/*.xml", "d/a.xml", true), ("lab/**", "lab/a/b", true),
        ("lab/**", "lab/a", true), ("lab/**", "lab", false), ("lab/**", "label/a", false), ("**", "a/b", true),
        ("**/b", "b", true), ("**/b", "x/y/b", true), ("**/b", "xb", false), ("**/b", "x/ab", false),
        ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false), ("a/**/**/b", "a/b", true),
        ("a?b", "a/b", false), ("a[/]b", "a/b", false), ("a[!x]b", "a/b", false), ("a**b", "a/x/b", true),
        ("**/*.xml", "a.xml", true), ("**/a/**", "x/a/y", true), ("**/a/**", "a/y", true), ("*/**/b", "x/b", true),
    ])
    func paths(pattern: String, path: String, matches: Bool) {
        #expect(Glob(pattern, style: .path).matches(path) == matches)
    }

    @Test("Brackets can contain character classes", arguments: [
        ("[[:alpha:]]", "a", true), ("[[:alpha:]]", "1", false), ("[![:alpha:]]", "1", true), ("[[:digit:]_]", "_", true),
        ("[[:upper:][:digit:]]x", "Ax", true), ("[[:nothing:]]", "[", false), ("[[:nothing:]]", ":]", true),
        ("[[:alpha:]", "[", false), ("[[:alpha:]", "a", false), ("[:alpha:]", "p", true),
    ])
    func classes(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test("A hidden file matches only if the pattern has the dot", arguments: [
        ("*", ".a", false), (".*", ".a", true), ("?a", ".a", false), ("[.]a", ".a", false), ("a*", "a.b", true),
        ("**", ".a/b", false), ("**/b", ".a/b", false), ("**/b", "a/b", true), ("**/.b", "a/.b", true), ("a/**", "a/.b", false),
        ("a/**", "a/b/.c", false), ("a/*/b", "a/.x/b", false), ("a/.x/b", "a/.x/b", true), ("../a*", "../ab", true),
    ])
    func hidden(pattern: String, path: String, matches: Bool) {
        #expect(Glob(pattern, style: .files).matches(path) == matches)
    }

    @Test("A directory is searched only if the pattern can match below it", arguments: [
        ("a/*/c", "a", true), ("a/*/c", "a/b", true), ("a/*/c", "b", false), ("a/b", "a/b", false), ("**/x", "q/r", true),
        ("**/x", ".q", false), ("a/**", "a/b/c", true),
    ])
    func directories(pattern: String, directory: String, isSearched: Bool) {
        #expect(Glob(pattern, style: .files).mayMatch(below: directory) == isSearched)
    }

    /// A second implementation, by recursion over the pattern and the text.
    private func reference(
        _ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>, isPath: Bool, startsComponent: Bool = true
    ) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        func endings(where isAllowed: (ArraySlice<Character>) -> Bool) -> [Int] {
            (text.startIndex...text.endIndex).filter { isAllowed(text[..<$0]) }
        }
        switch first {
        case "*":
            let afterStars = pattern.drop { $0 == "*" }
            let isDeep = isPath && afterStars.startIndex - pattern.startIndex > 1
            if isDeep, startsComponent, afterStars.first == "/" {
                return endings { $0.isEmpty || $0.last == "/" }.contains {
                    reference(afterStars.dropFirst(), text[$0...], isPath: isPath)
                }
            }
            return endings { isDeep || !isPath || !$0.contains("/") }.contains {
                reference(afterStars, text[$0...], isPath: isPath, startsComponent: false)
            }
        case "?", "[":  // only the brackets [ab] and [!a] are generated
            let length = first == "?" ? 1 : 4
            guard let next = text.first, !(isPath && next == "/") else { return false }
            let isIn = first == "?" || (pattern.prefix(4) == ["[", "a", "b", "]"] ? "ab".contains(next) : next != "a")
            return isIn
                && reference(pattern.dropFirst(length), text.dropFirst(), isPath: isPath, startsComponent: false)
        default:
            return text.first == first
                && reference(rest, text.dropFirst(), isPath: isPath, startsComponent: first == "/")
        }
    }

    @Test("Random patterns match what the reference matches", arguments: [Glob.Style.word, .path])
    func reference(style: Glob.Style) {
        let units = ["a", "b", "/", "*", "**", "?", "[ab]", "[!a]", "**/"]
        var generator = SplitMix64(seed: 0x5EED)
        var matched = 0
        for _ in 0..<6000 {
            let pattern = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                units.randomElement(using: &generator) ?? ""
            }.joined()
            let glob = Glob(pattern, style: style)
            for _ in 0..<4 {
                let text = String(
                    (0..<Int.random(in: 0...6, using: &generator)).compactMap { _ in
                        "ab/".randomElement(using: &generator)
                    })
                let expected = reference(Array(pattern)[...], Array(text)[...], isPath: style == .path)
                #expect(glob.matches(text) == expected, "\(pattern) on \(text)")
                matched += expected ? 1 : 0
            }
        }
        #expect(matched > 1000)
    }

    @Test("No pattern takes exponential time", .timeLimit(.minutes(Corpus.patience)), arguments: [Glob.Style.word, .path])
    func time(style: Glob.Style) {
        let text = String(repeating: "a", count: 5000)
        #expect(!Glob(String(repeating: "*a", count: 100) + "b", style: style).matches(text))
        #expect(!Glob(String(repeating: "**/", count: 50) + String(repeating: "*a*/**/", count: 50) + "b", style: style)
            .matches(text))
        #expect(Glob(String(repeating: "*", count: 50_000), style: style).matches(text))
        #expect(!Glob(String(repeating: "[", count: 3000), style: style).matches(text))
    }
}
