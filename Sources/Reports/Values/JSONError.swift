/// Why a text is not JSON.
package enum JSONError: Error, Equatable, CustomStringConvertible {
    case notUTF8
    /// The place is the offset of the byte at which the text stops being JSON.
    case malformed(place: Int, String)

    /// One line.
    package var description: String {
        switch self {
        case .notUTF8: "not valid UTF-8"
        case .malformed(let place, let what): "malformed JSON at byte \(place): \(what)"
        }
    }
}
