/// A fault in the contents of a CPU map.
public enum CPUMapContentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A name is defined twice. The values are the kind (`feature`, `model`, `vendor`) and the name.
    case duplicate(String, String)
    /// A vendor's string is not 12 bytes long. The values are the vendor's name and the string.
    case vendorString(String, String)
    /// The named feature has no bits.
    case featureWithoutBits(String)
    /// The features have more bits than a `FeatureSet` holds. The values are the first feature that does not fit and
    /// the limit in bits.
    case tooManyBits(String, Int)
    /// An older release has something that the newest lacks or has otherwise, so that they cannot be built in together.
    /// The values are the kind, the name and the older release.
    case notInNewest(String, String, release: String)

    /// The name of the vendor, feature or model at fault.
    public var name: String {
        switch self {
        case .duplicate(_, let name), .vendorString(let name, _), .notInNewest(_, let name, _): name
        case .featureWithoutBits(let name), .tooManyBits(let name, _): name
        }
    }

    /// The fault in one line, without a place.
    public var description: String {
        switch self {
        case .duplicate(let kind, let name): "CPU \(kind) '\(name)' is defined twice"
        case .vendorString(let name, let string): "CPU vendor '\(name)': '\(string)' is not 12 characters long"
        case .notInNewest(let kind, let name, let release):
            "CPU \(kind) '\(name)' of libvirt \(release) is missing or different in the newest CPU map"
        case .featureWithoutBits(let name): "CPU feature '\(name)' has neither CPUID nor MSR bits"
        case .tooManyBits(let name, let limit): "CPU feature '\(name)' exceeds the \(limit) bits that a CPU map can have"
        }
    }
}
