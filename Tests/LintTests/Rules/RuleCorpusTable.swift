/// Each reason is a fact about libvirt (cpu_conf.c, qemu_validate.c, qemu_domain.c, the CPU map), about QEMU's models, or a
/// requirement of Microsoft or a distribution. None is derived from what virt-cpu reports.
extension RuleCorpus {
    static let all = words + names + hosts + policies + windows + habits

    /// The domain capabilities of a host with an EPYC-Rome.
    private static let amd = ["domaincapsdata/qemu_8.1.0.x86_64.xml"]
    /// The capabilities of a host with a Skylake-Server.
    private static let intel = ["Examples/hosts/hv01.capabilities.xml"]

    private static let mitigations = ["spec-ctrl", "ssbd", "stibp", "md-clear"].map { "    <feature policy='require' name='\($0)'/>\n" }.joined()

    /// Definitions that libvirt's parser or its QEMU driver refuses.
    private static let words = [
        RuleCorpus(
            rule: "invalid-cpu",
            bad: [
                Sample("cpu-cache-emulate-l2", "QEMU can emulate only level 3"),
                Sample("cpu-cache-passthrough3", "cache passthrough needs the host's CPU"),
                Sample("cpu-host-model-kvm", "migratable applies only to host-passthrough and maximum", ("mode='host-model'", "mode='host-model' migratable='on'")),
                Sample("cpu-Haswell", "a vendor_id has twelve characters", ("<model fallback", "<model vendor_id='short' fallback")),
            ],
            good: [
                Sample("cpu-cache-emulate-l3", "QEMU can emulate level 3"),
                Sample("genericxml2xmlindata/cpu-cache-passthrough", "cache passthrough under host-passthrough"),
                Sample("cpu-phys-bits-emulate2", "bits belong to mode='emulate'"),
                Sample("cpu-Haswell", "a vendor_id of twelve characters", ("<model fallback", "<model vendor_id='KVMKVMKVMKVM' fallback")),
            ]),
        RuleCorpus(
            rule: "duplicate-feature",
            bad: [
                Sample("cpu-Haswell2", "hle is listed twice", ("'rtm'", "'hle'")),
                Sample("cpu-nofallback", "fsrm is listed twice", ("'erms'", "'fsrm'")),
                Sample("cpu-host-passthrough-features", "abm is listed twice, under host-passthrough", ("'invtsc'", "'abm'")),
            ],
            good: [
                Sample("cpu-Haswell2", "hle and rtm are two features"),
                Sample("cpu-nofallback", "every feature is listed once"),
                Sample("cpu-Haswell2", "libvirt compares the names, and these are two names", ("'hle'", "'sse4.1'"), ("'rtm'", "'sse4_1'")),
            ]),
        RuleCorpus(
            rule: "topology-vcpus",
            bad: [
                Sample("cpu:x86_64-Haswell", "the topology has 4 vCPUs, the guest 6"),
                Sample("cpu:x86_64-guest", "the topology has 8 vCPUs, the guest 6"),
                Sample("cpu-topology1", "3 × 2 is not 8", (">6</vcpu>", ">8</vcpu>")),
            ],
            good: [
                Sample("cpu-topology1", "3 × 2 is the maximum, although only one vCPU is plugged in"),
                Sample("cpu-topology3", "the topology matches <vcpu>"),
                Sample("Examples/numa", "the topology matches <vcpu>; the NUMA cells do not matter"),
            ]),
    ]

