import CPUModel
import LibvirtWords

// osinfo-db (read as of 2026-05-17) has no such data, so it is kept here. Systems for which it has no id have no row: no
// definition can name openEuler or RHEL CoreOS. macOS is the exception, because guests are written with ids that osinfo-db
// lacks.
extension OSRequirementRow {
    static let all = enterpriseLinux + otherLinux + windows + others

    /// The row for an id such as `http://redhat.com/rhel/9.2`; nil for an unknown system.
    static func row(forOSInfoID id: String) -> OSRequirementRow? {
        guard let start = id.firstOccurrence(of: "://")?.upperBound else { return nil }
        let parts = id[start...].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return all.first { $0.product == "\(parts[0])/\(parts[1])" && $0.releases.contains(parts[2]) }
    }

    private static let enterpriseLinux = [
        row("redhat.com/rhel", .major(9...9), .level(.v2), source: "Red Hat Enterprise Linux 9.5 release notes, Architectures"),
        row("redhat.com/rhel", .since(10), .level(.v3), source: "CentOS Stream 9 kernel, merge request 3972"),
        // CentOS Stream becomes RHEL and Rocky Linux is built from RHEL: the merge request speaks of RHEL 9 and RHEL 10.
        row("centos.org/centos-stream", .major(9...9), .level(.v2), source: "CentOS Stream 9 kernel, merge request 3972"),
        row("centos.org/centos-stream", .since(10), .level(.v3), source: "CentOS Stream 9 kernel, merge request 3972"),
        row("rockylinux.org/rocky", .major(9...9), .level(.v2), source: "rocky-linux/documentation#745"),
        row("rockylinux.org/rocky", .since(10), .level(.v3), source: "CentOS Stream 9 kernel, merge request 3972"),
        row("almalinux.org/almalinux", .major(9...9), .level(.v2), source: "diegogslomp/samba-ad-dc#5", read: "2026-11-29"),
        row("almalinux.org/almalinux", .since(10), .level(.v2), .level(.v3, doubt: twoBuilds), source: alesco),
        row("almalinux.org/almalinux-kitten", .since(10), .level(.v2), .level(.v3, doubt: twoBuilds), source: alesco),
        row(
            "oracle.com/ol", .major(9...9), .level(.v2),
            source: "Oracle Linux 9.4, 9.5 and 9.6 release notes, Available Architectures; graalvm/container#94 (glibc's error)",
            read: "2026-11-30"),
        row(
            "oracle.com/ol", .since(10), .level(.v3),
            source: "Oracle Linux 10.0 and 10.1 release notes, Available Architectures", read: "2026-11-29"),
        row("miraclelinux.com/miraclelinux", .major(9...9), .level(.v2, doubt: rebuilt), source: "none found"),
        row("euro-linux.com/eurolinux", .major(9...9), .level(.v2, doubt: rebuilt), source: "none found", read: "2026-11-29"),
        row("cclinux.org/circle", .major(9...9), .level(.v2, doubt: rebuilt), source: "none found", read: "2026-11-29"),
        // The baseline of the next RHEL; it does not change for RHEL 11 (fedora-eln/eln#474).
        row(
            "fedoraproject.org/fedora", .named(["eln"]), .level(.v3),
            source: "fedora-eln/eln#83, decision of 2023-03-10", read: "2026-11-29"),
    ]

    private static let otherLinux = [
        row("suse.com/sles", .since(16), .level(.v2), source: "SUSE, Key Differences Between SLE 15 and 16"),
        // openSUSE 42 is older than 15.
        row(
            "opensuse.org/opensuse", .major(16...41), .level(.v2), source: "It's FOSS, openSUSE Leap 16 released",
            read: "2026-11-29"),
        // Fedora runs on every 64-bit processor, and so does Fedora CoreOS, which has its packages.
        row(
            "fedoraproject.org/coreos", .named(["stable", "testing", "next"]), source: "Fedora releng ticket 13310",
            read: "2026-11-29"),
    ]

