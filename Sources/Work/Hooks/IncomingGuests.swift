import Glibc
import Reports
import SystemPackage

/// Notes, as files, about guests that are about to arrive, from `migrate begin` or `restore begin` to the
/// `prepare begin` that follows. The arguments of `prepare begin` do not tell an incoming guest from a fresh start. The
/// definition tells it only by `check='full'`, which libvirt does not write under host-passthrough.
struct IncomingGuests {
    let directory: FilePath

    /// Seconds that a note is valid: a note that a failed operation left must not excuse a later start. `prepare`
    /// follows at once, or after the guest's job has been acquired (30 s at most).
    static let lifetime = 120

    /// - Throws: `IOFailure` where the note cannot be written.
    func note(_ guest: String) throws {
        makeDirectory()
        let path = path(of: guest)
        let file = path.withPlatformString { name in
            unlink(name)
            return open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        guard file >= 0 else {
            throw IOFailure("\(printable(path.string)): cannot write a note about an incoming guest")
        }
        close(file)
    }

    /// Notes can be written. Where they cannot, any guest might be an incoming one.
    var isUsable: Bool {
        makeDirectory()
        return directory.withPlatformString { access($0, W_OK | X_OK) } == 0 && Files.isDirectory(directory)
    }

    private func makeDirectory() {
        var place = FilePath(root: directory.root)
        for component in directory.components {
            place.append(component)
            _ = place.withPlatformString { mkdir($0, 0o700) }
        }
    }

    /// Removes the note about a guest, and returns whether there was a valid one.
    func take(_ guest: String) -> Bool {
        let path = path(of: guest)
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) == 0 && unlink($0) == 0 }) else { return false }
        return abs(time(nil) - status.st_mtim.tv_sec) <= Self.lifetime
    }

    /// The file of a guest's note. Characters that are unusual in a file's name are escaped, because libvirt allows any
    /// character but a slash in a guest's name.
    private func path(of guest: String) -> FilePath {
        let digits = Array("0123456789abcdef".utf8)
        var name: [UInt8] = Array("incoming-".utf8)
        for byte in guest.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.append(byte)
            default: name += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        if name.count > 255 {
            // Longer than a file's name can be.
            name = Array("incoming-#\(String(FNV1a(guest.utf8).value, radix: 16))".utf8)
        }
        return directory.appending(String(decoding: name, as: UTF8.self))
    }
}
