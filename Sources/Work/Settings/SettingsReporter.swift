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
        case .auto: isatty(descriptor) == 1 && getenv("NO_COLOR") == nil && !isDumbTerminal
        }
        return format.reporter(isColored: isColored, width: Self.width(of: descriptor), namesDomains: namesDomains)
    }

    private var isDumbTerminal: Bool { getenv("TERM").map { strcmp($0, "dumb") == 0 } ?? false }

    /// The columns of a terminal; nil for anything else.
    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return max(Int(size.ws_col), 40)
    }
}
