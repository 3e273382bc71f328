import DomainXML
import Lint

/// Prints the findings of each domain in a stream.
final class Printer: DomainStreamHandler {
    let judge = Judge(policy: Policy(), purpose: .check)

    func passThrough(_ bytes: UnsafeRawBufferPointer) {}

    func document(_ document: Document) -> Bool {
        for finding in judge.judge(document).findings { print(finding.start, finding.severity, finding.message) }
        return true
    }
}

func check(_ bytes: [UInt8]) throws {
    let reader = DomainReader(handler: Printer())
    try bytes.withUnsafeBytes { try reader.feed($0) }      // in pieces of any size
    try reader.finish()
}
