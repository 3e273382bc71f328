import CPUModel

/// Features that an operating system requires of its processor, by the system's libosinfo id. `OSRequirementTable` has the
/// facts.
struct OSRequirement: Sendable {
    /// What requires the features, for the message: `x86-64-v2`.
    var name: String
    /// In libvirt's names.
    var features: [String]
    /// The level of x86-64 that has just these features; nil if no level has.
    var level: ISALevel?
    /// Why the id does not tell whether the system requires the features; nil when it does tell.
    var doubt: String?

    /// A requirement of a level. Its lowest level's features are left out: every 64-bit model has them.
    static func level(_ level: ISALevel, doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: level.description, features: beyondLowest[level.rawValue - 1], level: level, doubt: doubt)
    }

    /// The features of each level without those of the lowest. Worked out once: the table names levels forty times.
    private static let beyondLowest = {
        let lowest = ISALevel.v1.features
        return ISALevel.allCases.map { level in Array(level.features.dropFirst(lowest.count)) }
    }()
}
