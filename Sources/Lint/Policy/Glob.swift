/// A shell pattern with `*`, `?`, `[abc]`, `[a-z]`, `[!a-z]`, `[[:alpha:]]`, and in paths `**`. Every other character
/// matches itself, and so does a `[` without a `]`. To match a wildcard character itself, put it in brackets: `[*]`.
///
/// A pattern must match the whole text, Unicode scalar by Unicode scalar. All ways to match are tried at the same time,
/// as the states of an automaton, so the time is at most proportional to the length of the pattern times that of the
/// text.
public struct Glob: Equatable, Sendable, CustomStringConvertible {
    /// How a text is matched.
    public enum Style: Equatable, Sendable {
        /// As one word: `*` matches any characters.
        case word
        /// As components between slashes: `*`, `?` and brackets do not match a slash, `**` does. `a/**` matches
        /// everything below `a`, `**/b` matches `b` at every depth, including the top, and `a/**/b` also matches `a/b`.
        case path
        /// As the path of a file: like `path`, but no wildcard matches a dot at the start of a component, as in a
        /// shell. A hidden file matches only if the pattern itself has the dot.
        case files
        /// As git's `wildmatch` matches a pattern of a `.gitignore` file: like `path`, but a backslash takes the special
        /// meaning from the character after it, `**` crosses slashes only between slashes, and a bracket without an end
        /// matches nothing. A character is a byte.
        case ignore
    }

    /// The pattern as it was written.
    public let pattern: String
    /// How the pattern matches a text.
    public let style: Style
    private let tokens: [Token]

    /// Every text is a valid pattern.
    public init(_ pattern: String, style: Style = .word) {
        self.pattern = pattern
        self.style = style
        tokens = Tokenizer(Array(pattern.unicodeScalars), style: style).tokens()
    }

    /// A pattern of bytes in the style `ignore`; the bytes need not be UTF-8.
    init(ignoring pattern: [UInt8]) {
        self.pattern = String(decoding: pattern, as: UTF8.self)
        style = .ignore
        tokens = Tokenizer(pattern.map { Unicode.Scalar($0) }, style: .ignore).tokens()
    }

    /// Whether the pattern, which was made of bytes, matches all of these bytes.
    func matches(_ bytes: some Sequence<UInt8>) -> Bool { states(after: bytes.lazy.map { Unicode.Scalar($0) }).isAtEnd }

    /// The pattern as it was written.
    public var description: String { pattern }

    /// Whether the text contains a `*`, `?` or `[`.
    public static func isPattern(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0 == "*" || $0 == "?" || $0 == "[" }
    }

    /// Whether the pattern matches the whole text. Upper and lower case differ.
    public func matches(_ text: String) -> Bool { states(after: text.unicodeScalars).isAtEnd }

    /// Whether the pattern can match a path below a directory. Only for the styles of paths.
    public func mayMatch(below directory: String) -> Bool { !states(after: (directory + "/").unicodeScalars).isEmpty }

    /// The states that the pattern can have reached after a text.
    private func states(after text: some Sequence<Unicode.Scalar>) -> States {
        var states = States(tokens)
        states.enter(0)
        var startsComponent = true
        for scalar in text {
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
        /// One certain character.
        case literal(Unicode.Scalar)
        /// `?`: any one character, in paths except a slash.
        case any
        /// `[…]`: one character of a set, or one outside it.
        case set([ClosedRange<Unicode.Scalar>], negated: Bool)
        /// `*`: any number of characters, in paths except slashes.
        case run
        /// `**`: any number of characters.
        case deepRun
        /// `**/` at the start of a component: nothing, or any number of components with their slashes.
        case directories
        /// What git takes for a mistake: no character.
        case never
    }
}

/// The positions in the pattern that a match can have reached after the text so far.
private struct States {
    private let tokens: [Glob.Token]
    /// One state for each token, which is active before the token, and one for the end of the pattern.
    private var active: [Bool]
    private(set) var isEmpty = true

    init(_ tokens: [Glob.Token]) {
        self.tokens = tokens
        active = Array(repeating: false, count: tokens.count + 1)
    }

    var isAtEnd: Bool { active[tokens.count] }

