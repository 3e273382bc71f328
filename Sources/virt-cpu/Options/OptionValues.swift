import ArgumentParser
import Lint
import Reports
import Work

// Values of options whose types live in other modules.

extension ReportFormat: ExpressibleByArgument {}

extension Settings.ColorChoice: ExpressibleByArgument {}

extension CPUMapSource: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    public var defaultValueDescription: String { "builtin" }
}

extension Profile: ExpressibleByArgument {}
extension WindowsPolicy: ExpressibleByArgument {}

extension CPUWords: ExpressibleByArgument {}

extension CPUChoice.Kind: ExpressibleByArgument {}
