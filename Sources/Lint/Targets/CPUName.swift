/// The names that a policy may use for CPU models, vendors and features: `[A-Za-z0-9][A-Za-z0-9._+-]*`. All names of
/// libvirt and QEMU have this form.
enum CPUName {
    /// Returns the word if it has the form of a name.
    ///
    /// - Parameter kind: what the word should name, for the message: `CPU model`.
    static func checked(_ word: String, of kind: String) throws(TargetError) -> String {
        guard let first = word.unicodeScalars.first else {
            throw TargetError(message: "the \(kind) name is empty")
        }
        guard word.utf8.count <= 128 else {
            throw TargetError(message: "\(quoted(word)) is not a \(kind) name: it is longer than 128 bytes")
        }
        guard first.isASCIIAlphanumeric else {
            throw TargetError(
                message: "\(quoted(word)) is not a \(kind) name: a name must start with a letter or digit")
        }
        let wrong = word.unicodeScalars.first { !$0.isASCIIAlphanumeric && !"._+-".unicodeScalars.contains($0) }
        if let wrong {
            throw TargetError(
                message: "\(quoted(word)) is not a \(kind) name: \(quoted(String(wrong))) is not allowed",
                help: "names consist of letters, digits and . _ + -")
        }
        return word
    }
}
