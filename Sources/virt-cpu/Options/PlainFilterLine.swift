import LibvirtWords
import Lint
import Reports
import Work

extension Settings {
    /// The settings of a common `filter` command line, without ArgumentParser, whose setup takes longer than reading,
    /// judging and writing one definition. Nil for every line that is wrong, asks for help or completions, or has a
    /// rare option; ArgumentParser then reads it, and all messages come from there.
    ///
    /// - Parameter arguments: starting with the program's name.
    init?(plainFilter arguments: [String]) {
        guard arguments.count > 1, arguments[1] == "filter" else { return nil }
        self.init()
        var words = PlainArguments(rest: arguments.dropFirst(2))
        while let option = words.next() {
            switch option {
            case "--no-config": ignoresPolicies = true
            case "--no-local": ignoresLocalMachine = true
            case "--new-guest": judgesNewGuests = true
            case "--quiet", "-q": isQuiet = true
            default:
                guard let value = words.value(), set(option, value) else { return nil }
            }
        }
        if ignoresPolicies && policyFile != nil { return nil }
    }

    private mutating func set(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--config": policyFile = value
        case "--default": return (try? setTarget(value)) != nil
        case "--host": hosts.append(value)
        case "--libvirt":
            guard let version = LibvirtVersion(value) else { return false }
            libvirt = version
        case "--rule": return (try? setRule(value)) != nil
        case "--format":
            guard let format = ReportFormat(rawValue: value) else { return false }
            self.format = format
        case "--fail-on":
            guard let severity = FailOn(rawValue: value) else { return false }
            leastCounted = severity.severity
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