    /// Names that libvirt's CPU map does not have.
    private static let names = [
        RuleCorpus(
            rule: "unknown-model",
            bad: [
                Sample("cpu:x86_64-bogus-model", "libvirt's own test with an unknown model"),
                Sample("cpu-Haswell", "a misspelt name", (">Haswell<", ">Haswel<")),
                Sample(
                    "default-video-type-ppc64", "there is no such POWER model, and libvirt compares it",
                    ("<cpu mode='host-passthrough'/>", "<cpu mode='custom' match='exact'><model>POWER99</model></cpu>")),
            ],
            good: [
                Sample("usb-controller-default-g3beige.ppc64-latest", "libvirt wrote this model for the board, and compares nothing"),
                Sample("usb-controller-default-mac99.ppc64-latest", "libvirt wrote this model for the board, and compares nothing"),
                Sample("aarch64-video-default", "the CPU map has no Arm models"),
                Sample("cpu-s390-features", "the CPU map has no s390x models"),
                Sample("cpu-translation", "a known model, under emulation"),
                Sample(
                    "default-video-type-ppc64", "a legacy name",
                    ("<cpu mode='host-passthrough'/>", "<cpu mode='custom' match='exact'><model>POWER7_v2.1</model></cpu>")),
            ]),
        RuleCorpus(
            rule: "unknown-feature",
            bad: [
                Sample("cpu:x86_64-bogus-feature", "libvirt's own test with an unknown feature"),
                Sample("cpu-Haswell2", "QEMU's name differs from libvirt's", ("'hle'", "'sse4_1'")),
                Sample("cpu-nofallback", "a misspelt name", ("'fsrm'", "'fsmr'")),
            ],
            good: [
                Sample("cpu-Haswell2", "known features"),
                Sample("aarch64-features-sve", "only QEMU knows the features of Arm"),
                Sample("cpu-s390-features", "only QEMU knows the features of s390x"),
                Sample("cpu:x86_64-cpuid-Core-i7-5600U-guest", "libvirt decoded these features from a processor"),
            ]),
        RuleCorpus(
            rule: "unknown-vendor",
            bad: [
                Sample("cpu:x86_64-bogus-vendor", "libvirt's own test with an unknown vendor"),
                Sample("cpu:x86_64-pentium3-amd", "the string that CPUID returns is not libvirt's name", (">AMD<", ">AuthenticAMD<")),
                Sample("cpu:x86_64-baseline-features-result", "upper and lower case differ", (">Intel<", ">intel<")),
            ],
            good: [
                Sample("cpu:x86_64-pentium3-amd", "a known vendor, although not the model's"),
                Sample("cpu:x86_64-baseline-features-result", "Intel is a known vendor"),
                Sample("cpu:x86_64-cpuid-Hygon-C86-7185-32-core-guest", "Hygon is a known vendor"),
            ]),
        RuleCorpus(
            rule: "versioned-model",
            bad: [
                Sample("cpu-Haswell", "the versioned name of Haswell", (">Haswell<", ">Haswell-v1<")),
                Sample("cpu-nofallback", "the second version of EPYC-Milan", (">EPYC-Milan<", ">EPYC-Milan-v2<")),
                Sample("cpu-Icelake-Server-pconfig", "a versioned name, although nothing is compared", (">Icelake-Server<", ">Icelake-Server-v4<")),
            ],
            good: [
                Sample("cpu-Haswell", "the unversioned name"),
                Sample("cpu-Haswell", "by the policy, every libvirt is new enough", (">Haswell<", ">Haswell-v1<")).with(policy: "{default: keep, libvirt: '10.10'}"),
                Sample("cpu-Haswell", "by its domain capabilities, the host's libvirt is new enough", (">Haswell<", ">Haswell-v1<")).on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
                Sample("aarch64-video-default", "the rule applies only to x86"),
            ]),
    ]

