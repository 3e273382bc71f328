import Reports

/// One record: a definition, and what an engine knows of it. It is used again for the next record.
struct Record {
    /// The JSON of the id: as it was written, or the number of the record.
    private(set) var id: [UInt8] = []
    /// The JSON of `host` and `cluster` as they were written; `null` where they are absent.
    private(set) var host: [UInt8] = Self.null, cluster: [UInt8] = Self.null
    private(set) var xml: [UInt8] = []

    static let null = Array("null".utf8)

    /// Begins a record without a frame.
    ///
    /// - Parameter id: its JSON.
    mutating func begin(id: String) {
        self.id = Array(id.utf8)
        (host, cluster) = (Self.null, Self.null)
        xml.removeAll(keepingCapacity: true)
    }

    /// Reads the record between two delimiters.
    ///
    /// - Parameter number: of the record, counted from 1.
    mutating func read(_ bytes: UnsafeRawBufferPointer, _ framing: RecordFraming, number: Int) throws(RecordError) {
        begin(id: framing == .nul ? "\(number)" : "null")
        switch framing {
        case .nul: xml.append(contentsOf: bytes)
        case .ndjson: try readLine(bytes)
        }
        if xml.isEmpty { throw RecordError(.framing, framing == .nul ? "the record is empty" : "the record has no \"xml\"") }
    }

    /// Reads what can be read of a record whose end was not kept: its id, if that stands before the definition.
    mutating func readBeginning(_ bytes: UnsafeRawBufferPointer, _ framing: RecordFraming, number: Int) {
        begin(id: framing == .nul ? "\(number)" : "null")
        if framing == .ndjson { try? readLine(bytes) }
    }

    private mutating func readLine(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
        do {
            var reader = JSONReader(bytes)
            var hasXML = false
            try reader.members { (reader, name) throws(JSONError) in
                if name.elementsEqual("xml".utf8), reader.isAtString() {
                    hasXML = true
                    xml.removeAll(keepingCapacity: true)
                    try reader.string(into: &xml, isStrict: true)
                    return
                }
                let value = try reader.skip()
                // The id is known even if what follows is no JSON.
                if name.elementsEqual("id".utf8), JSONReader.isUTF8(UnsafeRawBufferPointer(rebasing: bytes[value])) { id = Array(bytes[value]) }
                if name.elementsEqual("host".utf8) { host = Array(bytes[value]) }
                if name.elementsEqual("cluster".utf8) { cluster = Array(bytes[value]) }
            }
            try reader.end()
            guard JSONReader.isUTF8(bytes) else { throw JSONError.notUTF8 }
            if !hasXML { throw RecordError(.framing, "the record has no \"xml\" that is a string") }
        } catch let error as RecordError {
            throw error
        } catch {
            throw RecordError(.framing, "\(error)")
        }
    }
}
