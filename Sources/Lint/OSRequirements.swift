import CPUModel

/// What an operating system needs of its processor, by its libosinfo id.
///
/// osinfo-db has no such entry, so this is data of our own, each with its source. Versions are compared by their
/// numbers: `rhel/1` begins `rhel/10.0`, and openSUSE 42 is older than 15.
struct OSRequirement: Sendable {
    /// `x86-64-v2`, for the message.
    var name: String
    /// In libvirt's names.
    var features: [String]
    /// The id does not tell whether this system needs them: why.
    var doubt: String?
}

/// The psABI's micro-architecture levels in libvirt's names: what each adds to the one below (x86-64-ABI, "Micro-
/// Architecture Levels"; the same lists in Proxmox's qemu-server, CPUConfig.pm). `osxsave` is the guest's to set.
enum ISALevel {
    static let v2 = ["cx16", "lahf_lm", "popcnt", "pni", "sse4.1", "sse4.2", "ssse3"]
    static let v3 = v2 + ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]
}

extension OSRequirement {
    private static func v2(doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: "x86-64-v2", features: ISALevel.v2, doubt: doubt)
    }

    private static func v3(doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: "x86-64-v3", features: ISALevel.v3, doubt: doubt)
    }

    /// What 64-bit Windows needs since 8.1 and Server 2012 R2 (Microsoft, "Hardware requirements for Windows Server").
    /// PREFETCHW is asked for too, but Intel processors that Windows runs on tell of it by no bit.
    private static func windows(doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: "64-bit Windows", features: ["cx16", "lahf_lm", "nx"], doubt: doubt)
    }

    /// The requirements of a 64-bit system, certain ones first; none for a system that runs on any such processor, or
    /// is not known.
    static func of(osinfoID id: String) -> [OSRequirement] {
        guard let start = id.firstRange(of: "://")?.upperBound else { return [] }
        let parts = id[start...].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return [] }
        let version = String(parts[2])
        if parts[0] == "microsoft.com", parts[1] == "win" { return windowsRequirements(version) }
        let major = Int(version.prefix { $0.isASCII && $0.isNumber })
        guard let major else { return [] }
        return linux("\(parts[0])/\(parts[1])", major)
    }

    private static func linux(_ product: String, _ major: Int) -> [OSRequirement] {
        switch (product, major) {
        // RHEL 9.5 release notes, "Architectures"; a CentOS Stream 9 kernel merge request (3972) on RHEL 10; CentOS
        // Stream and Rocky follow them (rocky-linux/documentation#745).
        case ("redhat.com/rhel", 9), ("centos.org/centos-stream", 9), ("rockylinux.org/rocky", 9),
            ("almalinux.org/almalinux", 9):
            return [v2()]
        case ("redhat.com/rhel", 10...), ("centos.org/centos-stream", 10...), ("rockylinux.org/rocky", 10...):
            return [v3()]
        // AlmaLinux 10 has a build for x86-64-v2 under the same id (ALESCo minutes, 2024-07-24).
        case ("almalinux.org/almalinux", 10...), ("almalinux.org/almalinux-kitten", 10...):
            return [v2(), v3(doubt: "AlmaLinux also builds it for x86-64-v2, and the id does not tell which this is")]
        case ("oracle.com/ol", 9): return [v2(doubt: "not stated for every kernel that Oracle ships")]
        case ("oracle.com/ol", 10...): return [v3(doubt: "not stated for every kernel that Oracle ships")]
        case ("miraclelinux.com/miraclelinux", 9): return [v2(doubt: "taken from RHEL 9, which it is built from")]
        // SUSE, "Key Differences Between SLE 15 and 16". openSUSE 42 came before 15.
        case ("suse.com/sles", 16...), ("opensuse.org/opensuse", 16..<42): return [v2()]
        default: return []
        }
    }

    private static func windowsRequirements(_ version: String) -> [OSRequirement] {
        let newer = ["popcnt", "sse4.2"]
        switch version {
        case "2k12r2", "2k16", "2k19", "2k22": return [windows()]
        case "8.1", "10": return [windows(doubt: "a 32-bit edition needs only nx, and the id does not tell")]
        case "2k25": return [OSRequirement(name: "Windows Server 2025", features: ["cx16", "lahf_lm", "nx"] + newer)]
        case "11":
            // From build 26100 it does not boot without.
            return [
                windows(),
                OSRequirement(
                    name: "Windows 11 24H2", features: newer, doubt: "earlier releases do not, and the id does not tell"),
            ]
        default: return []
        }
    }
}
