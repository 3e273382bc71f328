import Glibc

/// Reading of one directory, which the searches for definitions and for host files share.
enum DirectoryListing {
    /// The most directories below each other that a search enters.
    static let mostLevels = 64

    /// Reads the names in a directory, hidden ones included, but for `.` and `..`.
    ///
    /// - Parameters:
    ///   - directory: the path, ended by a zero.
    ///   - take: gets each name, in bytes without a zero, and the type that the file system states (`DT_REG`, or
    ///     `DT_UNKNOWN` where it states none). The name is valid only during the call.
    /// - Returns: false when the directory cannot be read; `errno` says why.
    static func read(
        _ directory: UnsafePointer<CChar>, _ take: (_ name: UnsafeBufferPointer<CChar>, _ type: Int) -> Void
    ) -> Bool {
        guard let stream = opendir(directory) else { return false }
        defer { closedir(stream) }
        let dot = CChar(UInt8(ascii: "."))
        while let entry = readdir(stream) {
            let type = Int(entry.pointee.d_type)
            withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    let name = UnsafeBufferPointer(start: $0, count: strlen($0))
                    if name.count <= 2, name.allSatisfy({ $0 == dot }) { return }
                    take(name, type)
                }
            }
        }
        return true
    }
}
