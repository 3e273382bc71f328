import Glibc

/// A new directory outside any repository. The directory is removed with everything in it when this value goes away.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Parameter isInMemory: use a file system in memory where there is one: tests that replace thousands of files would
    ///   wait long for a disk.
    package init(isInMemory: Bool = false) {
        let memory = isInMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : nil
        let base = memory ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/virt-cpu-tests.XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary directory in \(base)")
        let resolved = realpath(template, nil)!
        defer { free(resolved) }
        path = String(cString: resolved)
    }

    /// The content of a file as text.
    package func text(_ name: String) -> String { String(decoding: Corpus.read("\(path)/\(name)"), as: UTF8.self) }

    deinit {
        Self.remove(Array(path.utf8CString.dropLast()))
    }

    private static func remove(_ path: [CChar]) {
        if unlink(path + [0]) == 0 { return }
        chmod(path + [0], 0o700)
        guard let stream = opendir(path + [0]) else { return }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
            }
            let dots = [CChar](repeating: CChar(UInt8(ascii: ".")), count: name.count)
            if name.count > 2 || name != dots { remove(path + [CChar(UInt8(ascii: "/"))] + name) }
        }
        closedir(stream)
        rmdir(path + [0])
    }

    /// Writes a file, and makes the directories that it lies in.
    ///
    /// - Returns: the file's path.
    @discardableResult
    package func write(_ name: String, _ text: String) -> String {
        write(Array(name.utf8), Array(text.utf8))
        return "\(path)/\(name)"
    }

    package func write(_ name: [UInt8], _ bytes: [UInt8]) {
        for (index, byte) in name.enumerated() where byte == UInt8(ascii: "/") {
            mkdir(name[..<index].map { CChar(bitPattern: $0) }, 0o755)
        }
        let descriptor = place(name).withUnsafeBufferPointer { open($0.baseAddress!, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
        precondition(descriptor >= 0, "cannot write \(String(decoding: name, as: UTF8.self))")
        defer { close(descriptor) }
        precondition(writeAll(bytes, to: descriptor))
    }

    /// Makes a directory, and those above it.
    ///
    /// - Returns: the directory's path.
    @discardableResult
    package func makeDirectory(_ name: String) -> String {
        var made = path
        for part in name.split(separator: "/") {
            made += "/\(part)"
            Glibc.mkdir(made, 0o755)
        }
        return made
    }

    /// Makes a symbolic link.
    package func link(_ name: String, to target: String) {
        precondition(symlink(target, "\(path)/\(name)") == 0)
    }

    private func mkdir(_ name: [CChar], _ mode: mode_t) {
        Glibc.mkdir(Array("\(path)/".utf8CString.dropLast()) + name + [0], mode)
    }

    private func place(_ name: [UInt8]) -> [CChar] {
        Array("\(path)/".utf8CString.dropLast()) + name.map { CChar(bitPattern: $0) } + [0]
    }
}
