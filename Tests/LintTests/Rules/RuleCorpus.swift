import Corpus
import Hosts
import Testing

/// Definitions on which a rule speaks, and ones close by on which it must not.
struct RuleCorpus: Sendable, CustomTestStringConvertible {
    var rule: String
    var policy = "default: keep"
    /// Files of libvirt's tests (`domaincapsdata`, `cputestdata`) or of Examples.
    var hosts: [String] = []
    var speaks: [Sample]
    var silent: [Sample]

    var testDescription: String { rule }

    /// A file, or a file with an edit: libvirt's corpus has no such slip.
    struct Sample: Sendable {
        var file: String
        /// Why it must, or must not.
        var why: String
        var edits: [(String, String)] = []
        /// Of this rule alone.
        var policy: String?
        var hosts: [String]?
        /// The earlier version: a file, with edits.
        var before: String?
        var beforeEdits: [(String, String)] = []

        /// - Parameter file: one of `qemuxmlconfdata` without `.xml`; or a path below libvirt's tests, or of Examples; or
        ///   `cpu:NAME`, the `<cpu>` of that file of `cputestdata` in the guest of cpu-Haswell.xml.
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

    /// - Parameter files: paths; behind a bar a model in place of the file's own, as a host that is masked has it.
    static func hosts(_ files: [String]) throws -> [Host] {
        try HostFiles.read(files.map { file in
            let parts = file.split(separator: "|")
            guard parts.count == 2 else { return (file, bytes(file)) }
            let text = String(decoding: bytes(String(parts[0])), as: UTF8.self)
            return (String(parts[0]), Array(text.replacing(/<model>[^<]*</, with: "<model>\(parts[1])<", maxReplacements: 1).utf8))
        })
    }
}
