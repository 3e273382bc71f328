extension Filter {
    /// A `filter` line with nothing unusual in it, read without ArgumentParser: that takes 2 ms to look at its own types,
    /// longer than reading, judging and writing a definition. `nil` for every line that is wrong or asks for help,
    /// completions or anything rare; ArgumentParser then reads it, and its messages are the only ones.
    ///
    /// - Parameter arguments: the program's name first.
    init?(plain arguments: [String]) {
        guard arguments.count > 1, arguments[1] == "filter" else { return nil }
        var words = Words(rest: arguments.dropFirst(2))
        var options = JudgingOptions()
        // A property of ArgumentParser's traps when it is read and was not set.
        var map = CPUMapOptions()
        map.choice = .builtIn
        options.map = map
        var libvirt = LibvirtOptions()
        libvirt.timeout = LibvirtOptions.defaultTimeout
        options.libvirt = libvirt
        options.config = nil
        options.noConfig = false
        options.host = []
        options.noLocal = false
        options.target = nil
        options.rule = []
        options.newGuest = false
        options.format = .text
        options.color = .auto
        options.failOn = .error
        options.maxDomainSize = ByteCount.defaultMaximum
        options.quiet = false
        while let option = words.next() {
            switch option {
            case "--no-config": options.noConfig = true
            case "--no-local": options.noLocal = true
            case "--new-guest": options.newGuest = true
            case "--quiet", "-q": options.quiet = true
            case "--config", "--default", "--host", "--rule", "--format", "--fail-on":
                guard let value = words.value(), options.set(option, value) else { return nil }
            default: return nil
            }
        }
        guard (try? options.validate()) != nil else { return nil }
        self.init()
        self.options = options
    }
}

extension JudgingOptions {
    fileprivate mutating func set(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--config": config = value
        case "--default": target = value
        case "--host": host.append(value)
        case "--rule": rule.append(value)
        case "--format":
            guard let format = Format(rawValue: value) else { return false }
            self.format = format
        case "--fail-on":
            guard let severity = FailOn(rawValue: value) else { return false }
            failOn = severity
        default: return false
        }
        return true
    }
}

/// Arguments one after another.
private struct Words {
    private var rest: ArraySlice<String>
    private var seen: [String] = []

    init(rest: ArraySlice<String>) { self.rest = rest }

    /// An option; `nil` at the end, and an empty word, which is none, for one that stands twice and may not.
    mutating func next() -> String? {
        guard let word = rest.popFirst() else { return nil }
        if word == "--host" || word == "--rule" { return word }
        if seen.contains(word) { return "" }
        seen.append(word)
        return word
    }

    /// The value of the option before, where it is plainly one.
    mutating func value() -> String? {
        guard let word = rest.popFirst(), let first = word.utf8.first, first != 0x2d else { return nil }
        return word
    }
}
