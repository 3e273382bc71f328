import Glibc
import Reports

extension Settings {
    /// The reporter for findings that go to a descriptor.
    ///
    /// - Parameter namesDomains: the input is not a file of its own.
    func reporter(on descriptor: Int32, namesDomains: Bool) -> any Reporter {
        let terminal = Terminal(descriptor)
        let isColored = switch color {
        case .always: true
        case .never: false
        case .auto: terminal.isColored
        }
        let rules = isColored && format == .text && terminal.showsLinks ? InstalledRules.links() : nil
        return format.reporter(isColored: isColored, width: terminal.width, namesDomains: namesDomains, rules: rules)
    }
}
