import Glibc
import Reports

extension Settings {
    /// The reporter for findings that go to a descriptor.
    ///
    /// - Parameter namesDomains: the input is not a file of its own.
    func reporter(on descriptor: Int32, namesDomains: Bool) -> any Reporter {
        let isColored = switch color {
        case .always: true
        case .never: false
        case .auto: isatty(descriptor) == 1 && getenv("NO_COLOR") == nil
        }
        return format.reporter(isColored: isColored, namesDomains: namesDomains)
    }
}
