/// A shell pattern: `*`, `?`, `[abc]`, `[a-z]`, `[!a-z]`, `[[:alpha:]]`, and in paths `**`. Everything else stands for itself,
/// also a `[` that is never closed. To mean a wildcard's own character, put it in brackets: `[*]`.
///
/// A pattern matches the whole text, Unicode scalar by Unicode scalar. It is run as a set of states, so the time is
/// at most the length of the pattern times that of the text, whatever either holds.
public struct Glob: Equatable, Sendable, CustomStringConvertible {
    /// What a text is.
    public enum Style: Equatable, Sendable {
        /// One word: `*` is anything.
        case word
        /// Components between slashes: `*`, `?` and brackets stay within one, `**` crosses them. `a/**` is everything
        /// below `a`, `**/b` is `b` at any depth (the top as well), and `a/**/b` matches `a/b` too.
        case path
        /// A path of files: as `path`, but no wildcard matches the dot at the start of a component, as in a shell. Hidden
        /// files match only where the pattern states the dot.
        case files
    }

    /// The pattern as it was written.
    public let pattern: String
    /// What it is matched against: a word, or a path with slashes.
    public let style: Style
    private let tokens: [Token]

    /// Any text is a pattern: none is refused.
    public init(_ pattern: String, style: Style = .word) {
        self.pattern = pattern
        self.style = style
        tokens = Tokenizer(Array(pattern.unicodeScalars), style: style).tokens()
    }

    /// The pattern as it was written.
    public var description: String { pattern }

    /// Whether the text has a `*`, `?` or `[`.
    public static func isPattern(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0 == "*" || $0 == "?" || $0 == "[" }
    }

    /// Whether the pattern covers the whole text; case counts.
    public func matches(_ text: String) -> Bool { states(after: text).isAtEnd }

    /// Whether the pattern could match a path below a directory. Of use for styles with paths only.
    public func mayMatch(below directory: String) -> Bool { !states(after: directory + "/").isEmpty }

    private func states(after text: String) -> States {
        var states = States(tokens)
        states.enter(0)
        var startsComponent = true
        for scalar in text.unicodeScalars {
            if style == .files, startsComponent, scalar == "." {
                states.advanceOverLeadingDot()
            } else {
                states.advance(over: scalar, isPath: style != .word)
            }
            startsComponent = scalar == "/"
            if states.isEmpty { break }
        }
        return states
    }

    fileprivate enum Token: Equatable, Sendable {
        case literal(Unicode.Scalar)
        case any
        case set([ClosedRange<Unicode.Scalar>], negated: Bool)
        /// `*`: a run of anything, in paths within a component.
        case run
        /// `**`: a run of anything.
        case deepRun
        /// `**/` at the start of a component: nothing, or any components with their slashes.
        case directories
    }
}

/// Where in the pattern a match may stand after some of the text.
private struct States {
    private let tokens: [Glob.Token]
    private var active: [Bool]
    private(set) var isEmpty = true

    init(_ tokens: [Glob.Token]) {
        self.tokens = tokens
        active = Array(repeating: false, count: tokens.count + 1)
    }

    var isAtEnd: Bool { active[tokens.count] }

    /// Stands before token `index`, and before what follows a token that may match nothing. No more than three of
    /// those stand in a row, for the tokenizer joins repeated ones.
    mutating func enter(_ index: Int) {
        isEmpty = false
        active[index] = true
        if index < tokens.count, tokens[index].mayBeEmpty { enter(index + 1) }
    }

    mutating func advance(over scalar: Unicode.Scalar, isPath: Bool) {
        let before = active
        for index in active.indices { active[index] = false }
        isEmpty = true
        let isSeparator = isPath && scalar == "/"
        for (index, token) in tokens.enumerated() where before[index] {
            switch token {
            case .literal(let expected):
                if scalar == expected { enter(index + 1) }
            case .any:
                if !isSeparator { enter(index + 1) }
            case .set(let ranges, let negated):
                if !isSeparator, ranges.contains(where: { $0.contains(scalar) }) != negated { enter(index + 1) }
            case .run:
                if !isSeparator { enter(index) }
            case .deepRun:
                enter(index)
            case .directories:
                // What follows starts a component, so it is not entered in the middle of one.
                if isSeparator { enter(index) } else { stay(index) }
            }
        }
    }

