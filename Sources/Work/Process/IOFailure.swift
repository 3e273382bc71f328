import DomainXML
import Glibc
import Reports

/// Something that could not be read, written or run, as a whole message.
package struct IOFailure: Failure {
    package var description: String
    /// The content is at fault: it was read, and is malformed.
    package var isMalformed = false
    /// The content is no well-formed XML, so that libvirt refuses it too. False for what only virt-cpu refuses.
    package var isIllFormed = false
    /// A definition exceeds a limit of the reader, or is no well-formed XML: its author can choose that.
    package var isFaultOfDefinition = false
    /// The message without its place and severity, for reports.
    package var problem: Problem

    /// The names in the description were made printable when it was written.
    package var shown: String { description }

    /// - Parameters:
    ///   - what: what failed, such as a file's name.
    ///   - number: the system's error number.
    package init(_ what: String, _ number: Int32 = errno) {
        self.init(message: "\(what): \(String(cString: strerror(number)))")
    }

    /// - Parameter file: the file that could not be read, as the user knows it.
    package init(file: String, _ number: Int32) {
        self.init(file: file, message: String(cString: strerror(number)))
    }

    /// - Parameters:
    ///   - file: the file that is at fault, as the user knows it.
    ///   - position: the place in it; nil for the whole file.
    ///   - message: what is wrong, in one line, safe for a terminal.
    package init(file: String, position: SourcePosition? = nil, message: String) {
        description = position.map { "\(printable(file)):\($0): error: \(message)" } ?? "virt-cpu: error: \(printable(file)): \(message)"
        problem = Problem(file: file, position: position, message: message)
    }

    package init(message: String) {
        description = "virt-cpu: error: \(message)"
        problem = Problem(message: message)
    }

    /// - Parameter description: a message that states its place itself.
    package init(located description: String) {
        self.description = description
        problem = Problem(message: description)
    }

    /// - Parameter name: the input's, as the user knows it.
    package init(_ error: MalformedInput, in name: String) {
        description = "\(printable(name)):\(error.position): error: \(error.message)"
        problem = Problem(file: name, position: error.position, message: error.message)
        isMalformed = true
        isIllFormed = error.kind == .malformed
        isFaultOfDefinition = error.kind != .noDocument
    }
}
