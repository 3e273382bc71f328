import Lint

/// The rules of released versions. A rule is added here when a version with it is released.
enum ReleasedRules {
    static let severities: [String: Severity] = [
        "cpu-not-default": .warning, "host-passthrough": .warning, "hypervisor-default": .warning,
        "emulated-host-cpu": .error, "host-incompatible": .error, "model-not-usable": .warning, "unknown-model": .error,
        "unknown-feature": .error, "unknown-vendor": .error, "versioned-model": .note, "deprecated-model": .warning,
        "fallback-allow": .note, "check-none": .note, "windows-cpu-change": .error, "guest-cpu-change": .note,
        "windows-unstable-cpu": .warning, "windows-rewrite-withheld": .warning, "windows-sockets": .warning,
        "migration-blocker": .warning, "unsafe-feature": .warning, "missing-mitigation": .warning,
        "guest-isa-level": .error, "duplicate-feature": .error, "invalid-cpu": .error, "redundant-feature": .note,
        "topology-vcpus": .error, "commandline-cpu": .warning, "live-definition": .note, "weak-host-model": .note,
        "cross-vendor-model": .note, "suppression": .warning,
    ]
}