    /// Findings that depend on the hosts.
    private static let hosts = [
        RuleCorpus(
            rule: "host-incompatible", hosts: amd,
            bad: [
                Sample("cpu-Haswell", "an EPYC-Rome has no pcid, erms, invpcid, hle and rtm"),
                Sample("cpu:x86_64-Haswell-noTSX", "even without TSX, an EPYC-Rome lacks features"),
                Sample("cpu:x86_64-baseline-features-result", "libvirt compares <vendor>"),
                Sample("aarch64-features-sve", "no host has this architecture"),
            ],
            good: [
                Sample("cpu-nofallback", "every feature that blocks EPYC-Milan is disabled"),
                Sample("cpu-host-passthrough", "host-passthrough starts on every host"),
                Sample("cpu-no-removed-features", "QEMU calls core2duo unusable, but by the CPU map the host has all its features"),
                Sample("cpu-Icelake-Server-pconfig", "libvirt compares nothing"),
                Sample("cpu-Haswell", "no host is named").on(),
            ]),
        RuleCorpus(
            rule: "model-not-usable", hosts: amd,
            bad: [
                Sample("cpu-no-removed-features", "core2duo has ss, which KVM does not give"),
                Sample("cpu-Icelake-Server-pconfig", "it starts, because libvirt compares nothing"),
                Sample("cpu:x86_64-exact-force-Haswell", "it starts, because the features are forced"),
            ],
            good: [
                Sample("cpu-Haswell", "it does not start, so host-incompatible reports it"),
                Sample("cpu-nofallback", "every feature that blocks the model is disabled"),
                Sample("cpu-no-removed-features", "a usable model", (">core2duo<", ">EPYC-IBPB<")),
                Sample("cpu-host-model-kvm", "host-model names no model"),
            ]),
        RuleCorpus(
            rule: "deprecated-model", hosts: ["domaincapsdata/qemu_7.0.0.x86_64.xml"],
            bad: [
                Sample("cpu-Haswell", "QEMU 5.2 deprecated Icelake-Client", (">Haswell<", ">Icelake-Client<")),
                Sample("cpu:x86_64-Haswell-noTSX", "QEMU 5.2 deprecated Icelake-Client-noTSX", (">Haswell-noTSX<", ">Icelake-Client-noTSX<")),
                Sample("cpu-Icelake-Server-pconfig", "a deprecated model, although nothing is compared", (">Icelake-Server<", ">Icelake-Client<")),
            ],
            good: [
                Sample("cpu-Icelake-Server-pconfig", "Icelake-Server is not deprecated"),
                Sample("cpu-Haswell", "an old model that is not deprecated"),
                Sample("cpu-Haswell", "QEMU 8.1 has removed the model, and marks nothing", (">Haswell<", ">Icelake-Client<")).on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
                Sample("cpu-Haswell", "no host is named", (">Haswell<", ">Icelake-Client<")).on(),
            ]),
        RuleCorpus(
            rule: "deprecated-machine",
            bad: [
                Sample("cpu-Haswell", "QEMU 10.1 deleted it", ("machine='pc'", "machine='pc-i440fx-2.4'")),
                Sample("cpu-Haswell", "QEMU 11.1 does not have it", ("machine='pc'", "machine='pc-q35-5.1'")),
                Sample("cpu-Haswell", "QEMU 10.0 marks it", ("machine='pc'", "machine='pc-q35-7.0'"))
                    .on("domaincapsdata/qemu_10.0.0-q35.x86_64+amdsev.xml"),
            ],
            good: [
                Sample("cpu-Haswell", "an alias is the newest machine type"),
                Sample("cpu-Haswell", "a deprecated machine type, but the hosts are not known", ("machine='pc'", "machine='pc-q35-8.0'")),
                Sample("cpu-Haswell", "QEMU 10.0 does not mark it yet", ("machine='pc'", "machine='pc-q35-7.1'"))
                    .on("domaincapsdata/qemu_10.0.0-q35.x86_64+amdsev.xml"),
                Sample("cpu-Haswell", "a distribution's own name", ("machine='pc'", "machine='pc-q35-rhel8.0.0'")),
                Sample("cpu-Haswell", "the host's QEMU still has it unmarked", ("machine='pc'", "machine='pc-i440fx-4.2'"))
                    .on("domaincapsdata/qemu_7.2.0.x86_64.xml"),
            ]),
        RuleCorpus(
            rule: "missing-mitigation", hosts: intel,
            bad: [
                Sample("cpu-Haswell", "the guest lacks spec-ctrl, ssbd, stibp and md-clear"),
                Sample("cpu-Haswell2", "the guest lacks the same controls without TSX"),
                Sample("Examples/debian12", "the -IBRS variant has spec-ctrl, but not the other controls"),
            ],
            good: [
                Sample("cpu-host-model-kvm", "host-model has the controls"),
                Sample("cpu-Haswell", "no host is named").on(),
                Sample("cpu-translation", "the rule does not apply to emulation"),
                Sample("firmware-auto-efi.x86_64-latest", "the hypervisor's default, which hypervisor-default reports"),
                Sample("cpu-Haswell2", "the guest requires all four controls", ("    <feature policy='disable' name='hle'/>", mitigations)),
            ]),
        RuleCorpus(
            rule: "cross-vendor-model", hosts: amd,
            bad: [
                Sample("Examples/win-noid", "an Intel model on an AMD host"),
                Sample("cpu-no-removed-features", "an Intel model on an AMD host, where it starts"),
                Sample("cpu-no-removed-features.x86_64-latest", "the same with fallback='allow'"),
            ],
            good: [
                Sample("cpu-Haswell", "an Intel model with features that the AMD host lacks: host-incompatible names the vendors"),
                Sample("cpu-nofallback", "an AMD model on an AMD host"),
                Sample("cpu:x86_64-baseline-features-result", "the guest has a <vendor>, which libvirt compares"),
                Sample("cpu:x86_64-baseline-no-vendor-result", "kvm64 has no vendor"),
                Sample("cpu-host-passthrough", "host-passthrough names no model"),
            ]),
        RuleCorpus(
            rule: "weak-host-model", hosts: ["Examples/hosts/hv01.capabilities.xml|kvm64"],
            bad: [
                Sample("cpu-host-model-kvm", "host-model is based on kvm64"),
                Sample("cpu-Haswell", "the guest has kvm64 itself", (">Haswell<", ">kvm64<")),
                Sample("cpu-host-model-kvm", "the signature of a Skylake, but the features of a Penryn").on("Examples/hosts/hv01.capabilities.xml|Penryn"),
            ],
            good: [
                Sample("cpu-host-model-kvm", "a complete Skylake-Server").on("Examples/hosts/hv01.capabilities.xml"),
                Sample("cpu-host-model-kvm", "only TSX is missing, which is common").on("Examples/hosts/hv01.capabilities.xml|Skylake-Server-noTSX-IBRS"),
                Sample("cpu-Haswell", "the guest's CPU does not come from the host"),
                Sample("cpu-host-model-tcg", "the guest is emulated"),
            ]),
        RuleCorpus(
            rule: "migration-blocker", policy: "{default: keep, migration: true}",
            bad: [
                Sample("cpu:x86_64-cpuid-Core-i7-5600U-guest", "invtsc without a fixed frequency"),
                Sample("cpu-host-model-features", "invtsc without a fixed frequency, under host-model", ("policy='disable' name='invtsc'", "policy='require' name='invtsc'")),
                Sample("cpu-host-passthrough", "migratable='off'", ("mode='host-passthrough'", "mode='host-passthrough' migratable='off'")),
                Sample("cpu:x86_64-cpuid-Core-i7-5600U-guest", "guests do not migrate, but cannot be saved either").with(policy: "{default: keep, migration: false}"),
            ],
            good: [
                Sample(
                    "cpu:x86_64-cpuid-Core-i7-5600U-guest", "the frequency is fixed",
                    ("<clock offset='utc'/>", "<clock offset='utc'><timer name='tsc' frequency='2095077000'/></clock>")),
                Sample("cpu-host-model-features", "invtsc is disabled"),
                Sample("cpu-host-passthrough", "migratable='on' is the default"),
            ]),
    ]

