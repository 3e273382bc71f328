import XMLTree

/// An element of a CPU map's files, with its place.
struct CPUMapEntry {
    var element: XMLElement
    /// The path of the file that the element is in.
    var file: String
    /// The name of the `<group>` that the element is in, if there is one.
    var group: String?

    /// The root element of a file, which must be `<cpus>`.
    static func file(
        _ name: String, prefix: String, group: String?, load: (String) throws -> [UInt8]
    ) throws(CPUMapError) -> CPUMapEntry {
        let path = prefix + name
        do {
            let root = CPUMapEntry(element: try XMLElement(parsing: try load(name)), file: path, group: group)
            if root.element.name != "cpus" { throw root.error("expected <cpus>, not <\(root.element.name)>") }
            return root
        } catch let error as CPUMapError {
            throw error
        } catch let error as XMLTreeError {
            throw CPUMapError(file: path, line: error.line, message: error.message)
        } catch {
            throw CPUMapError(file: path, message: "\(error)")
        }
    }

    /// The children of an `<arch>`, a `<group>` or an included `<cpus>`. Each `<include>` is replaced by the contents
    /// of the file that it names.
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
                // libvirt's map is one flat directory. An include must not name a file outside of it.
                if name.contains("/") || name == "index.xml" { throw entry.error("cannot include '\(name)': only other files of the map's directory can be included") }
                let root = try Self.file(name, prefix: prefix, group: group, load: load)
                for included in root.element.children {
                    if included.name == "include" {
                        throw root.at(included).error("an included file cannot include another file")
                    }
                    entries.append(root.at(included))
                }
            default: entries.append(entry)
            }
        }
        return entries
    }

    /// A child element, which is in the same file and group.
    func at(_ child: XMLElement) -> CPUMapEntry { CPUMapEntry(element: child, file: file, group: group) }

    /// An error at the line of the element.
    func error(_ message: String) -> CPUMapError { CPUMapError(file: file, line: element.line, message: message) }

    /// Reads the element. An error that is thrown meanwhile is thrown again with the name of the file.
    func read<Value>(
        _ reading: (XMLElement) throws(CPUElementError) -> Value
    ) throws(CPUMapError) -> Value {
        do {
            return try reading(element)
        } catch {
            throw CPUMapError(file: file, line: error.line, message: error.message)
        }
    }

    /// The value of an attribute that must be there.
    func attribute(_ name: String) throws(CPUMapError) -> String {
        try read { (element) throws(CPUElementError) in try element.required(name) }
    }

    /// The value of an attribute that is a number in libvirt's notation.
    func number(_ name: String, default absent: UInt32? = nil) throws(CPUMapError) -> UInt32 {
        try read { (element) throws(CPUElementError) in try element.number(name, default: absent) }
    }

    /// The value of an attribute that is one of two words.
    func flag(
        _ name: String, default absent: Bool, on: String = "yes", off: String = "no"
    ) throws(CPUMapError) -> Bool {
        try read { (element) throws(CPUElementError) in try element.flag(name, default: absent, on: on, off: off) }
    }
}
