/// The part of the table about Windows guests, changes, and definitions with unexpected meanings.
extension RuleCorpus {
    static let windows = [
        RuleCorpus(
            rule: "windows-cpu-change",
            bad: [
                Sample("Examples/win11", "the host's own CPU becomes a model", ("<cpu mode='host-passthrough' check='none' migratable='on'>", "<cpu><model>EPYC</model>")).after("Examples/win11"),
                Sample("Examples/win-noid", "the brand string changes", (">Westmere<", ">Westmere-IBRS<")).after("Examples/win-noid"),
                Sample("Examples/win-noid", "the enlightenments are removed", ("<hyperv>", "<kvm>"), ("</hyperv>", "</kvm>")).after("Examples/win-noid"),
            ],
            good: [
                Sample("hyperv.x86_64-latest", "an emulated guest sees no enlightenments", ("<hyperv mode='custom'>", "<kvm>"), ("</hyperv>", "</kvm>")).after("hyperv.x86_64-latest"),
                Sample("hyperv.x86_64-latest", "libvirt wrote out the defaults").after("hyperv"),
                Sample("hyperv-stimer-direct.x86_64-latest", "libvirt wrote out the defaults").after("hyperv-stimer-direct"),
                Sample("Examples/win-noid", "the guest cannot see fallback", ("\"allow\"", "\"forbid\"")).after("Examples/win-noid"),
                Sample("cpu-Haswell2", "not a Windows guest").after("cpu-Haswell"),
                Sample("Examples/win-noid", "no earlier version is known", (">Westmere<", ">Westmere-IBRS<")),
            ]),
        RuleCorpus(
            rule: "guest-cpu-change",
            bad: [
                Sample("cpu-Haswell2", "hle and rtm are removed").after("cpu-Haswell"),
                Sample("cpu-host-passthrough", "a model becomes the host's own CPU").after("cpu-Haswell"),
                Sample("cpu-topology1", "another topology", ("sockets=\"3\" dies=\"1\" cores=\"2\"", "sockets=\"1\" dies=\"1\" cores=\"6\"")).after("cpu-topology1"),
            ],
            good: [
                Sample("cpu-Haswell.x86_64-latest", "libvirt wrote out the defaults").after("cpu-Haswell"),
                Sample("aarch64-virt-minimal.aarch64-latest", "libvirt wrote out the default CPU of an Arm machine").after("aarch64-virt-minimal"),
                Sample("default-video-type-s390x.s390x-latest", "libvirt wrote out the default CPU of an s390x machine").after("default-video-type-s390x"),
                Sample("Examples/win-noid", "for Windows guests, windows-cpu-change reports the change", (">Westmere<", ">EPYC<")).after("Examples/win-noid"),
            ]),
        RuleCorpus(
            rule: "windows-rewrite-withheld", policy: "default: host-model",
            bad: [
                Sample("Examples/win11", "Windows by its id"),
                Sample("Examples/win-noid", "Windows by its enlightenments"),
                Sample("hyperv.x86_64-latest", "the guest was installed on qemu64", ("type='qemu'", "type='kvm'")),
            ],
            good: [
                Sample("Examples/debian12", "not a Windows guest"),
                Sample("Examples/win11", "the policy rewrites Windows guests as well").with(policy: "{default: host-model, windows: rewrite}"),
                Sample("Examples/win11", "the guest has the default CPU").with(policy: "default: host-passthrough"),
                Sample("Examples/win11", "the policy keeps every CPU").with(policy: "default: keep"),
            ]),
        RuleCorpus(
            rule: "windows-unstable-cpu",
            bad: [
                Sample("Examples/win11", "host-passthrough"),
                Sample("hyperv", "no model, and the machine type pc has no version"),
                Sample("Examples/win11", "host-model", ("host-passthrough' check='none' migratable='on", "host-model")),
            ],
            good: [
                Sample("hyperv.x86_64-latest", "libvirt wrote qemu64 into the definition"),
                Sample("Examples/win-noid", "a named model"),
                Sample("cpu-host-passthrough", "not a Windows guest"),
                Sample("hyperv", "the machine type has a version", ("machine='pc'", "machine='pc-i440fx-7.2'")),
            ]),
        RuleCorpus(
            rule: "windows-sockets",
            bad: [
                Sample("hyperv", "six vCPUs, each of which is a socket"),
                Sample("hyperv-stimer-direct", "six vCPUs, each of which is a socket"),
                Sample("Examples/win11", "four sockets", ("sockets='1' dies='1' cores='4' threads='2'", "sockets='4' dies='1' cores='1' threads='2'")),
            ],
            good: [
                Sample("Examples/win11", "one socket"),
                Sample("Examples/win11", "two sockets, which Windows Pro uses", ("sockets='1' dies='1' cores='4'", "sockets='2' dies='1' cores='2'")),
                Sample("Examples/win11", "a server, which uses up to 64 sockets", ("microsoft.com/win/11", "microsoft.com/win/2k22"), ("sockets='1' dies='1' cores='4'", "sockets='4' dies='1' cores='1'")),
                Sample("cpu-topology1", "not a Windows guest"),
            ]),
    ]

