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
    /// The text of a host's file or of a CPU map can contain anything.
    package var shown: String { printable("\(self)") }
}

extension PolicyError: Failure {
    /// The description as it is: it quotes safely, and its help has a line of its own.
    package var shown: String { description }
}
extension HostError: Failure {}
extension CPUMapError: Failure {}
extension CPUElementError: Failure {}
extension CPUModelError: Failure {}

/// An error as it is printed to stderr.
package func shown(_ error: any Error) -> String { (error as? any Failure)?.shown ?? "\(error)" }
