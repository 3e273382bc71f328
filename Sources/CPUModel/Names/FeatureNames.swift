extension X86Map {
    /// libvirt's name of a feature that QEMU calls `name`: the feature that has it as an alias, or `name` itself when
    /// no feature does.
    public func featureName(fromQEMU name: String) -> String {
        if feature(named: name) != nil { return name }
        return features.first { $0.aliases.contains { $0.source == "qemu" && $0.name == name } }?.name ?? name
    }

    /// libvirt's names by the names that Linux prints in `/proc/cpuinfo`, where the two differ by more than case and
    /// separators (Linux, arch/x86/include/asm/cpufeatures.h and vmxfeatures.h, matched by CPUID bit).
    static let kernelNames = [
        "constant_tsc": "invtsc", "nonstop_tsc": "invtsc",
        "tsc_deadline_timer": "tsc-deadline",
        "extd_apicid": "extapic",
        "dts": "ds",
        "lzcnt": "abm",
        "ibrs_enhanced": "ibrs-all",
        "cqm_occup_llc": "cmt", "cqm_mbm_total": "mbm_total", "cqm_mbm_local": "mbm_local",
        "ept": "vmx-ept", "ept_ad": "vmx-eptad", "vpid": "vmx-vpid", "flexpriority": "vmx-flexpriority",
        "unrestricted_guest": "vmx-unrestricted-guest", "pml": "vmx-pml", "posted_intr": "vmx-posted-intr",
        "shadow_vmcs": "vmx-shadow-vmcs", "invept": "vmx-invept", "invvpid": "vmx-invvpid",
    ]
}
