import DomainXML
import Reports

/// Why a record has no answer.
package struct RecordError: Error, Equatable {
    package enum Code: String, Sendable {
        /// The line is not the JSON of a record, or there is nothing between two delimiters.
        case framing
        /// The definition is not well-formed XML.
        case malformed
        /// The definition has what is read nowhere, such as declared entities.
        case refused
        /// The record or its definition is too long.
        case tooLarge
        /// The XML has no domain.
        case noDomain
        /// The XML has more than one domain.
        case severalDomains
        /// The `<cpu>` has words that libvirt does not know.
        case unreadableCPU
        /// The file cannot be read. Records have no such error.
        case unreadable
        /// A host that is named by a URI did not answer.
        case hostNotAnswering
    }

    package var code: Code
    package var message: String
    /// The place in the definition; nil if the error has none.
    package var position: SourcePosition?

    init(_ code: Code, _ message: String, at position: SourcePosition? = nil) {
        self.code = code
        self.message = message
        self.position = position
    }

    init(_ error: MalformedInput) {
        let code: Code = switch error.kind {
        case .malformed: .malformed
        case .tooLarge: .tooLarge
        case .refused: .refused
        case .noDocument: .noDomain
        }
        self.init(code, error.message, at: error.position)
    }

    var json: JSONValue {
        var json: JSONValue = ["code": JSONValue(code.rawValue), "message": JSONValue(message)]
        if let position {
            json.add(["line": JSONValue(position.line), "column": JSONValue(position.column)])
        }
        return json
    }
}