    private static let windows = [
        // Microsoft's page begins with Server 2016.
        row("microsoft.com/win", .named(["2k16", "2k19", "2k22"]), .windows(), source: microsoft),
        row(
            "microsoft.com/win", .named(["2k12r2"]), .windows(), source: "OS/2 Museum, Windows 8.1 startup bugcheck 0xC4",
            read: "2026-11-29"),
        row(
            "microsoft.com/win", .named(["8.1", "10"]),
            .windows(doubt: "a 32-bit edition needs only nx, and the libosinfo id does not tell the edition"),
            source: "newbedev.com, Windows 10 64-bit requirements; Microsoft's page about Windows 8.1, as hebikuzure quotes it",
            read: "2026-11-29"),
        row(
            "microsoft.com/win", .named(["2k25"]),
            OSRequirement(name: "the CPU features for Windows Server 2025", features: windowsFeatures + newerWindowsFeatures),
            source: microsoft),
        // Windows 11 24H2 (build 26100) and later do not boot without these features.
        row(
            "microsoft.com/win", .named(["11"]), .windows(),
            OSRequirement(
                name: "the CPU features for Windows 11 24H2", features: newerWindowsFeatures,
                doubt: "earlier releases of Windows 11 do not need them, and the libosinfo id does not tell the release"),
            source: "reports about the builds 26052 (popcnt) and 26080 (sse4.2)"),
    ]

    private static let others = [
        // The page as it was at the time of Android 8 and 9. Today it demands no more than x86-64-v1 of programs.
        row(
            "android-x86.org/android-x86", .major(8...9),
            OSRequirement(
                name: "the CPU features of Android's x86_64 ABI", features: ["pni", "ssse3", "sse4.1", "sse4.2", "popcnt"],
                doubt: "a 32-bit image needs only SSSE3, and the libosinfo id does not tell which image this is"),
            source: "developer.android.com, Android ABIs, read in 2018", read: "2026-11-29"),
        row("apple.com/macos", .named(["10.14", "10.15"]), .macOS("sse4.1"), source: darwin, read: "2026-11-29"),
        row("apple.com/macosx", .named(["10.14", "10.15"]), .macOS("sse4.1"), source: darwin, read: "2026-11-29"),
        row("apple.com/macos", .major(11...12), .macOS("sse4.1"), source: darwin, read: "2026-11-29"),
        row("apple.com/macos", .since(13), .macOS("avx2"), source: darwin, read: "2026-11-29"),
    ]

    private static let twoBuilds = "AlmaLinux also has an x86-64-v2 build, and the libosinfo id does not tell which build this is"
    private static let rebuilt = "assumed because it is built from RHEL 9"
    private static let alesco = "AlmaLinux ALESCo minutes of 2024-07-24"
    private static let microsoft = "Microsoft, Hardware requirements for Windows Server"
    private static let darwin = "DarwinKVM, Requirements, 2025-12-16"

    private static func row(
        _ product: String, _ releases: Releases, _ requirements: OSRequirement..., source: String, read: String = "2026-11-22"
    ) -> OSRequirementRow {
        OSRequirementRow(product: product, releases: releases, requirements: requirements, source: source, read: read)
    }
}

/// What 64-bit Windows requires since 8.1 and Server 2012 R2. Windows requires PREFETCHW too, but not all Intel processors
/// that it runs on set a CPUID bit for it.
private let windowsFeatures = ["cx16", "lahf_lm", "nx"]
private let newerWindowsFeatures = ["popcnt", "sse4.2"]

extension OSRequirement {
    fileprivate static func windows(doubt: String? = nil) -> OSRequirement {
        OSRequirement(name: "the CPU features for 64-bit Windows", features: windowsFeatures, doubt: doubt)
    }

    fileprivate static func macOS(_ feature: String) -> OSRequirement {
        OSRequirement(
            name: "\(feature) for this release of macOS", features: [feature],
            doubt: "Apple does not publish this; it is what people report who run macOS on KVM")
    }
}

extension OSRequirement {
    /// The requirements of a 64-bit system, the certain ones first. Empty for a system that runs on any 64-bit
    /// processor, and for an unknown one.
    static func of(osinfoID id: String) -> [OSRequirement] { OSRequirementRow.row(forOSInfoID: id)?.requirements ?? [] }
}