    /// Activates the state before token `index`. If the token can match nothing, the state after it becomes active too.
    /// The recursion is at most three deep, because the tokenizer joins repeated tokens of that kind.
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
            case .never: break
            case .directories:
                // The token ends only at a slash, because the next token must match the start of a component.
                if isSeparator { enter(index) } else { stay(index) }
            }
        }
    }

    /// Like `advance`, for the dot at the start of a hidden file's name: only a dot in the pattern matches it.
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
            // Two runs in a row are the same as one, and `**/**/` is the same as `**/`.
            if token != tokens.last || !token.mayBeEmpty { tokens.append(token) }
            index = end
        }
        return tokens
    }

    private func token(at start: Int) -> (Glob.Token, end: Int) {
        switch scalars[start] {
        case "*": return run(at: start)
        case "?": return (.any, start + 1)
        case "[" where style == .ignore: return ignoreSet(at: start) ?? (.never, scalars.count)
        case "\\" where style == .ignore:
            return start + 1 < scalars.count ? (.literal(scalars[start + 1]), start + 2) : (.never, scalars.count)
        case "[": return set(at: start) ?? (.literal("["), start + 1)
        default: return (.literal(scalars[start]), start + 1)
        }
    }

    private func run(at start: Int) -> (Glob.Token, end: Int) {
        let end = scalars[start...].firstIndex { $0 != "*" } ?? scalars.count
        guard style != .word, end - start > 1 else { return (.run, end) }
        let startsComponent = start == 0 || scalars[start - 1] == "/" || style == .ignore && start == literals
        if style == .ignore {
            // `\/` is a slash too.
            let isEnd = end == scalars.count || scalars[end] == "/" || scalars[end...].starts(with: ["\\", "/"])
            guard startsComponent, isEnd else { return (.run, end) }
        }
        return startsComponent && end < scalars.count && scalars[end] == "/"
            ? (.directories, end + 1) : (.deepRun, end)
    }

    /// The number of characters before the first one with a special meaning. git compares them by themselves, and takes
    /// what follows for the start of a pattern (dir.c, match_pathname).
    private var literals: Int { scalars.firstIndex { "*?[\\".unicodeScalars.contains($0) } ?? scalars.count }

    /// The bracket expression that begins at `start`; nil when it has no end.
    private func set(at start: Int) -> (Glob.Token, end: Int)? {
        var index = start + 1
        let negated = index < scalars.count && (scalars[index] == "!" || scalars[index] == "^")
        if negated { index += 1 }
        let first = index
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < scalars.count {
            // A ']' directly after the '[' is a member of the set.
            if scalars[index] == "]", index > first { return (.set(ranges, negated: negated), index + 1) }
            if let (classRanges, end) = characterClass(at: index) {
                ranges += classRanges
                index = end
                continue
            }
            let low = scalars[index]
            if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
                let high = scalars[index + 2]
                if low <= high { ranges.append(low...high) }  // a reversed range is empty
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
    /// The bracket expression of a `.gitignore` file that begins at `start`, as git's wildmatch.c reads it; nil for one
    /// without an end, and for one with an unknown class.
    private func ignoreSet(at start: Int) -> (Glob.Token, end: Int)? {
        var index = start + 1
        guard index < scalars.count else { return nil }
        let negated = scalars[index] == "!" || scalars[index] == "^"
        if negated { index += 1 }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var previous: Unicode.Scalar?
        repeat {
            guard index < scalars.count else { return nil }
            var scalar = scalars[index]
            if scalar == "\\" {
                index += 1
                guard index < scalars.count else { return nil }
                scalar = scalars[index]
            } else if scalar == "-", let low = previous, index + 1 < scalars.count, scalars[index + 1] != "]" {
                index += scalars[index + 1] == "\\" ? 2 : 1
                guard index < scalars.count else { return nil }
                if low <= scalars[index] { ranges.append(low...scalars[index]) }
                previous = nil
                index += 1
                continue
            } else if scalar == "[", index + 1 < scalars.count, scalars[index + 1] == ":" {
                guard let end = scalars[(index + 2)...].firstIndex(of: "]") else { return nil }
                if end > index + 2, scalars[end - 1] == ":" {
                    guard let (classRanges, after) = characterClass(at: index) else { return nil }
                    ranges += classRanges
                    previous = nil
                    index = after
                    continue
                }
            }
            ranges.append(scalar...scalar)
            previous = scalar
            index += 1
        } while index >= scalars.count || scalars[index] != "]"
        return (.set(ranges, negated: negated), index + 1)
    }

    /// The characters of a class such as `[:alpha:]` that begins at an index of a bracket expression, and the index
    /// after it. Nil if no class begins there. As in the C locale, classes contain only ASCII characters.
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
        case .literal, .any, .set, .never: false
        }
    }
}
