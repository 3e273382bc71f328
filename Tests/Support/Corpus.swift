import Glibc

/// Files that tests read in place.
package enum Corpus {
    /// libvirt's source tree, from `LIBVIRT_SRC`; nil where there is none.
    package static let libvirt: String? = getenv("LIBVIRT_SRC").map { String(cString: $0) }

    /// The repository's top level.
    package static let repository: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// Directories of libvirt's tests that hold domain documents.
    static let directories = [
        "qemuxmlconfdata", "genericxml2xmlindata", "libxlxml2domconfigdata", "lxcxml2xmldata", "bhyveargv2xmldata",
        "qemustatusxml2xmldata", "qemudomainsnapshotxml2xmlin",
    ]

    /// Minutes after which a test that could hang is ended: more than any machine needs, and ten times as many under a
    /// sanitizer.
    package static let patience = getenv("LSAN_OPTIONS") == nil ? 10 : 100

    package struct File: Sendable, CustomStringConvertible {
        package var path: String
        package var bytes: [UInt8]
        package var name: String { String(path.split(separator: "/").last ?? "") }
        package var description: String { name }
    }

    /// Every file of libvirt's tests that has a `<domain>`; empty without `LIBVIRT_SRC`.
    package static let domains: [File] = {
        guard let libvirt else { return [] }
        return directories.flatMap { directory in
            xmlFiles(in: "\(libvirt)/tests/\(directory)").map { File(path: $0, bytes: read($0)) }
        }.filter { contains($0.bytes, "<domain") }
    }()

    /// The paths of the `*.xml` files in a directory, sorted.
    package static func xmlFiles(in directory: String) -> [String] {
        names(in: directory).filter { $0.hasSuffix(".xml") }.map { "\(directory)/\($0)" }
    }

    /// The names in a directory, sorted.
    package static func names(in directory: String) -> [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            })
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    /// The content of a file, which must exist.
    package static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        precondition(descriptor >= 0, "cannot open \(path)")
        defer { close(descriptor) }
        return readAll(descriptor)
    }

    static func contains(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains("\(text)")
    }
}
