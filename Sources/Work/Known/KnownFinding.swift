import DomainXML
import Lint
import Reports

/// Findings of one kind in one guest, as a line of a ``KnownFindings`` file.
struct KnownFinding: Sendable, Hashable {
    /// The path of the definition, from the directory of the file.
    var file: String
    /// The guest's UUID, or its name if it has none.
    var guest: String
    /// A hash of the guest's `<cpu>`, white space left out, and of the finding's severity and message: a guest whose CPU was
    /// changed is judged anew, and so is one with which something else is wrong now.
    var hash: String
    /// The rule, and the hosts that the findings are about: `host-incompatible(hv01,hv02)`.
    var kind: String
    /// The hosts that the findings are about, as they are written in `kind`.
    var hosts: [String] {
        guard kind.hasSuffix(")"), let open = kind.firstIndex(of: "(") else { return [] }
        return kind[kind.index(after: open)...].dropLast().split(separator: ",").map(String.init)
    }

    /// How many of them there are.
    var count: Int

    /// The findings of a document by guest and kind, each with the indices of its findings.
    static func all(in document: Document, _ findings: [Finding], file: String) -> [(known: KnownFinding, indices: [Int])] {
        var all: [(known: KnownFinding, indices: [Int])] = []
        for domain in document.domains {
            let own = findings.indices.filter { findings[$0].isIn(domain) }
            if own.isEmpty { continue }
            let guest = domain[domain.uuid?.text]?.lowercased() ?? domain[domain.name?.text] ?? ""
            let cpu = domain.cpu.map { Array(document.bytes($0.element.span)) } ?? []
            let first = all.count
            for index in own {
                let finding = findings[index]
                let kind = finding.rule + (finding.hosts.isEmpty ? "" : "(\(finding.hosts.joined(separator: ",")))")
                let hash = hash(cpu, finding)
                if let same = all[first...].firstIndex(where: { $0.known.kind == kind && $0.known.hash == hash }) {
                    all[same].known.count += 1
                    all[same].indices.append(index)
                } else {
                    all.append((KnownFinding(file: file, guest: guest, hash: hash, kind: kind, count: 1), [index]))
                }
            }
        }
        return all
    }

    private static func hash(_ cpu: [UInt8], _ finding: Finding) -> String {
        var hash = FNV1a()
        for byte in cpu where byte != 0x20 && byte != 0x09 && byte != 0x0a && byte != 0x0d { hash.add(byte) }
        for byte in "\0\(finding.severity.rawValue)\0\(finding.message)".utf8 { hash.add(byte) }
        return String(hash.value, radix: 16)
    }

    // MARK: Lines

    /// The fields, with tabs between them. In a field, a tab, a line ending and a backslash are written `\t`, `\n`, `\r`, `\\`.
    var line: String { ([file, guest, hash, kind].map(Self.escaped) + ["\(count)"]).joined(separator: "\t") }

    /// Nil for a line of another form.
    init?(line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(Self.unescaped)
        guard fields.count == 5, let count = Int(fields[4]), count > 0 else { return nil }
        self.init(file: fields[0], guest: fields[1], hash: fields[2], kind: fields[3], count: count)
    }

    init(file: String, guest: String, hash: String, kind: String, count: Int) {
        self.file = file
        self.guest = guest
        self.hash = hash
        self.kind = kind
        self.count = count
    }

    private static func escaped(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
            switch scalar {
            case "\t": ["\\", "t"]
            case "\n": ["\\", "n"]
            case "\r": ["\\", "r"]
            case "\\": ["\\", "\\"]
            default: [scalar]
            }
        }))
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                result.append(scalar == "t" ? "\t" : scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
