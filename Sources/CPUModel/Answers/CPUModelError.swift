/// Why the CPU map cannot answer a question. libvirt reports an error in the same cases, rather than "incompatible".
public enum CPUModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The map has no model of this name.
    case unknownModel(String)
    /// The map has no feature of this name.
    case unknownFeature(String)
    /// The map has no vendor of this name.
    case unknownVendor(String)
    /// The features of this model are not known, because no CPU map here has it; only a hypervisor lists it.
    case modelKnownByNameOnly(String)
    /// The CPU has no model, and the question needs one.
    case noModel
    /// ppc64: the `<model>` of a host-model CPU is not a compatibility mode such as `power8`.
    case unknownCompatibilityMode(String)
    /// ppc64: the model of the host does not run guests in a compatibility mode.
    case noCompatibilityModes(host: String)
    /// No model fits the data, or none of those that may be used.
    case noSuitableModel
    /// The CPUs have no feature in common, or (ppc64) their models differ.
    case incompatibleCPUs
    /// Hosts of two vendors have no baseline. The values are the names of both.
    case vendorsDiffer([String])
    /// The `<vendor>` that a CPU states is not the vendor of its model.
    case vendorOfModelDiffers(model: String, vendor: String, stated: String)
    /// No CPU driver of libvirt compares all of these architectures with each other.
    case architecturesDiffer([String])
    /// The list of CPUs is empty.
    case noCPUs
    /// The map cannot compare CPUs of this architecture.
    case notJudged(architecture: String)

    /// The reason in one line.
    public var description: String {
        switch self {
        case .unknownModel(let name): "unknown CPU model '\(name)'"
        case .unknownFeature(let name): "unknown CPU feature '\(name)'"
        case .unknownVendor(let name): "unknown CPU vendor '\(name)'"
        case .modelKnownByNameOnly(let name):
            "the features of CPU model '\(name)' are not known here: it is newer than this program's CPU maps"
        case .noModel: "the CPU names no model"
        case .unknownCompatibilityMode(let mode): "unknown compatibility mode '\(mode)'"
        case .noCompatibilityModes(let host): "a \(host) host has no compatibility modes"
        case .noSuitableModel: "no CPU model fits the data"
        case .incompatibleCPUs: "the CPUs have nothing in common"
        case .vendorsDiffer(let names): "the CPUs have different vendors: \(names.joined(separator: ", "))"
        case .vendorOfModelDiffers(let model, let vendor, let stated):
            "CPU model '\(model)' has vendor \(vendor), not \(stated)"
        case .architecturesDiffer(let names): "the CPUs have different architectures: \(names.joined(separator: ", "))"
        case .noCPUs: "no CPU was given"
        case .notJudged(let architecture): "CPUs of architecture '\(architecture)' cannot be compared with libvirt's CPU map"
        }
    }
}
