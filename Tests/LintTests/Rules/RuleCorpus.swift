import Hosts
import TestSupport
import Testing

/// Real definitions in which a rule must find something, and similar ones in which it must not.
struct RuleCorpus: Sendable, CustomTestStringConvertible {
    var rule: String
    var policy = "default: keep"
    /// The hosts' files: paths below libvirt's tests (`domaincapsdata`, `cputestdata`), or below the repository if they
    /// begin with `Examples/`. A `|` after the path is followed by a model that replaces the one in the file, as on a
    /// masked host.
    var hosts: [String] = []
    var bad: [Sample]
    var good: [Sample]

    var testDescription: String { rule }

    /// A definition: a file, possibly with replacements, because libvirt's own files do not contain every mistake.
    struct Sample: Sendable {
        var file: String
        /// Why the rule must find something in it, or must not.
        var why: String
        /// Replacements: the old text, and the new one.
        var edits: [(String, String)] = []
        /// The policy, if it differs from the rule's.
        var policy: String?
        /// The hosts, if they differ from the rule's.
        var hosts: [String]?
        /// The file of the earlier version, if there is one.
        var before: String?
        var beforeEdits: [(String, String)] = []

        /// - Parameter file: without `.xml`, the name of a file in libvirt's `tests/qemuxmlconfdata`; a path below
        ///   libvirt's tests; a path below the repository that begins with `Examples/`; or `cpu:NAME`, which stands for
        ///   cpu-Haswell.xml with the `<cpu>` of the file NAME in `tests/cputestdata`.
        init(_ file: String, _ why: String, _ edits: (String, String)...) {
            self.file = file
            self.why = why
            self.edits = edits
        }

        func with(policy: String) -> Sample {
            var copy = self
            copy.policy = policy
            return copy
        }

        func on(_ hosts: String...) -> Sample {
            var copy = self
            copy.hosts = hosts
            return copy
        }

        func after(_ file: String, _ edits: (String, String)...) -> Sample {
            var copy = self
            copy.before = file
            copy.beforeEdits = edits
            return copy
        }

        func text() throws -> String { try Self.text(of: file, edits) }
        func earlier() throws -> String? { try before.map { try Self.text(of: $0, beforeEdits) } }

        struct NoSuchText: Error {
            var file: String
            var text: String
        }

        private static func text(of file: String, _ edits: [(String, String)]) throws -> String {
            var text: String
            if file.hasPrefix("cpu:") {
                let cpu = read("cputestdata/\(file.dropFirst(4)).xml")
                text = read("qemuxmlconfdata/cpu-Haswell.xml").replacing(/(?s)<cpu .*<\/cpu>/, with: cpu)
            } else {
                text = read(file.contains("/") ? file + ".xml" : "qemuxmlconfdata/\(file).xml")
            }
            for (old, new) in edits {
                guard text.contains(old) else { throw NoSuchText(file: file, text: old) }
                text = text.replacing(old, with: new)
            }
            return text
        }

        private static func read(_ path: String) -> String { String(decoding: RuleCorpus.bytes(path), as: UTF8.self) }
    }

    static func bytes(_ path: String) -> [UInt8] {
        Corpus.read(path.hasPrefix("Examples/") ? "\(Corpus.repository)/\(path)" : "\(Corpus.libvirt ?? "")/tests/\(path)")
    }

    /// - Parameter files: as `hosts` describes them.
    static func hosts(_ files: [String]) throws -> [Host] {
        try HostFiles.read(files.map { file in
            let parts = file.split(separator: "|")
            guard parts.count == 2 else { return (file, bytes(file)) }
            let text = String(decoding: bytes(String(parts[0])), as: UTF8.self)
            return (String(parts[0]), Array(text.replacing(/<model>[^<]*</, with: "<model>\(parts[1])<", maxReplacements: 1).utf8))
        })
    }
}