    /// Only a dot that the pattern states matches the dot of a hidden name.
    mutating func advanceOverLeadingDot() {
        let before = active
        for index in active.indices { active[index] = false }
        isEmpty = true
        for (index, token) in tokens.enumerated() where before[index] && token == .literal(".") { enter(index + 1) }
    }

    private mutating func stay(_ index: Int) {
        active[index] = true
        isEmpty = false
    }
}

private struct Tokenizer {
    let scalars: [Unicode.Scalar]
    let style: Glob.Style

    init(_ scalars: [Unicode.Scalar], style: Glob.Style) {
        self.scalars = scalars
        self.style = style
    }

    func tokens() -> [Glob.Token] {
        var tokens: [Glob.Token] = []
        var index = 0
        while index < scalars.count {
            let (token, end) = token(at: index)
            // Two runs in a row are one, and `**/**/` is `**/`.
            if token != tokens.last || !token.mayBeEmpty { tokens.append(token) }
            index = end
        }
        return tokens
    }

    private func token(at start: Int) -> (Glob.Token, end: Int) {
        switch scalars[start] {
        case "*": return run(at: start)
        case "?": return (.any, start + 1)
        case "[": return set(at: start) ?? (.literal("["), start + 1)
        default: return (.literal(scalars[start]), start + 1)
        }
    }

    private func run(at start: Int) -> (Glob.Token, end: Int) {
        let end = scalars[start...].firstIndex { $0 != "*" } ?? scalars.count
        guard style != .word, end - start > 1 else { return (.run, end) }
        let startsComponent = start == 0 || scalars[start - 1] == "/"
        return startsComponent && end < scalars.count && scalars[end] == "/"
            ? (.directories, end + 1) : (.deepRun, end)
    }

    /// The bracket expression that opens at `start`, or nil when nothing closes it.
    private func set(at start: Int) -> (Glob.Token, end: Int)? {
        var index = start + 1
        let negated = index < scalars.count && (scalars[index] == "!" || scalars[index] == "^")
        if negated { index += 1 }
        let first = index
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < scalars.count {
            // A ']' that comes first stands for itself.
            if scalars[index] == "]", index > first { return (.set(ranges, negated: negated), index + 1) }
            if let (classRanges, end) = characterClass(at: index) {
                ranges += classRanges
                index = end
                continue
            }
            let low = scalars[index]
            if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
                let high = scalars[index + 2]
                if low <= high { ranges.append(low...high) }  // a range the wrong way round is empty
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return nil
    }
}

extension Tokenizer {
    /// The class `[:alpha:]` inside a bracket expression that starts at an index; nil for anything else. As in the C locale,
    /// classes have ASCII characters only.
    private func characterClass(at start: Int) -> ([ClosedRange<Unicode.Scalar>], end: Int)? {
        guard start + 1 < scalars.count, scalars[start] == "[", scalars[start + 1] == ":",
            let colon = scalars[(start + 2)...].firstIndex(of: ":"), colon + 1 < scalars.count, scalars[colon + 1] == "]"
        else { return nil }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: scalars[(start + 2)..<colon])
        return Self.classes[String(name)].map { ($0, colon + 2) }
    }

    /// POSIX character classes (XBD 7.3.1, LC_CTYPE in the POSIX locale).
    private static let classes: [String: [ClosedRange<Unicode.Scalar>]] = [
        "alpha": ["A"..."Z", "a"..."z"], "digit": ["0"..."9"], "alnum": ["0"..."9", "A"..."Z", "a"..."z"],
        "upper": ["A"..."Z"], "lower": ["a"..."z"], "xdigit": ["0"..."9", "A"..."F", "a"..."f"],
        "blank": [" "..." ", "\t"..."\t"], "space": [" "..." ", "\t"..."\r"], "punct": ["!"..."/", ":"..."@", "["..."`", "{"..."~"],
        "graph": ["!"..."~"], "print": [" "..."~"], "cntrl": ["\0"..."\u{1f}", "\u{7f}"..."\u{7f}"],
    ]
}

extension Glob.Token {
    fileprivate var mayBeEmpty: Bool {
        switch self {
        case .run, .deepRun, .directories: true
        case .literal, .any, .set: false
        }
    }
}
