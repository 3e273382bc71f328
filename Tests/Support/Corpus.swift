import Glibc

/// Files that tests read in place.
public enum Corpus {
    /// libvirt's source tree, from `LIBVIRT_SRC`; `nil` where there is none.
    public static let libvirt: String? = getenv("LIBVIRT_SRC").map { String(cString: $0) }

    /// The repository's top level.
    public static let repository: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// Directories of libvirt's tests that hold domain documents.
    static let directories = [
        "qemuxmlconfdata", "genericxml2xmlindata", "libxlxml2domconfigdata", "lxcxml2xmldata", "bhyveargv2xmldata",
        "qemustatusxml2xmldata", "qemudomainsnapshotxml2xmlin",
    ]

    /// Minutes that a test which could hang may take. Under a sanitizer, all tests beside it take as many times as long.
    public static let patience = getenv("LSAN_OPTIONS") == nil ? 1 : 10

    public struct File: Sendable, CustomStringConvertible {
        public var path: String
        public var bytes: [UInt8]
        public var name: String { String(path.split(separator: "/").last ?? "") }
        public var description: String { name }
    }

    /// Every file of libvirt's tests that has a `<domain>`; empty without `LIBVIRT_SRC`.
    public static let domains: [File] = {
        guard let libvirt else { return [] }
        return directories.flatMap { directory in
            xmlFiles(in: "\(libvirt)/tests/\(directory)").map { File(path: $0, bytes: read($0)) }
        }.filter { contains($0.bytes, "<domain") }
    }()

    public static func xmlFiles(in directory: String) -> [String] {
        names(in: directory).filter { $0.hasSuffix(".xml") }.map { "\(directory)/\($0)" }
    }

    /// What a directory has, in order.
    public static func names(in directory: String) -> [String] {
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

    public static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        precondition(descriptor >= 0, "cannot open \(path)")
        defer { close(descriptor) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(descriptor, &buffer, buffer.count)
            if got <= 0 { return result }
            result += buffer[..<got]
        }
    }

    static func contains(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains("\(text)")
    }
}

/// A small, seeded generator: the same numbers in every run.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64
    public init(seed: UInt64) { state = seed }
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
