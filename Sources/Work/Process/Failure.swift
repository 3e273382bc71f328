import CPUModel
import Hosts
import Lint
import Reports

/// An error that prevents the work from being done. Its description is a whole message: the place, what is wrong, and
/// what to do about it.
package protocol Failure: Error, CustomStringConvertible {
    /// The description, safe for a terminal.
    var shown: String { get }
}

extension Failure {
    /// The description, made printable: it can quote a host's file or a CPU map, which can contain any characters.
    package var shown: String { printable("\(self)") }
}

extension PolicyError: Failure {
    /// The help stays on a line of its own.
    package var shown: String {
        var error = self
        (error.file, error.message, error.help) = (printable(file), printable(message), help.map { printable($0) })
        return error.description
    }
}
extension HostError: Failure {}
extension HostCPUError: Failure {
    /// The description names no place, so the program's name stands before it.
    package var shown: String { printable("virt-cpu: error: \(self)") }
}
extension CPUMapError: Failure {}
extension CPUElementError: Failure {}
extension CPUModelError: Failure {}

/// An error as it is printed to stderr.
package func shown(_ error: any Error) -> String { (error as? any Failure)?.shown ?? "\(error)" }
