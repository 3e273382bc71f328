/// Rule by rule. The reasons are libvirt's own rules (cpu_conf.c, qemu_validate.c, qemu_domain.c, the CPU map), QEMU's
/// models, Microsoft's and the distributions' requirements; none is what virt-cpu happens to say.
extension RuleCorpus {
    static let all = words + names + hosts + policies + windows + habits

    /// EPYC-Rome, by its domain capabilities.
    private static let amd = ["domaincapsdata/qemu_8.1.0.x86_64.xml"]
    /// A Skylake-Server, by its capabilities.
    private static let intel = ["Examples/hosts/hv01.capabilities.xml"]

    private static let mitigations = ["spec-ctrl", "ssbd", "stibp", "md-clear"].map { "    <feature policy='require' name='\($0)'/>\n" }.joined()

    /// What libvirt's parser and QEMU validator refuse.
    private static let words = [
        RuleCorpus(
            rule: "invalid-cpu",
            speaks: [
                Sample("cpu-cache-emulate-l2", "QEMU can emulate level 3 only"),
                Sample("cpu-cache-passthrough3", "the host's caches need the host's CPU"),
                Sample("cpu-host-model-kvm", "migratable is for host-passthrough and maximum", ("mode='host-model'", "mode='host-model' migratable='on'")),
                Sample("cpu-Haswell", "a vendor_id has twelve characters", ("<model fallback", "<model vendor_id='short' fallback")),
            ],
            silent: [
                Sample("cpu-cache-emulate-l3", "level 3 can be emulated"),
                Sample("genericxml2xmlindata/cpu-cache-passthrough", "under host-passthrough"),
                Sample("cpu-phys-bits-emulate2", "bits go with mode='emulate'"),
                Sample("cpu-Haswell", "twelve characters", ("<model fallback", "<model vendor_id='KVMKVMKVMKVM' fallback")),
            ]),
        RuleCorpus(
            rule: "duplicate-feature",
            speaks: [
                Sample("cpu-Haswell2", "hle twice", ("'rtm'", "'hle'")),
                Sample("cpu-nofallback", "fsrm twice", ("'erms'", "'fsrm'")),
                Sample("cpu-host-passthrough-features", "in every mode", ("'invtsc'", "'abm'")),
            ],
            silent: [
                Sample("cpu-Haswell2", "hle and rtm"),
                Sample("cpu-nofallback", "each once"),
                Sample("cpu-Haswell2", "libvirt compares names, and takes these for two", ("'hle'", "'sse4.1'"), ("'rtm'", "'sse4_1'")),
            ]),
        RuleCorpus(
            rule: "topology-vcpus",
            speaks: [
                Sample("cpu:x86_64-Haswell", "4 of 6"),
                Sample("cpu:x86_64-guest", "8 of 6"),
                Sample("cpu-topology1", "3 × 2 is not 8", (">6</vcpu>", ">8</vcpu>")),
            ],
            silent: [
                Sample("cpu-topology1", "3 × 2, of which one is plugged in"),
                Sample("cpu-topology3", "no <vcpu> beyond what the topology makes"),
                Sample("Examples/numa", "sockets, cores, threads and NUMA cells"),
            ]),
    ]