    /// Findings that depend on the policy or on the meaning of defaults.
    private static let policies = [
        RuleCorpus(
            rule: "cpu-not-default", policy: "default: host-model",
            bad: [
                Sample("cpu-Haswell", "a model instead of host-model"),
                Sample("cpu-host-passthrough", "host-passthrough instead of host-model"),
                Sample("firmware-auto-efi", "no <cpu> instead of host-model"),
            ],
            good: [
                Sample("cpu-host-model-kvm", "the guest has host-model"),
                Sample("cpu-phys-bits-emulate2", "the guest has host-model; maxphysaddr does not matter"),
                Sample("libxlxml2domconfigdata/moredevs-hvm", "Xen guests are not rewritten"),
                Sample("Examples/win11", "a Windows guest keeps its CPU; windows-rewrite-withheld reports it"),
                Sample("qemustatusxml2xmldata/migration-out-nbd-bitmaps-in", "a running guest is never rewritten"),
            ]),
        RuleCorpus(
            rule: "hypervisor-default",
            bad: [
                Sample("firmware-auto-efi", "no <cpu>"),
                Sample("firmware-auto-efi.x86_64-latest", "what libvirt writes for no <cpu>"),
                Sample("cpu-topology1", "only a topology"),
                Sample("aarch64-virt-minimal", "the default is cortex-a15, although QEMU has max"),
                Sample("cpu-exact1", "qemu64, which the definition names"),
            ],
            good: [
                Sample("default-video-type-s390x", "under KVM on s390x, the default is the host's CPU"),
                Sample("ppc64-default-cpu-kvm-pseries-3.1", "under KVM on ppc64, the default is the host's CPU"),
                Sample("sparc-minimal", "the machine type decides about the CPU of an SS-5"),
                Sample("ppc64-pseries-minimal", "QEMU has no max CPU for ppc64"),
                Sample("cpu-host-model-kvm", "host-model"),
                Sample("libxlxml2domconfigdata/moredevs-hvm", "the default of Xen is the host's CPU"),
            ]),
        RuleCorpus(
            rule: "emulated-host-cpu",
            bad: [
                Sample("cpu-host-model-tcg", "QEMU emulates another CPU than the host's"),
                Sample("Examples/emulated", "QEMU emulates another CPU than the host's"),
                Sample("cpu-host-passthrough", "libvirt refuses to start it", ("type='kvm'", "type='qemu'")),
            ],
            good: [
                Sample("cpu-host-model-kvm", "KVM uses the host's CPU"),
                Sample("cpu-host-passthrough", "KVM uses the host's CPU"),
                Sample("cpu-check-default-none2", "a named model"),
                Sample("Examples/emulated", "maximum states what the guest gets", ("host-model", "maximum")),
            ]),
        RuleCorpus(
            rule: "host-passthrough",
            bad: [
                Sample("cpu-host-passthrough", "host-passthrough on x86"),
                Sample("cpu-host-kvmclock", "host-passthrough on x86, with other clocks"),
                Sample("default-video-type-ppc64", "host-passthrough on ppc64"),
                Sample("cpu-host-passthrough", "under KVM, maximum is nearly the same", ("host-passthrough", "maximum")),
            ],
            good: [
                Sample("aarch64-features-sve", "on Arm, host-passthrough is the normal choice"),
                Sample("Examples/aarch64", "on Arm, host-passthrough is the normal choice"),
                Sample("Examples/gpu-passthrough", "a comment suppresses the finding"),
                Sample("cpu-host-model-kvm", "host-model"),
                Sample("cpu-host-passthrough", "the policy switches the rule off", ("type='kvm'", "type='kvm'")).with(policy: "{default: keep, rules: {host-passthrough: off}}"),
            ]),
        RuleCorpus(
            rule: "guest-isa-level",
            bad: [
                Sample("Examples/rhel9", "RHEL 9 is built for x86-64-v2, and qemu64 has only x86-64-v1"),
                Sample("x86_64-pc-graphics", "SLES 16 is built for x86-64-v2", ("fedoraproject.org/fedora/29", "suse.com/sles/16.0")),
                Sample("x86_64-q35-graphics", "RHEL 10 is built for x86-64-v3", ("fedoraproject.org/fedora/29", "redhat.com/rhel/10.0")),
            ],
            good: [
                Sample("Examples/debian12", "Debian runs on every x86-64 CPU"),
                Sample("x86_64-pc-graphics", "Fedora runs on every x86-64 CPU"),
                Sample("x86_64-pc-graphics", "Tumbleweed runs on every x86-64 CPU", ("fedoraproject.org/fedora/29", "opensuse.org/opensuse/tumbleweed")),
                Sample("Examples/rhel9", "host-model has the features", ("  <clock", "  <cpu mode='host-model'/>\n  <clock")),
                Sample("s390x-ccw-headless", "the rule applies only to x86", ("fedoraproject.org/fedora/29", "redhat.com/rhel/9.1")),
            ]),
        RuleCorpus(
            rule: "unsafe-feature",
            bad: [
                Sample("cpu-Haswell", "the model includes hle and rtm"),
                Sample("cpu-Haswell3", "rtm is required"),
                Sample("cpu-Icelake-Server-pconfig", "Icelake-Server includes hle and rtm"),
            ],
            good: [
                Sample("cpu-Haswell2", "hle and rtm are disabled"),
                Sample("cpu:x86_64-Haswell-noTSX", "the -noTSX variant"),
                Sample("cpu-translation", "microcode does not affect emulation"),
                Sample("cpu-nofallback", "AMD models never had TSX"),
            ]),
        RuleCorpus(
            rule: "redundant-feature",
            bad: [
                Sample("cpu:x86_64-baseline-features-expanded", "Westmere with all its features listed"),
                Sample("cpu:x86_64-Haswell-noTSX-nofallback", "Haswell has aes", ("</cpu>", "<feature policy='require' name='aes'/></cpu>"), (" cores='2' threads='2'", " cores='3' threads='2'")),
                Sample("cpu-Haswell2", "Haswell does not have svm", ("'hle'", "'svm'")),
            ],
            good: [
                Sample("cpu-Haswell2", "Haswell has hle and rtm"),
                Sample("cpu-Haswell3", "Haswell has rtm, but unsafe-feature says to disable it"),
                Sample("cpu-Haswell2", "QEMU's Haswell has f16c, although libvirt's does not", ("'hle'", "'f16c'")),
                Sample("cpu-nofallback", "KVM switches svm off in AMD models", ("policy='disable' name='erms'", "policy='require' name='svm'")),
                Sample("cpu-exact1", "qemu64 has the features that are disabled"),
            ]),
    ]
}
