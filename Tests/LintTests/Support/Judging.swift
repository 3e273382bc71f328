import DomainXML
import Hosts
import Lint
import TestSupport

/// Judges definitions that are given as text.
///
/// - Parameter before: the earlier version, with the same domains in the same order. Empty if the guests are new; nil if no
///   earlier version is known.
func judge(
    _ xml: String, before: String? = nil, policy: String = "default: keep", purpose: Judge.Purpose = .check,
    hosts: [Host] = [], overrides: Overrides = Overrides(), chunks: [Int] = [Int.max], rules: [Rule] = Rule.all
) throws -> (findings: [Finding], output: String, remarks: [String]) {
    let policy = try Policy.parse(Array(policy.utf8), file: "policy", origin: .named, knownRules: rules.map(\.id))
    let stream = JudgedStream(Judge(policy: policy, hosts: hosts, overrides: overrides, purpose: purpose, rules: rules))
    if let before { stream.before = before.isEmpty ? [] : try records(before) }
    let reader = DomainReader(handler: stream)
    let bytes = Array(xml.utf8)
    var place = 0, turn = 0
    while place < bytes.count {
        let end = place + min(chunks[turn % chunks.count], bytes.count - place)
        try bytes[place..<end].withUnsafeBytes { try reader.feed($0) }
        place = end
        turn += 1
    }
    try reader.finish()
    return (stream.findings, String(decoding: stream.output, as: UTF8.self), stream.remarks)
}

/// Judges each document, and keeps what was found and written.
final class JudgedStream: DomainStreamHandler {
    let judge: Judge
    var findings: [Finding] = []
    var remarks: [String] = []
    var output: [UInt8] = []
    /// The earlier versions of the following guests; nil if none are known.
    var before: [GuestRecord]?

    init(_ judge: Judge) { self.judge = judge }

    func passThrough(_ bytes: UnsafeRawBufferPointer) { output.append(contentsOf: bytes) }

    func document(_ document: Document) -> Bool {
        let verdict = judge.judge(document) { _ in
            guard before != nil else { return .unknown }
            return before!.isEmpty ? .new : .old(before!.removeFirst(), file: "before.xml")
        }
        findings += verdict.findings
        remarks += verdict.remarks.map(\.description)
        document.write(applying: verdict.edits) { output.append(contentsOf: $0) }
        return true
    }
}

/// A definition with a `<cpu>`.
func domain(
    _ cpu: String, type: String = "kvm", arch: String = "x86_64", windows: Bool = false, machine: String = "pc-q35-7.2"
) -> String {
    """
    <domain type='\(type)'>
      <name>guest</name>
      <os><type arch='\(arch)' machine='\(machine)'>hvm</type></os>
      <features>\(windows ? "<hyperv><relaxed state='on'/></hyperv>" : "")</features>
      \(cpu)
    </domain>
    """
}

/// The guests of definitions that are given as text.
func records(_ xml: String) throws -> [GuestRecord] {
    var records: [GuestRecord] = []
    try readDocuments(Array(xml.utf8)) { document in
        records += document.domains.map { GuestRecord(Guest($0, in: document)) }
    }
    return records
}
