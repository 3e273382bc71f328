import ArgumentParser
import DomainXML

/// A size in bytes: `1048576`, `1024K`, `1M`.
struct ByteCount: ExpressibleByArgument {
    static let defaultMaximum = ByteCount(bytes: DomainReader.defaultMaximumDomainSize)

    var bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let factors: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "k": 1 << 10, "m": 1 << 20]
        let factor = argument.last.flatMap { factors[$0] }
        guard let number = Int(factor == nil ? argument : String(argument.dropLast())), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor ?? 1)
        // At most 1 GiB, because offsets inside a domain are 32-bit numbers.
        guard !overflow, bytes <= 1 << 30 else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes >> 20)M" }
}