    /// What libvirt's CPU map does not have.
    private static let names = [
        RuleCorpus(
            rule: "unknown-model",
            speaks: [
                Sample("cpu:x86_64-bogus-model", "libvirt's own test of it"),
                Sample("cpu-Haswell", "a slip", (">Haswell<", ">Haswel<")),
                Sample(
                    "default-video-type-ppc64", "no such POWER, and it is compared",
                    ("<cpu mode='host-passthrough'/>", "<cpu mode='custom' match='exact'><model>POWER99</model></cpu>")),
            ],
            silent: [
                Sample("usb-controller-default-g3beige.ppc64-latest", "libvirt wrote it, and compares nothing"),
                Sample("usb-controller-default-mac99.ppc64-latest", "the same"),
                Sample("aarch64-video-default", "the map has no Arm models"),
                Sample("cpu-s390-features", "nor those of s390x"),
                Sample("cpu-translation", "known, under emulation too"),
                Sample(
                    "default-video-type-ppc64", "a legacy name",
                    ("<cpu mode='host-passthrough'/>", "<cpu mode='custom' match='exact'><model>POWER7_v2.1</model></cpu>")),
            ]),
        RuleCorpus(
            rule: "unknown-feature",
            speaks: [
                Sample("cpu:x86_64-bogus-feature", "libvirt's own test of it"),
                Sample("cpu-Haswell2", "QEMU's name is none of libvirt's", ("'hle'", "'sse4_1'")),
                Sample("cpu-nofallback", "a slip", ("'fsrm'", "'fsmr'")),
            ],
            silent: [
                Sample("cpu-Haswell2", "known"),
                Sample("aarch64-features-sve", "Arm's are QEMU's business"),
                Sample("cpu-s390-features", "so are those of s390x"),
                Sample("cpu:x86_64-cpuid-Core-i7-5600U-guest", "what libvirt decoded from a processor"),
            ]),
        RuleCorpus(
            rule: "unknown-vendor",
            speaks: [
                Sample("cpu:x86_64-bogus-vendor", "libvirt's own test of it"),
                Sample("cpu:x86_64-pentium3-amd", "the CPUID string is no name", (">AMD<", ">AuthenticAMD<")),
                Sample("cpu:x86_64-baseline-features-result", "case counts", (">Intel<", ">intel<")),
            ],
            silent: [
                Sample("cpu:x86_64-pentium3-amd", "another vendor than the model's is a vendor"),
                Sample("cpu:x86_64-baseline-features-result", "Intel"),
                Sample("cpu:x86_64-cpuid-Hygon-C86-7185-32-core-guest", "Hygon"),
            ]),
        RuleCorpus(
            rule: "versioned-model",
            speaks: [
                Sample("cpu-Haswell", "Haswell by its versioned name", (">Haswell<", ">Haswell-v1<")),
                Sample("cpu-nofallback", "EPYC-Milan's second version", (">EPYC-Milan<", ">EPYC-Milan-v2<")),
                Sample("cpu-Icelake-Server-pconfig", "unchecked too", (">Icelake-Server<", ">Icelake-Server-v4<")),
            ],
            silent: [
                Sample("cpu-Haswell", "the old name"),
                Sample("cpu-Haswell", "every libvirt is new enough", (">Haswell<", ">Haswell-v1<")).with(policy: "{default: keep, libvirt: '10.10'}"),
                Sample("cpu-Haswell", "the host shows that it is", (">Haswell<", ">Haswell-v1<")).on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
                Sample("aarch64-video-default", "no x86"),
            ]),
    ]

