/// Features that an update of microcode, a kernel, QEMU or libvirt takes away from guests, with the date and the source.
struct RemovableFeature: Sendable {
    /// The guests that the fact concerns.
    enum Scope: Sendable, Equatable {
        case all
        /// Guests on AMD's processors.
        case amd
        /// Guests on Zen 5, family 26.
        case zen5
    }

    var names: [String]
    var scope: Scope
    /// What took the features away, and when, in words.
    var events: String
    /// Where this is from.
    var source: String

    /// One line for a finding.
    var line: String { "\(names.joined(separator: ", ")): \(events) [\(source)]" }

    /// One paragraph of Markdown, for the explanation of the rule.
    var paragraph: String {
        names.map { "`\($0)`" }.joined(separator: ", ") + ": \(events). Source: \(source)."
    }

    /// The facts. Last looked at on 2026-11-29.
    static let all = [
        RemovableFeature(
            names: ["hle", "rtm"], scope: .all,
            events: """
                since 2019-11 (TSX asynchronous abort, CVE-2019-11135) Linux switches TSX off by default where the processor \
                lets it, since 7.0 (2026-04) only on processors that are affected, and updates of microcode of 2021 switch it \
                off on Skylake to Coffee Lake
                """,
            source: "Linux, hw-vuln/tsx_async_abort and commit f8c7600d468b; Intel, article 000059422"),
        RemovableFeature(
            names: ["mpx"], scope: .all,
            events: """
                Intel's processors since Ice Lake lack MPX, Linux 5.6 (2020-03) kept it only for guests, and QEMU and libvirt \
                have taken it out of most models; libvirt 9.0 still requires it of Skylake, Cascadelake and Icelake, and 11.3 \
                of these only of Icelake-Client
                """,
            source: "Intel, article 000059823; Linux, commit 45fc24e89b7c; libvirt, src/cpu_map of 9.0 and 11.3"),
        RemovableFeature(
            names: ["rdseed"], scope: .zen5,
            events: "since 2025-10 Linux switches RDSEED off on Zen 5 processors without the microcode that corrects it "
                + "(CVE-2025-62626); in 2025-11 there was such microcode for more models",
            source: "AMD-SB-7055; Linux, commits 607b9fb2ce24 and e1a97a627cd0"),
        RemovableFeature(
            names: ["arch-capabilities"], scope: .amd,
            events: "AMD's processors do not have it, KVM makes it up, and Windows can crash on it; QEMU 10.1 (2025-08) no "
                + "longer gives it to guests with new machine types",
            source: "QEMU, commits d3a24134e37d (\"do not expose ARCH_CAPABILITIES on AMD CPU\") and e9efa4a77168"),
    ]

    /// The names of the features that are at risk on all hosts.
    static let everywhere = all.filter { $0.scope == .all }.flatMap(\.names)

    /// The fact about a feature; nil if there is none.
    static func named(_ name: String) -> RemovableFeature? { all.first { $0.names.contains(name) } }
}
