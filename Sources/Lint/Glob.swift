/// A shell pattern: `*`, `?`, `[abc]`, `[a-z]`, `[!a-z]`, and in paths `**`. Everything else stands for itself,
/// a `[` that is never closed too. To mean a wildcard's own character, put it in brackets: `[*]`.
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
    public func matches(_ text: String) -> Bool {
        var states = States(tokens)
        states.enter(0)
        for scalar in text.unicodeScalars {
            states.advance(over: scalar, isPath: style == .path)
            if states.isEmpty { return false }
        }
        return states.isAtEnd
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
        guard style == .path, end - start > 1 else { return (.run, end) }
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

extension Glob.Token {
    fileprivate var mayBeEmpty: Bool {
        switch self {
        case .run, .deepRun, .directories: true
        case .literal, .any, .set: false
        }
    }
}