    /// What the hosts decide.
    private static let hosts = [
        RuleCorpus(
            rule: "host-incompatible", hosts: amd,
            speaks: [
                Sample("cpu-Haswell", "an EPYC-Rome has no pcid, erms, invpcid, nor TSX"),
                Sample("cpu:x86_64-Haswell-noTSX", "without TSX the rest is still missing"),
                Sample("cpu:x86_64-baseline-features-result", "<vendor> is compared"),
                Sample("aarch64-features-sve", "no host for another architecture"),
            ],
            silent: [
                Sample("cpu-nofallback", "each of EPYC-Milan's blockers is disabled"),
                Sample("cpu-host-passthrough", "whatever the host is"),
                Sample("cpu-no-removed-features", "unusable to QEMU, but the map finds all of core2duo"),
                Sample("cpu-Icelake-Server-pconfig", "nothing is compared"),
                Sample("cpu-Haswell", "no host is named").on(),
            ]),
        RuleCorpus(
            rule: "model-not-usable", hosts: amd,
            speaks: [
                Sample("cpu-no-removed-features", "core2duo has ss, which KVM does not give"),
                Sample("cpu-Icelake-Server-pconfig", "started because nothing is compared"),
                Sample("cpu:x86_64-exact-force-Haswell", "started because the features are forced"),
            ],
            silent: [
                Sample("cpu-Haswell", "it does not start, which is said already"),
                Sample("cpu-nofallback", "each of the blockers is disabled"),
                Sample("cpu-no-removed-features", "usable", (">core2duo<", ">EPYC-IBPB<")),
                Sample("cpu-host-model-kvm", "no model"),
            ]),
        RuleCorpus(
            rule: "deprecated-model", hosts: ["domaincapsdata/qemu_7.0.0.x86_64.xml"],
            speaks: [
                Sample("cpu-Haswell", "QEMU 5.2 deprecated it", (">Haswell<", ">Icelake-Client<")),
                Sample("cpu:x86_64-Haswell-noTSX", "and its sibling", (">Haswell-noTSX<", ">Icelake-Client-noTSX<")),
                Sample("cpu-Icelake-Server-pconfig", "unchecked too", (">Icelake-Server<", ">Icelake-Client<")),
            ],
            silent: [
                Sample("cpu-Icelake-Server-pconfig", "the server model is not marked"),
                Sample("cpu-Haswell", "old, and not marked"),
                Sample("cpu-Haswell", "8.1 had removed it and marks nothing", (">Haswell<", ">Icelake-Client<")).on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
                Sample("cpu-Haswell", "no host is named", (">Haswell<", ">Icelake-Client<")).on(),
            ]),
        RuleCorpus(
            rule: "missing-mitigation", hosts: intel,
            speaks: [
                Sample("cpu-Haswell", "spec-ctrl, ssbd, stibp, md-clear"),
                Sample("cpu-Haswell2", "the same without TSX"),
                Sample("Examples/debian12", "IBRS has spec-ctrl, and nothing else"),
            ],
            silent: [
                Sample("cpu-host-model-kvm", "host-model has them"),
                Sample("cpu-Haswell", "no host is named").on(),
                Sample("cpu-translation", "emulation"),
                Sample("firmware-auto-efi.x86_64-latest", "libvirt wrote it for the hypervisor's default, which has a rule"),
                Sample("cpu-Haswell2", "all four are asked for", ("    <feature policy='disable' name='hle'/>", mitigations)),
            ]),
        RuleCorpus(
            rule: "cross-vendor-model", hosts: amd,
            speaks: [
                Sample("cpu-Haswell", "Intel's on AMD's"),
                Sample("cpu-no-removed-features", "core2duo, which starts"),
                Sample("cpu-nofallback", "AMD's on Intel's").on("Examples/hosts/hv01.capabilities.xml"),
            ],
            silent: [
                Sample("cpu-nofallback", "AMD's on AMD's"),
                Sample("cpu:x86_64-baseline-features-result", "with <vendor> libvirt compares, and refuses"),
                Sample("cpu:x86_64-baseline-no-vendor-result", "kvm64 is nobody's"),
                Sample("cpu-host-passthrough", "no model"),
            ]),
        RuleCorpus(
            rule: "weak-host-model", hosts: ["Examples/hosts/hv01.capabilities.xml|kvm64"],
            speaks: [
                Sample("cpu-host-model-kvm", "host-model starts from kvm64"),
                Sample("cpu-Haswell", "so does a guest that has it", (">Haswell<", ">kvm64<")),
                Sample("cpu-host-model-kvm", "a Skylake's signature, and no more than a Penryn").on("Examples/hosts/hv01.capabilities.xml|Penryn"),
            ],
            silent: [
                Sample("cpu-host-model-kvm", "a whole Skylake-Server").on("Examples/hosts/hv01.capabilities.xml"),
                Sample("cpu-host-model-kvm", "TSX is off, which is usual").on("Examples/hosts/hv01.capabilities.xml|Skylake-Server-noTSX-IBRS"),
                Sample("cpu-Haswell", "a CPU of its own"),
                Sample("cpu-host-model-tcg", "emulation"),
            ]),
        RuleCorpus(
            rule: "migration-blocker", policy: "{default: keep, migration: true}",
            speaks: [
                Sample("cpu:x86_64-cpuid-Core-i7-5600U-guest", "invtsc, and no frequency"),
                Sample("cpu-host-model-features", "invtsc under host-model", ("policy='disable' name='invtsc'", "policy='require' name='invtsc'")),
                Sample("cpu-host-passthrough", "not migratable", ("mode='host-passthrough'", "mode='host-passthrough' migratable='off'")),
            ],
            silent: [
                Sample("cpu:x86_64-cpuid-Core-i7-5600U-guest", "these do not migrate").with(policy: "{default: keep, migration: false}"),
                Sample(
                    "cpu:x86_64-cpuid-Core-i7-5600U-guest", "the frequency is fixed",
                    ("<clock offset='utc'/>", "<clock offset='utc'><timer name='tsc' frequency='2095077000'/></clock>")),
                Sample("cpu-host-model-features", "invtsc is disabled"),
                Sample("cpu-host-passthrough", "migratable as it is by default"),
            ]),
    ]

