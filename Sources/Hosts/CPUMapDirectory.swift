public import CPUModel
import XMLTree

/// Why a CPU map could not be read, and where.
public struct CPUMapError: Error, Equatable, Sendable, CustomStringConvertible {
    public var file: String
    /// 1-based; 0 when it is the whole file.
    public var line: Int
    public var message: String

    public init(file: String, line: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    public var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}

extension CPUMap {
    /// Where libvirt's packages put the map.
    public static let systemDirectory = "/usr/share/libvirt/cpu_map"

    /// Reads a libvirt `cpu_map` directory: `index.xml` and the files that it includes, as libvirt has had it since
    /// 4.7.
    ///
    /// - Parameters:
    ///   - directory: its path.
    ///   - libvirtVersion: the release that it is from, if known.
    /// - Throws: `CPUMapError`, with the path of the file at fault.
    public init(directory: String, libvirtVersion: String? = nil) throws(CPUMapError) {
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        try self.init(libvirtVersion: libvirtVersion, prefix: prefix) { try readFile(prefix + $0) }
    }

    /// The same, with `load` to give the bytes of a file by its name (`index.xml`).
    ///
    /// - Parameter prefix: what errors put before a file's name.
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
            throw CPUMapError(file: index.file, line: index.element.line, message: "no <arch name='x86'>")
        }
        self.init(
            libvirtVersion: libvirtVersion, x86: try X86Map(entries: x86),
            ppc64: try PVRMap(entries: entries["ppc64"] ?? []), arm: try PVRMap(entries: entries["arm"] ?? []))
    }
}

/// An element of the map's files, with what is needed to place it.
struct CPUMapEntry {
    var element: XMLElement
    var file: String
    var group: String?

    /// The root element of a file.
    static func file(
        _ name: String, prefix: String, group: String?, load: (String) throws -> [UInt8]
    ) throws(CPUMapError) -> CPUMapEntry {
        let path = prefix + name
        do {
            let root = CPUMapEntry(element: try XMLElement(parsing: try load(name)), file: path, group: group)
            if root.element.name != "cpus" { throw root.error("<cpus> expected, not <\(root.element.name)>") }
            return root
        } catch let error as CPUMapError {
            throw error
        } catch let error as XMLTreeError {
            throw CPUMapError(file: path, line: error.line, message: error.message)
        } catch {
            throw CPUMapError(file: path, message: "\(error)")
        }
    }

    /// What an `<arch>`, `<group>` or included `<cpus>` holds, with includes replaced by what they name.
    func contents(prefix: String, load: (String) throws -> [UInt8]) throws(CPUMapError) -> [CPUMapEntry] {
        var entries: [CPUMapEntry] = []
        for child in element.children {
            var entry = at(child)
            switch child.name {
            case "group":
                entry.group = child["name"]
                entries += try entry.contents(prefix: prefix, load: load)
            case "include":
                let name = try entry.attribute("filename")
                // libvirt's map is one flat directory; an include never leaves it.
                if name.contains("/") || name == "index.xml" { throw entry.error("cannot include '\(name)'") }
                let root = try Self.file(name, prefix: prefix, group: group, load: load)
                for included in root.element.children {
                    if included.name == "include" {
                        throw root.at(included).error("an included file includes no other")
                    }
                    entries.append(root.at(included))
                }
            default: entries.append(entry)
            }
        }
        return entries
    }

    /// A child of the same file and group.
    func at(_ child: XMLElement) -> CPUMapEntry { CPUMapEntry(element: child, file: file, group: group) }

    func error(_ message: String) -> CPUMapError { CPUMapError(file: file, line: element.line, message: message) }

    func attribute(_ name: String) throws(CPUMapError) -> String {
        guard let value = element[name], !value.isEmpty else {
            throw error("<\(element.name)> has no attribute '\(name)'")
        }
        return value
    }

    /// A number as libvirt writes it: decimal, or hexadecimal after `0x`. `default` stands in for an absent one.
    func number(_ name: String, default absent: UInt32? = nil) throws(CPUMapError) -> UInt32 {
        guard let text = element[name] else {
            if let absent { return absent }
            throw error("<\(element.name)> has no attribute '\(name)'")
        }
        guard let value = UInt32(libvirt: text) else { throw error("\(name)='\(text)' is not a 32-bit number") }
        return value
    }

    /// `yes` and `no`.
    func flag(
        _ name: String, default absent: Bool, on: String = "yes", off: String = "no"
    ) throws(CPUMapError) -> Bool {
        switch element[name] {
        case nil: absent
        case on: true
        case off: false
        case let other?: throw error("\(name)='\(other)' is neither '\(on)' nor '\(off)'")
        }
    }
}

extension UInt32 {
    /// From decimal digits, or hexadecimal ones after `0x`.
    init?(libvirt text: String) {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        self.init(isHexadecimal ? text.dropFirst(2) : text[...], radix: isHexadecimal ? 16 : 10)
    }
}
