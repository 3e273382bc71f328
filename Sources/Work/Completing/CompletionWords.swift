import CPUModel
import Lint
import Reports
import SystemPackage

/// The words that a shell offers for an argument. The shell itself leaves out those that do not begin as the word that is
/// being typed; functions that take this word use it to offer less, or more of it.
package enum CompletionWords {
    /// For `explain`: ids and tags.
    package static var explained: [String] { Rule.ids + tags }

    package static var rules: [String] { Rule.ids }

    /// Names of CPU models.
    package static var models: [String] { CPUMap.builtIn.x86.models.map(\.name) + CPUMap.builtIn.ppc64.models.map(\.name) }

    /// For `--default`.
    package static var targets: [String] { Target.keywords + models }

    private static var tags: [String] { RuleTag.allCases.map { "tag:\($0.rawValue)" } }

    /// For `--rule`: `ID=SEVERITY` if the id is certain, and otherwise the ids that fit. So each step is completed without a
    /// blank behind it.
    package static func ruleSettings(_ typed: String) -> [String] {
        let typed = value(typed), key = String(typed.prefix { $0 != "=" })
        let isWhole = key != typed
        let keys = (Rule.ids + tags).filter { isWhole ? $0 == key : $0.hasPrefix(key) }
        guard keys.count == 1 else { return keys }
        return RuleSetting.words.map { "\(keys[0])=\($0)" }
    }

    /// For hosts: `local`, libvirt's own URI, directories and files.
    package static func hosts(_ typed: String) -> [String] {
        ["local", "qemu:///system"] + files(typed) { $0.hasSuffix(".xml") }
    }

    /// For `--connect`.
    package static let uris = ["qemu:///system", "qemu:///session", "qemu+ssh://"]

    /// For `--cpu-map`: words, and directories.
    package static func maps(_ typed: String) -> [String] { ["builtin", "system"] + files(typed) { _ in false } }

    /// For `--report`: `FORMAT=`, and behind it the files.
    package static func reports(_ typed: String) -> [String] {
        let typed = value(typed), format = typed.prefix { $0 != "=" }
        guard format.count < typed.count else { return ReportFormat.allCases.map { "\($0.rawValue)=" } }
        return files(String(typed.dropFirst(format.count + 1))) { _ in true }.map { "\(format)=\($0)" }
    }

    /// The value in `--option=value`, which fish takes for one word.
    private static func value(_ typed: String) -> String {
        guard typed.hasPrefix("--"), let sign = typed.firstIndex(of: "=") else { return typed }
        return String(typed[typed.index(after: sign)...])
    }

    /// The directories, with a slash at the end, and the files in the directory that a word names so far. Names with
    /// control characters cannot be typed and are left out; hidden ones are offered if the word begins with their dot.
    ///
    /// - Parameter isOffered: whether a file is offered, by its name.
    private static func files(_ typed: String, _ isOffered: (String) -> Bool) -> [String] {
        // Shells pass the word as it is typed.
        let typed = value(typed).filter { !"\\\"'".contains($0) }
        let end = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
        let directory = typed[..<end], beginning = typed[end...]
        var names: [String] = []
        _ = DirectoryListing.read(directory.isEmpty ? "." : String(directory)) { name, _ in
            names.append(String(decoding: name.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return names.sorted().compactMap { name in
            guard name.hasPrefix(beginning), !name.hasPrefix(".") || beginning.hasPrefix("."),
                !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { return nil }
            if Files.isDirectory(FilePath(directory + name)) { return directory + name + "/" }
            return isOffered(name) ? directory + name : nil
        }
    }
}
