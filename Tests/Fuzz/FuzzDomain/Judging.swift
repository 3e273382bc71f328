import DomainXML
import Fuzzing
import Hosts
import Lint

/// What is asked for: a target, by whom, for which hosts.
struct Judging {
    let purpose: Judge.Purpose
    let judge: Judge

    init(_ choice: Int) {
        purpose = choice & 0x80 == 0 ? .rewrite : .check
        judge = Self.judges[choice & 0xff]
    }

    private static let targets: [Target] = [
        .hostModelOnly, .hostModel, .hostPassthrough, .maximum, .hypervisorDefault, .baseline, .pin, .keep,
        .model(ModelTarget(model: "Haswell")),
        .model(
            ModelTarget(
                model: "Skylake-Server-IBRS", fallback: .forbid, vendor: "Intel",
                features: [TargetFeature(name: "pcid", policy: .require), TargetFeature(name: "hle", policy: .disable)])),
    ]

    /// Made once: the hosts' answers are kept by them, which must change nothing.
    private static let judges: [Judge] = (0..<256).map { choice in
        var overrides = Overrides()
        overrides.target = targets[(choice & 0x0f) % targets.count]
        overrides.isNewGuest = choice & 0x10 != 0
        return Judge(
            policy: Policy(), hosts: choice & 0x20 == 0 ? [host] : [], targetHosts: choice & 0x40 == 0 ? nil : [host],
            overrides: overrides, purpose: choice & 0x80 == 0 ? .rewrite : .check)
    }

    private static let host: Host = {
        let capabilities = """
            <capabilities><host><cpu><arch>x86_64</arch><model>Skylake-Server-IBRS</model><vendor>Intel</vendor>
            <feature name='ssbd'/><feature name='md-clear'/><feature name='invtsc'/></cpu></host></capabilities>
            <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-7.2</machine>
            <arch>x86_64</arch><cpu><mode name='host-passthrough' supported='yes'/><mode name='maximum' supported='yes'/>
            <mode name='host-model' supported='yes'><model fallback='forbid'>Skylake-Server-IBRS</model>
            <vendor>Intel</vendor><feature policy='require' name='ssbd'/><feature policy='disable' name='hle'/></mode>
            <mode name='custom' supported='yes'><model usable='yes' vendor='unknown'>qemu64</model>
            <model usable='yes' vendor='Intel'>Haswell-noTSX</model><model usable='no' vendor='Intel'>Haswell</model>
            <model usable='no' vendor='Intel'>Skylake-Server-IBRS</model>
            <blockers model='Haswell'><feature name='hle'/><feature name='rtm'/></blockers>
            <blockers model='Skylake-Server-IBRS'><feature name='hle'/></blockers></mode></cpu></domainCapabilities>
            """
        do { return try Host(capabilities: Array(capabilities.utf8), file: "hv01.xml") } catch { broken("a host", "\(error)") }
    }()
}

/// How long the pieces are in which the stream comes.
struct Cuts {
    private let sizes: [Int]
    private var turn = 0

    init(_ choice: Int) {
        let patterns = [[1], [2, 3], [7], [1, 100], [64], [5, 4096], [333], [1000, 1]]
        sizes = patterns[choice % patterns.count]
    }

    mutating func next() -> Int {
        turn += 1
        return sizes[turn % sizes.count]
    }
}
