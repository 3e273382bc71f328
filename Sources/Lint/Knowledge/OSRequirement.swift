/// Features that an operating system requires of its processor, by the system's libosinfo id.
///
/// osinfo-db has no such data, so it is kept here, each entry with its source. Versions are compared as numbers:
/// `rhel/1` is a prefix of `rhel/10.0` but not the same release, and openSUSE 42 is older than openSUSE 15.
struct OSRequirement: Sendable {
    /// What requires the features, for the message: `x86-64-v2`.
    var name: String
    /// In libvirt's names.
    var features: [String]
    /// Why the id does not tell whether the system requires the features; nil when it does tell.
    var doubt: String?
}

extension OSRequirement {
    private static func v2(doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: "x86-64-v2", features: ISALevel.v2, doubt: doubt)
    }

    private static func v3(doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: "x86-64-v3", features: ISALevel.v3, doubt: doubt)
    }

    /// What 64-bit Windows requires since 8.1 and Server 2012 R2 (Microsoft, "Hardware requirements for Windows
    /// Server"). Windows requires PREFETCHW too, but not all Intel processors that it runs on set a CPUID bit for it.
    private static func windows(doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: "the CPU features for 64-bit Windows", features: ["cx16", "lahf_lm", "nx"], doubt: doubt)
    }

    /// The requirements of a 64-bit system, the certain ones first. Empty for a system that runs on any 64-bit
    /// processor, and for an unknown one.
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
        // RHEL 9: release notes of 9.5, "Architectures". RHEL 10: merge request 3972 of the CentOS Stream 9 kernel.
        // CentOS Stream and Rocky have the same requirements (rocky-linux/documentation#745).
        case ("redhat.com/rhel", 9), ("centos.org/centos-stream", 9), ("rockylinux.org/rocky", 9),
            ("almalinux.org/almalinux", 9):
            return [v2()]
        case ("redhat.com/rhel", 10...), ("centos.org/centos-stream", 10...), ("rockylinux.org/rocky", 10...):
            return [v3()]
        // AlmaLinux 10 is also built for x86-64-v2, with the same id (ALESCo minutes, 2024-07-24).
        case ("almalinux.org/almalinux", 10...), ("almalinux.org/almalinux-kitten", 10...):
            return [v2(), v3(doubt: "AlmaLinux also has an x86-64-v2 build, and the libosinfo id does not tell which build this is")]
        case ("oracle.com/ol", 9): return [v2(doubt: "Oracle does not state this for every kernel that it ships")]
        case ("oracle.com/ol", 10...): return [v3(doubt: "Oracle does not state this for every kernel that it ships")]
        case ("miraclelinux.com/miraclelinux", 9): return [v2(doubt: "assumed because it is built from RHEL 9")]
        // SUSE, "Key Differences Between SLE 15 and 16". openSUSE 42 is older than 15.
        case ("suse.com/sles", 16...), ("opensuse.org/opensuse", 16..<42): return [v2()]
        default: return []
        }
    }

    private static func windowsRequirements(_ version: String) -> [OSRequirement] {
        let newer = ["popcnt", "sse4.2"]
        switch version {
        case "2k12r2", "2k16", "2k19", "2k22": return [windows()]
        case "8.1", "10": return [windows(doubt: "a 32-bit edition needs only nx, and the libosinfo id does not tell the edition")]
        case "2k25": return [OSRequirement(name: "the CPU features for Windows Server 2025", features: ["cx16", "lahf_lm", "nx"] + newer)]
        case "11":
            // Windows 11 24H2 (build 26100) and later do not boot without these features.
            return [
                windows(),
                OSRequirement(
                    name: "the CPU features for Windows 11 24H2", features: newer, doubt: "earlier releases of Windows 11 do not need them, and the libosinfo id does not tell the release"),
            ]
        default: return []
        }
    }
}
