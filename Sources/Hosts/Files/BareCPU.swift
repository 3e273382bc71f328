public import CPUModel
import XMLTree

extension Host {
    /// The CPU in a document whose root element is `<cpu>`, as `virsh cpu-compare` takes it. Nil for any other
    /// document.
    ///
    /// - Parameter bytes: the document.
    /// - Throws: `CPUElementError` for what libvirt refuses: an unknown mode, match, fallback or policy, and a feature
    ///   without a name or named twice.
    public static func bareCPU(_ bytes: [UInt8]) throws(CPUElementError) -> CPUDefinition? {
        guard let root = try? XMLElement(parsing: bytes), root.name == "cpu" else { return nil }
        return try CPUDefinition(root)
    }
}
