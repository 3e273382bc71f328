import Lint
import TestSupport

/// The guests of definitions given as text.
func records(_ xml: String) throws -> [GuestRecord] {
    var records: [GuestRecord] = []
    try readDocuments(Array(xml.utf8)) { document in
        records += document.domains.map { GuestRecord(Guest($0, in: document)) }
    }
    return records
}
