import ArgumentParser
import LibvirtWords
import Lint
import Reports

/// A word that stands where a command belongs, and is none. ArgumentParser calls it an unexpected argument, or complains
/// only about the options behind it.
struct UnknownCommand {
    private let word: String
    /// The command whose subcommand was expected.
    private let parent: any ParsableCommand.Type

    /// - Parameter arguments: starting with the program's name. Nil if they begin with a command, or with an option.
    init?(in arguments: [String]) {
        var parent: any ParsableCommand.Type = VirtCPU.self
        for word in arguments.dropFirst() {
            let subcommands = parent.configuration.subcommands
            if word.hasPrefix("-") || subcommands.isEmpty || parent == VirtCPU.self && word == Self.help { return nil }
            guard let known = subcommands.first(where: { $0._commandName == word }) else {
                (self.word, self.parent) = (word, parent)
                return
            }
            parent = known
        }
        return nil
    }

    /// ArgumentParser's own command.
    private static let help = "help"

    var message: String {
        let names = parent.configuration.subcommands.map { $0._commandName }
        let words = parent == VirtCPU.self ? "virt-cpu" : "virt-cpu \(parent._commandName)"
        return printable("Error: unknown command '\(word)'\(suggestion(for: word, among: names))") + "\n"
            + "Commands: \(names.joined(separator: ", "))\n  See '\(words) --help' for more information."
    }

    /// The message for an option in the place of the command, if that is what ArgumentParser's message is about, and the
    /// option is one of a command, or nearly one: `check` has most of them.
    static func message(forOptionIn arguments: [String], _ message: String) -> String? {
        guard arguments.count > 1, message.hasPrefix("Error: Unknown option '\(arguments[1])'"),
            let option = option(meantBy: arguments[1])
        else { return nil }
        let meant = option == arguments[1] ? "" : " (did you mean '\(option)'?)"
        return printable("Error: unknown option '\(arguments[1])'\(meant): options stand behind a command, as in virt-cpu check \(option)")
            + "\n  See 'virt-cpu --help' for more information."
    }

    private static func option(meantBy word: String) -> String? {
        do {
            _ = try CheckCommand.parse([word])
            return word
        } catch {
            let message = CheckCommand.message(for: error)
            guard message.hasPrefix("Unknown option") else { return word }
            return message.firstOccurrence(of: "Did you mean '").map { String(message[$0.upperBound...].prefix { $0 != "'" }) }
        }
    }
}
