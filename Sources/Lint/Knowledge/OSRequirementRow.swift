/// What is known about the processors that releases of one operating system run on.
struct OSRequirementRow: Sendable {
    /// The libosinfo id without its scheme and its last part: `redhat.com/rhel`.
    var product: String
    /// The releases, by the last part of the id.
    var releases: Releases
    /// What they require, the certain ones first. Empty if they run on every 64-bit processor.
    var requirements: [OSRequirement]
    /// The document that says so.
    var source: String
    /// The day on which the source was read: `2026-11-29`.
    var read: String

    enum Releases: Sendable {
        /// Releases by their major number. Numbers are compared, not texts: `rhel/1` is a prefix of `rhel/10.0` and not the
        /// same release.
        case major(ClosedRange<Int>)
        /// Releases by their whole names.
        case named([String])

        static func since(_ major: Int) -> Releases { .major(major...Int.max) }

        func contains(_ release: Substring) -> Bool {
            switch self {
            case .named(let names): names.contains { $0 == release }
            case .major(let range): Int(release.prefix { $0.isASCII && $0.isNumber }).map(range.contains) ?? false
            }
        }
    }
}
