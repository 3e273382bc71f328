import LibvirtWords
import Lint
import Reports
import Work

/// A common `filter` or `check` command line, read without ArgumentParser, whose setup takes longer than reading, judging and
/// writing one definition.
struct PlainLine: Equatable {
    private(set) var settings = Settings()
    /// What `check` is asked to do; nil for `filter`.
    private(set) var request: CheckRequest?

    /// Nil for every line that is wrong, asks for help or completions, or has a rare option; ArgumentParser then reads it, and
    /// all messages come from there.
    ///
    /// - Parameter arguments: starting with the program's name.
    init?(_ arguments: [String]) {
        guard arguments.count > 1, arguments[1] == "filter" || arguments[1] == "check" else { return nil }
        var words = PlainArguments(rest: arguments.dropFirst(2)), paths: [String] = [], isStaged = false
        let isCheck = arguments[1] == "check"
        while let word = words.next() {
            switch word {
            case "--no-config": settings.ignoresPolicies = true
            case "--no-local": settings.ignoresLocalMachine = true
            case "--new-guest": settings.judgesNewGuests = true
            case "--quiet", "-q": settings.isQuiet = true
            case "--staged" where isCheck: isStaged = true
            case _ where isCheck && word.utf8.first != nil && word.utf8.first != 0x2d: paths.append(word)
            default:
                guard let value = words.value(), set(word, value) else { return nil }
            }
        }
        if settings.ignoresPolicies && settings.policyFile != nil { return nil }
        guard isCheck else { return }
        var request = CheckRequest()
        request.paths = Files.named(by: paths)
        request.isStaged = isStaged
        self.request = request
    }

    func run() throws {
        if let request { try request.run(settings) } else { try FilterJob(settings).run() }
    }

    private mutating func set(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--config": settings.policyFile = value
        case "--default": return (try? settings.setTarget(value)) != nil
        case "--host": settings.hosts.append(value)
        case "--libvirt":
            guard let version = LibvirtVersion(value) else { return false }
            settings.libvirt = version
        case "--rule": return (try? settings.setRule(value)) != nil
        case "--format":
            guard let format = ReportFormat(rawValue: value) else { return false }
            settings.format = format
        case "--fail-on":
            guard let severity = FailOn(rawValue: value) else { return false }
            settings.leastCounted = severity.severity
        default: return false
        }
        return true
    }
}

/// Arguments, one after another.
private struct PlainArguments {
    private var rest: ArraySlice<String>
    private var seen: [String] = []

    init(rest: ArraySlice<String>) { self.rest = rest }

    /// The next option; nil at the end. For a repeated option that must not be repeated, an empty word, which is no
    /// option.
    mutating func next() -> String? {
        guard let word = rest.popFirst() else { return nil }
        if word == "--host" || word == "--rule" { return word }
        if seen.contains(word) { return "" }
        seen.append(word)
        return word
    }

    /// The value of the option that `next` returned; nil if it is missing or looks like an option.
    mutating func value() -> String? {
        guard let word = rest.popFirst(), let first = word.utf8.first, first != 0x2d else { return nil }
        return word
    }
}
