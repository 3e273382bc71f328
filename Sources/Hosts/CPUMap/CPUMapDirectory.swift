public import CPUModel

extension CPUMap {
    /// The directory in which libvirt's packages install the map.
    public static let systemDirectory = "/usr/share/libvirt/cpu_map"

    /// Reads a `cpu_map` directory of libvirt 4.7 or later: `index.xml` and the files that it includes.
    ///
    /// - Parameters:
    ///   - directory: the path of the directory.
    ///   - libvirtVersion: the libvirt release that the map is from, if it is known.
    /// - Throws: `CPUMapError` with the path of the file at fault. Files that are not regular and files of more than
    ///   16 MiB are refused.
    public init(directory: String, libvirtVersion: String? = nil) throws(CPUMapError) {
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        try self.init(libvirtVersion: libvirtVersion, prefix: prefix) { name in
            try RegularFile.read(prefix + name, limit: HostLimits.bytes)
        }
    }

    /// Reads a `cpu_map` directory that need not be on disk.
    ///
    /// - Parameters:
    ///   - libvirtVersion: the libvirt release that the map is from, if it is known.
    ///   - prefix: what errors put before the name of a file.
    ///   - load: returns the bytes of a file by its name, such as `index.xml`. Its error becomes the message of a
    ///     `CPUMapError`.
    /// - Throws: `CPUMapError` with the prefix and name of the file at fault.
    public init(
        libvirtVersion: String? = nil, prefix: String = "", load: (String) throws -> [UInt8]
    ) throws(CPUMapError) {
        let index = try CPUMapEntry.file("index.xml", prefix: prefix, group: nil, load: load)
        var entries: [String: [CPUMapEntry]] = [:]
        for architecture in index.element.children("arch") {
            let name = try index.at(architecture).attribute("name")
            entries[name, default: []] += try index.at(architecture).contents(prefix: prefix, load: load)
        }
        guard let x86 = entries["x86"] else {
            throw CPUMapError(file: index.file, line: index.element.line, message: "the CPU map has no <arch name='x86'>")
        }
        self.init(
            libvirtVersion: libvirtVersion, x86: try X86Map(entries: x86),
            ppc64: try PVRMap(entries: entries["ppc64"] ?? []), arm: try PVRMap(entries: entries["arm"] ?? []))
    }
}
