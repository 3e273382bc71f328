import LibvirtWords

/// Words of QEMU, Proxmox and CPUID that stand where libvirt wants a name of its own, and how libvirt says the same.
enum ForeignWord {
    /// What a word in `<model>` means in libvirt; nil for other words.
    ///
    /// - Parameter isEmulated: QEMU emulates the processor, so that the host's cannot be passed through.
    static func model(_ name: String, isEmulated: Bool) -> String? {
        let word = name.lowercased()
        switch word {
        case "host", "host-passthrough", "passthrough", "native":
            return isEmulated
                ? "an emulated guest cannot have the host's CPU: use <cpu mode='maximum'/>"
                : "use <cpu mode='host-passthrough'/>, which gives the guest the host's own CPU, without a <model>"
        case "host-model": return "use <cpu mode='host-model'/> without a <model>"
        case "max", "maximum": return "use <cpu mode='maximum'/> without a <model>"
        default: break
        }
        if let level = levels[word] {
            return "x86-64 levels are no models of libvirt: \(level); Proxmox makes such models of qemu64 and a list of features"
        }
        if let comma = name.firstIndex(of: ",") {
            if let base = model(String(name[..<comma]), isEmulated: isEmulated) { return base + ", with a <feature> for each of the others" }
            return "QEMU's list of features does not belong here: write <model>\(name[..<comma])</model>, and a <feature> for "
                + "each of the others"
        }
        return nil
    }

    /// The oldest models with what Proxmox gives these (qemu-server, PVE/QemuServer/CPUConfig.pm; QEMU,
    /// docs/system/cpu-models-x86-abi.csv). Westmere is Nehalem with AES.
    private static let levels = [
        "x86-64-v1": "every 64-bit model has this one",
        "x86-64-v2": "the oldest model with this one is Nehalem",
        "x86-64-v2-aes": "the oldest model with this one and AES is Westmere",
        "x86-64-v3": "the oldest models with this one are Haswell-noTSX and EPYC",
        "x86-64-v4": "the oldest models with this one are Skylake-Server-noTSX-IBRS and EPYC-Genoa",
    ]

    /// What the string that CPUID returns means in `<vendor>`.
    static func vendor(_ name: String, is vendor: String) -> String {
        "use <vendor>\(vendor)</vendor> to run only on hosts of \(vendor); to choose the vendor that the guest sees, "
            + "use <model vendor_id='\(name)'> without a <vendor>"
    }

    /// How libvirt says what a word of QEMU's `-cpu` says; nil for the name of a feature, and for a word that is not known.
    ///
    /// - Parameter isFeature: whether libvirt has a feature of a name.
    static func feature(_ name: String, isFeature: (String) -> Bool) -> String? {
        let signed = signed(name), base = signed?.name ?? name
        if base.lowercased() == "kvm" {
            let hidden = "<features><kvm><hidden state='\(signed?.policy == "disable" ? "on" : "off")'/></kvm></features>"
            return "this is no feature in libvirt: use \(hidden)"
        }
        let word = base.lowercased().replacingEach("_", with: "-")
        let state = signed?.policy == "disable" ? "off" : "on"
        if let element = settings[word] ?? enlightenment(word) {
            let switched = element.replacingEach("STATE", with: state)
            // Where no state is part of it, the element stands for the word as a whole.
            let isSwitchable = element.includes("STATE") || state == "on"
            return "this is no feature in libvirt: " + (isSwitchable ? "use \(switched)" : "leave it out; it is \(switched) that turns it on")
        }
        guard let signed, isFeature(signed.name) else { return nil }
        return "use <feature policy='\(signed.policy)' name='\(signed.name)'/>"
    }

    /// libvirt's element for an enlightenment of Hyper-V, by QEMU's name (libvirt, docs/formatdomain, "Hypervisor features").
    private static func enlightenment(_ word: String) -> String? {
        guard word.hasPrefix("hv-") else { return nil }
        let name = String(word.dropFirst(3))
        let element: String
        switch name {
        case "time": return "<timer name='hypervclock' present='yes'/> in <clock>"
        case "passthrough": return "<features><hyperv mode='passthrough'/></features>"
        case "spinlocks": element = "<spinlocks state='STATE' retries='8191'/>"
        case "vendor-id": element = "<vendor_id state='STATE' value='…'/>"
        case "stimer-direct": element = "<stimer state='on'><direct state='STATE'/></stimer>"
        case "emsr-bitmap", "xmm-input": element = "<\(name.replacingEach("-", with: "_")) state='STATE'/>"
        case "relaxed", "vapic", "vpindex", "runtime", "synic", "stimer", "reset", "frequencies", "reenlightenment", "tlbflush", "ipi",
            "evmcs", "avic":
            element = "<\(name) state='STATE'/>"
        default: return nil
        }
        return "<features><hyperv>\(element)</hyperv></features>"
    }

    /// The policy and the name that QEMU's `+vmx`, `-vmx`, `vmx=on` and `vmx=off` mean; nil for a name without a sign.
    static func signed(_ name: String) -> (policy: String, name: String)? {
        for (sign, policy) in [("+", "require"), ("-", "disable")] where name.hasPrefix(sign) && name.count > 1 {
            return (policy, String(name.dropFirst()))
        }
        for (end, policy) in [("=on", "require"), ("=off", "disable")] where name.hasSuffix(end) && name.count > end.count {
            return (policy, String(name.dropLast(end.count)))
        }
        return nil
    }

    /// libvirt's elements for QEMU's properties that are no features, with STATE for `on` or `off` (libvirt, docs/formatdomain; QEMU, target/i386/cpu.c).
    private static let settings = [
        "kvm-pv-unhalt": "<features><pvspinlock state='STATE'/></features>",
        "pv-unhalt": "<features><pvspinlock state='STATE'/></features>",
        "pmu": "<features><pmu state='STATE'/></features>",
        "host-phys-bits": "<maxphysaddr mode='passthrough'/> in <cpu>",
        "phys-bits": "<maxphysaddr mode='emulate' bits='…'/> in <cpu>",
        "l3-cache": "<cache level='3' mode='emulate'/> in <cpu>",
        "host-cache-info": "<cache mode='passthrough'/> in <cpu>, under host-passthrough",
        "kvm-hint-dedicated": "<features><kvm><hint-dedicated state='STATE'/></kvm></features>",
        "kvm-poll-control": "<features><kvm><poll-control state='STATE'/></kvm></features>",
        "kvm-pv-ipi": "<features><kvm><pv-ipi state='STATE'/></kvm></features>",
        "kvmclock": "<timer name='kvmclock' present='yes'/> in <clock>",
        "migratable": "<cpu mode='host-passthrough' migratable='STATE'>",
        "enforce": "<cpu check='partial'>, under which libvirt itself compares the CPU with the host's",
    ]
}