    /// Attributes and definitions that mean something else than they seem to.
    static let habits = [
        RuleCorpus(
            rule: "fallback-allow",
            bad: [
                Sample("cpu-fallback", "no fallback, which means allow; gone since QEMU 7.1", ("EPYC-Milan", "Icelake-Client")),
                Sample("cpu-no-removed-features", "no fallback; newer than libvirt 9.0", ("core2duo", "GraniteRapids")),
                Sample("Examples/debian12", "fallback='allow'; newer than libvirt 9.0", ("Skylake-Client-IBRS", "EPYC-Genoa")),
            ],
            good: [
                Sample("cpu-fallback", "no fallback with a model that every hypervisor has"),
                Sample("cpu-nofallback", "fallback='forbid'"),
                Sample("cpu-exact1", "fallback='allow' with qemu64, which each QEMU has"),
                Sample("aarch64-virt-default-nic", "fallback='allow' on Arm, where libvirt has no other model"),
                Sample("cpu-host-model-features", "under host-model, libvirt ignores fallback"),
                Sample("firmware-auto-efi", "no <cpu>"),
                Sample("cpu-host-passthrough", "host-passthrough names no model"),
            ]),
        RuleCorpus(
            rule: "check-none",
            bad: [
                Sample("cpu-Icelake-Server-pconfig", "QEMU may drop features that the host lacks"),
                Sample("cpu-Icelake-Server-pconfig", "Haswell is not compared", (">Icelake-Server<", ">Haswell<")),
                Sample("cpu-Icelake-Server-pconfig", "QEMU drops features that this host lacks").on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
            ],
            good: [
                Sample("firmware-auto-efi.x86_64-latest", "libvirt wrote this for the hypervisor's default"),
                Sample("cpu-check-default-none2", "check='none' is the default under emulation", ("match='exact'", "match='exact' check='none'")),
                Sample("cpu-Icelake-Server-pconfig", "the hypervisor calls the model usable", (">Icelake-Server<", ">EPYC-IBPB<")).on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
                Sample("cpu-check-default-none", "under host-passthrough there is nothing to check"),
            ]),
        RuleCorpus(
            rule: "commandline-cpu",
            bad: [
                Sample("Examples/qemu-commandline", "an argument -cpu"),
                Sample("qemu-ns-alt", "an argument -cpu, with another namespace prefix", ("'-unknown'", "'-cpu'")),
                Sample("qemu-ns-commandline", "an argument -cpu without a value", ("'ARGUMENT'", "'-cpu'")),
            ],
            good: [
                Sample("qemu-ns-alt", "other arguments"),
                Sample("qemu-ns-commandline", "other arguments"),
                Sample("qemu-ns-no-env", "other arguments"),
                Sample("qemu-ns-alt", "the value of another argument", ("'-unknown'", "'-name'"), ("'parameter'", "'cpu'")),
            ]),
        RuleCorpus(
            rule: "live-definition",
            bad: [
                Sample("channel-virtio-state", "the domain has an id"),
                Sample("genid", "the domain has an id"),
                Sample("cpu-cache-emulate-l2", "check='full'"),
            ],
            good: [
                Sample("cpu-Haswell", "a configuration"),
                Sample("qemustatusxml2xmldata/migration-out-nbd-bitmaps-in", "libvirt's own record of a running guest"),
                Sample("Examples/snapshot", "the guest of a snapshot"),
            ]),
        RuleCorpus(
            rule: "suppression",
            bad: [
                Sample("cpu-host-passthrough", "the comment gives no reason", ("  <memory", "  <!-- virt-cpu: ignore host-passthrough -->\n  <memory")),
                Sample("cpu-host-passthrough", "the comment names an unknown rule", ("  <memory", "  <!-- virt-cpu: ignore passthrough - lab -->\n  <memory")),
                Sample("cpu-host-model-kvm", "the comment hides nothing", ("  <memory", "  <!-- virt-cpu: ignore host-passthrough - lab -->\n  <memory")),
            ],
            good: [
                Sample("Examples/gpu-passthrough", "a rule, a reason, and something to hide"),
                Sample("cpu-host-passthrough", "a rule, a reason, and something to hide", ("  <memory", "  <!-- virt-cpu: ignore host-passthrough - lab -->\n  <memory")),
                Sample("cpu-host-passthrough", "a comment for people", ("  <memory", "  <!-- virt-cpu would have us ignore this -->\n  <memory")),
                Sample("cpu-Haswell", "the comment is about a change, but no earlier version is known", ("  <memory", "  <!-- virt-cpu: ignore guest-cpu-change - moved -->\n  <memory")),
            ]),
    ]
}
