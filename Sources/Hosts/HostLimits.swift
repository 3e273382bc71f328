import XMLTree

/// How much a host's description may hold: several times what the largest hosts' do, so that a hostile file is
/// refused and not worked through.
enum HostLimits {
    /// Bytes of one file, or of one answer of virsh. Capabilities of large hosts are some hundred kilobytes.
    static let bytes = 16 << 20
    /// Documents in one file.
    static let documents = 256
    /// Files given at once.
    static let files = 4096
    /// Models that one hypervisor lists; QEMU 10 lists 145.
    static let models = 4096
    /// Features of one CPU, and blockers of one model; libvirt 11.3 knows 364.
    static let features = 4096

    static func check(_ count: Int, _ limit: Int, _ what: String, at element: XMLElement) throws(CPUElementError) {
        if count > limit {
            throw CPUElementError(line: element.line, message: "\(count) \(what) are more than any host has (\(limit))")
        }
    }
}
