import Synchronization

extension CPUMap {
    /// libvirt's newest CPU map that came with this program; `libvirtVersion` is the libvirt release that it is from.
    /// The map is read when it is first used.
    public static let builtIn: CPUMap = {
        var reader = CompactMapReader(text: builtInText)
        return reader.newest()
    }()

    /// The libvirt releases whose maps came with this program, the newest first.
    public static let builtInReleases: [LibvirtVersion] = {
        var reader = CompactMapReader(text: builtInText)
        return reader.releases()
    }()

    /// The built-in map by which a libvirt release judges CPUs.
    ///
    /// libvirt changes its map in many releases, of which only some came with this program. Between two of them the
    /// older one's map is taken, because a model of it may demand more, and knows fewer names. libvirt 10.10, however,
    /// brought the models with versions (`-vN`), and with them nearly everything in which 11.3 differs from 9.0.
    public static func builtIn(for release: LibvirtVersion) -> CPUMap {
        let applies = builtInReleases.first { release >= ($0 == versionedModels.release ? versionedModels.since : $0) }
        let wanted = applies ?? builtInReleases.last!
        if wanted == builtInReleases[0] { return builtIn }
        return older.withLock { older in
            if let map = older[wanted] { return map }
            var reader = CompactMapReader(text: builtInText)
            let map = reader.map(of: wanted)
            older[wanted] = map
            return map
        }
    }

    /// The built-in release that stands for the releases with versioned models, and the first of those (libvirt NEWS,
    /// 10.10.0).
    private static let versionedModels = (
        release: LibvirtVersion(major: 11, minor: 3), since: LibvirtVersion(major: 10, minor: 10))

    private static let older = Mutex<[LibvirtVersion: CPUMap]>([:])
}

extension QEMUModels {
    /// The record of QEMU's models that came with this program. It is read when it is first used.
    public static let builtIn = QEMUModels(compact: builtInText)

    /// The QEMU release that the built-in record is from. Reading it does not read the models.
    public static var builtInVersion: String {
        let bytes = UnsafeBufferPointer(start: builtInText.utf8Start, count: builtInText.utf8CodeUnitCount)
        let tab = UInt8(ascii: "\t")
        return String(decoding: bytes.drop { $0 != tab }.dropFirst().prefix { $0 != tab }, as: UTF8.self)
    }
}
