import Glibc
import SystemPackage

/// Guests that are about to come in, noted in files from `migrate begin` or `restore begin` to the `prepare begin` that
/// follows: nothing in that operation's arguments tells it from a fresh start, and the definition does only where
/// libvirt checks the CPU (`check='full'`; a guest with host-passthrough has no such mark).
struct IncomingGuests {
    let directory: FilePath

    /// Seconds that a note holds: one left by an operation that failed early must not excuse a start later on.
    /// `prepare` follows at once, or when the guest's job (30 s at most) is there.
    static let lifetime = 120

    /// - Throws: `IOFailure` where it cannot be noted: the definition's own mark remains.
    func note(_ guest: String) throws {
        makeDirectory()
        let path = path(of: guest)
        let file = path.withPlatformString { name in
            unlink(name)
            return open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        guard file >= 0 else { throw IOFailure("\(printable(path.string)): an incoming guest cannot be noted") }
        close(file)
    }

    /// Notes can be left. Where they cannot, no guest may be taken for a fresh start: it could be one that comes in.
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

    /// Whether the guest was noted; it no longer is.
    func take(_ guest: String) -> Bool {
        let path = path(of: guest)
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) == 0 && unlink($0) == 0 }) else { return false }
        return abs(time(nil) - status.st_mtim.tv_sec) <= Self.lifetime
    }

    /// A name is anything but a slash to libvirt.
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
            // Longer than a file's name can be: FNV-1a of 64 bits.
            let hash = guest.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            name = Array("incoming-#\(String(hash, radix: 16))".utf8)
        }
        return directory.appending(String(decoding: name, as: UTF8.self))
    }
}