    /// What the policy asks for, and what libvirt's defaults come to.
    private static let policies = [
        RuleCorpus(
            rule: "cpu-not-default", policy: "default: host-model",
            speaks: [
                Sample("cpu-Haswell", "a model"),
                Sample("cpu-host-passthrough", "another mode"),
                Sample("firmware-auto-efi", "no <cpu>"),
            ],
            silent: [
                Sample("cpu-host-model-kvm", "host-model it is"),
                Sample("cpu-phys-bits-emulate2", "with maxphysaddr, which stays"),
                Sample("libxlxml2domconfigdata/moredevs-hvm", "Xen's are left as they are"),
                Sample("Examples/win11", "a Windows guest keeps its CPU, which has a rule"),
                Sample("qemustatusxml2xmldata/migration-out-nbd-bitmaps-in", "it runs, and is never edited"),
            ]),
        RuleCorpus(
            rule: "hypervisor-default",
            speaks: [
                Sample("firmware-auto-efi", "no <cpu>"),
                Sample("firmware-auto-efi.x86_64-latest", "what libvirt writes for it"),
                Sample("cpu-topology1", "only a topology"),
                Sample("aarch64-virt-minimal", "cortex-a15, where QEMU has max"),
            ],
            silent: [
                Sample("cpu-exact1", "qemu64 with features taken away was chosen"),
                Sample("default-video-type-s390x", "KVM's default there is the host's"),
                Sample("ppc64-default-cpu-kvm-pseries-3.1", "and there"),
                Sample("sparc-minimal", "an SS-5 is what it is"),
                Sample("ppc64-pseries-minimal", "QEMU has no max for it"),
                Sample("cpu-host-model-kvm", "a mode"),
                Sample("libxlxml2domconfigdata/moredevs-hvm", "Xen's default is the host's"),
            ]),
        RuleCorpus(
            rule: "emulated-host-cpu",
            speaks: [
                Sample("cpu-host-model-tcg", "what QEMU can emulate is not the host's"),
                Sample("Examples/emulated", "the same"),
                Sample("cpu-host-passthrough", "refused at the start", ("type='kvm'", "type='qemu'")),
            ],
            silent: [
                Sample("cpu-host-model-kvm", "KVM has the host's"),
                Sample("cpu-host-passthrough", "and gives it"),
                Sample("cpu-check-default-none2", "a model"),
                Sample("Examples/emulated", "maximum says what it is", ("host-model", "maximum")),
            ]),
        RuleCorpus(
            rule: "host-passthrough",
            speaks: [
                Sample("cpu-host-passthrough", "x86"),
                Sample("cpu-host-kvmclock", "whatever the clocks are"),
                Sample("default-video-type-ppc64", "ppc64"),
                Sample("cpu-host-passthrough", "maximum is nearly the same under KVM", ("host-passthrough", "maximum")),
            ],
            silent: [
                Sample("aarch64-features-sve", "the way on Arm"),
                Sample("Examples/aarch64", "the same"),
                Sample("Examples/gpu-passthrough", "a comment says why"),
                Sample("cpu-host-model-kvm", "host-model"),
                Sample("cpu-host-passthrough", "the policy lets it", ("type='kvm'", "type='kvm'")).with(policy: "{default: keep, rules: {host-passthrough: off}}"),
            ]),
        RuleCorpus(
            rule: "guest-isa-level",
            speaks: [
                Sample("Examples/rhel9", "RHEL 9 is built for x86-64-v2, qemu64 is v1"),
                Sample("x86_64-pc-graphics", "SLES 16 too", ("fedoraproject.org/fedora/29", "suse.com/sles/16.0")),
                Sample("x86_64-q35-graphics", "RHEL 10 needs v3", ("fedoraproject.org/fedora/29", "redhat.com/rhel/10.0")),
            ],
            silent: [
                Sample("Examples/debian12", "Debian runs on every x86-64"),
                Sample("x86_64-pc-graphics", "so does Fedora"),
                Sample("x86_64-pc-graphics", "and Tumbleweed", ("fedoraproject.org/fedora/29", "opensuse.org/opensuse/tumbleweed")),
                Sample("Examples/rhel9", "host-model has it", ("  <clock", "  <cpu mode='host-model'/>\n  <clock")),
                Sample("s390x-ccw-headless", "no x86", ("fedoraproject.org/fedora/29", "redhat.com/rhel/9.1")),
            ]),
        RuleCorpus(
            rule: "unsafe-feature",
            speaks: [
                Sample("cpu-Haswell", "hle and rtm by name"),
                Sample("cpu-Haswell3", "rtm is required"),
                Sample("cpu-Icelake-Server-pconfig", "Icelake-Server has them"),
            ],
            silent: [
                Sample("cpu-Haswell2", "disabled"),
                Sample("cpu:x86_64-Haswell-noTSX", "the sibling"),
                Sample("cpu-translation", "emulation has no microcode"),
                Sample("cpu-nofallback", "AMD's never had it"),
            ]),
        RuleCorpus(
            rule: "redundant-feature",
            speaks: [
                Sample("cpu:x86_64-baseline-features-expanded", "Westmere spelt out"),
                Sample("cpu:x86_64-Haswell-noTSX-nofallback", "aes is Haswell's", ("</cpu>", "<feature policy='require' name='aes'/></cpu>"), (" cores='2' threads='2'", " cores='3' threads='2'")),
                Sample("cpu-Haswell2", "Haswell has no svm", ("'hle'", "'svm'")),
            ],
            silent: [
                Sample("cpu-Haswell2", "hle and rtm are Haswell's"),
                Sample("cpu-Haswell3", "rtm is Haswell's, and should be disabled: that is said"),
                Sample("cpu-Haswell2", "f16c is QEMU's Haswell's, though not libvirt's", ("'hle'", "'f16c'")),
                Sample("cpu-nofallback", "KVM has svm off in AMD's models", ("policy='disable' name='erms'", "policy='require' name='svm'")),
                Sample("cpu-exact1", "qemu64 has what is disabled here"),
            ]),
    ]
}
