/// Windows guests, what has changed, and definitions that are something else than they seem.
extension RuleCorpus {
    static let windows = [
        RuleCorpus(
            rule: "windows-cpu-change",
            speaks: [
                Sample("Examples/win11", "the host's own becomes a model", ("<cpu mode='host-passthrough' check='none' migratable='on'>", "<cpu><model>EPYC</model>")).after("Examples/win11"),
                Sample("Examples/win-noid", "another brand string", (">Westmere<", ">Westmere-IBRS<")).after("Examples/win-noid"),
                Sample("hyperv.x86_64-latest", "enlightenments go", ("<hyperv mode='custom'>", "<kvm>"), ("</hyperv>", "</kvm>")).after("hyperv.x86_64-latest"),
            ],
            silent: [
                Sample("hyperv.x86_64-latest", "what libvirt wrote out at define").after("hyperv"),
                Sample("hyperv-stimer-direct.x86_64-latest", "the same").after("hyperv-stimer-direct"),
                Sample("Examples/win-noid", "fallback is between libvirt and the host", ("\"allow\"", "\"forbid\"")).after("Examples/win-noid"),
                Sample("cpu-Haswell2", "no Windows").after("cpu-Haswell"),
                Sample("Examples/win-noid", "nobody asked what it was", (">Westmere<", ">Westmere-IBRS<")),
            ]),
        RuleCorpus(
            rule: "guest-cpu-change",
            speaks: [
                Sample("cpu-Haswell2", "hle and rtm go").after("cpu-Haswell"),
                Sample("cpu-host-passthrough", "a model becomes the host's own").after("cpu-Haswell"),
                Sample("cpu-topology1", "another topology", ("sockets=\"3\" dies=\"1\" cores=\"2\"", "sockets=\"1\" dies=\"1\" cores=\"6\"")).after("cpu-topology1"),
            ],
            silent: [
                Sample("cpu-Haswell.x86_64-latest", "what libvirt wrote out at define").after("cpu-Haswell"),
                Sample("aarch64-virt-minimal.aarch64-latest", "the same for an Arm default").after("aarch64-virt-minimal"),
                Sample("default-video-type-s390x.s390x-latest", "and for that of s390x").after("default-video-type-s390x"),
                Sample("Examples/win-noid", "Windows has a rule", (">Westmere<", ">EPYC<")).after("Examples/win-noid"),
            ]),
        RuleCorpus(
            rule: "windows-rewrite-withheld", policy: "default: host-model",
            speaks: [
                Sample("Examples/win11", "by its id"),
                Sample("Examples/win-noid", "by its enlightenments"),
                Sample("hyperv.x86_64-latest", "qemu64 is what it was installed on", ("type='qemu'", "type='kvm'")),
            ],
            silent: [
                Sample("Examples/debian12", "no Windows"),
                Sample("Examples/win11", "the policy rewrites Windows too").with(policy: "{default: host-model, windows: rewrite}"),
                Sample("Examples/win11", "it has the default").with(policy: "default: host-passthrough"),
                Sample("Examples/win11", "nothing is to be rewritten").with(policy: "default: keep"),
            ]),
        RuleCorpus(
            rule: "windows-unstable-cpu",
            speaks: [
                Sample("Examples/win11", "host-passthrough"),
                Sample("hyperv", "no model, and the machine is whatever pc is"),
                Sample("Examples/win11", "host-model", ("host-passthrough' check='none' migratable='on", "host-model")),
            ],
            silent: [
                Sample("hyperv.x86_64-latest", "libvirt wrote qemu64 down"),
                Sample("Examples/win-noid", "a model"),
                Sample("cpu-host-passthrough", "no Windows"),
                Sample("hyperv", "the machine has a version", ("machine='pc'", "machine='pc-i440fx-7.2'")),
            ]),
        RuleCorpus(
            rule: "windows-sockets",
            speaks: [
                Sample("hyperv", "six vCPUs, each a socket"),
                Sample("hyperv-stimer-direct", "the same"),
                Sample("Examples/win11", "four sockets", ("sockets='1' dies='1' cores='4' threads='2'", "sockets='4' dies='1' cores='1' threads='2'")),
            ],
            silent: [
                Sample("Examples/win11", "one socket"),
                Sample("Examples/win11", "two, which Pro uses", ("sockets='1' dies='1' cores='4'", "sockets='2' dies='1' cores='2'")),
                Sample("Examples/win11", "servers use 64", ("microsoft.com/win/11", "microsoft.com/win/2k22"), ("sockets='1' dies='1' cores='4'", "sockets='4' dies='1' cores='1'")),
                Sample("cpu-topology1", "no Windows"),
            ]),
    ]

    /// Attributes, and definitions that are something else than they seem.
    static let habits = [
        RuleCorpus(
            rule: "fallback-allow",
            speaks: [
                Sample("cpu-fallback", "none given is allow"),
                Sample("cpu-exact1", "allow"),
                Sample("Examples/debian12", "allow"),
                Sample("aarch64-virt-default-nic", "on Arm too"),
            ],
            silent: [
                Sample("cpu-nofallback", "forbid"),
                Sample("cpu-host-model-features", "libvirt does not look at it under host-model"),
                Sample("firmware-auto-efi", "no model"),
                Sample("cpu-host-passthrough", "no model"),
            ]),
        RuleCorpus(
            rule: "check-none",
            speaks: [
                Sample("cpu-Icelake-Server-pconfig", "QEMU drops what the host has not"),
                Sample("Examples/qemu-commandline", "Penryn"),
                Sample("cpu-Icelake-Server-pconfig", "and that host has not all of it").on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
            ],
            silent: [
                Sample("firmware-auto-efi.x86_64-latest", "libvirt's own"),
                Sample("cpu-check-default-none2", "emulation, where it is the default", ("match='exact'", "match='exact' check='none'")),
                Sample("cpu-Icelake-Server-pconfig", "the hypervisor calls that one usable", (">Icelake-Server<", ">EPYC-IBPB<")).on("domaincapsdata/qemu_8.1.0.x86_64.xml"),
                Sample("cpu-check-default-none", "host-passthrough has nothing to check"),
            ]),
        RuleCorpus(
            rule: "commandline-cpu",
            speaks: [
                Sample("Examples/qemu-commandline", "-cpu"),
                Sample("qemu-ns-alt", "in a namespace of its own", ("'-unknown'", "'-cpu'")),
                Sample("qemu-ns-commandline", "without a value even", ("'ARGUMENT'", "'-cpu'")),
            ],
            silent: [
                Sample("qemu-ns-alt", "other arguments"),
                Sample("qemu-ns-commandline", "other arguments"),
                Sample("qemu-ns-no-env", "other arguments"),
                Sample("qemu-ns-alt", "a value, not an option", ("'-unknown'", "'-name'"), ("'parameter'", "'cpu'")),
            ]),
        RuleCorpus(
            rule: "live-definition",
            speaks: [
                Sample("channel-virtio-state", "an id"),
                Sample("genid", "an id"),
                Sample("cpu-cache-emulate-l2", "check='full'"),
            ],
            silent: [
                Sample("cpu-Haswell", "a configuration"),
                Sample("qemustatusxml2xmldata/migration-out-nbd-bitmaps-in", "libvirt's own record of a running guest"),
                Sample("Examples/snapshot", "a snapshot's guest"),
            ]),
        RuleCorpus(
            rule: "suppression",
            speaks: [
                Sample("cpu-host-passthrough", "no reason", ("  <memory", "  <!-- virt-cpu: ignore host-passthrough -->\n  <memory")),
                Sample("cpu-host-passthrough", "no such rule", ("  <memory", "  <!-- virt-cpu: ignore passthrough - lab -->\n  <memory")),
                Sample("cpu-host-model-kvm", "nothing to hide", ("  <memory", "  <!-- virt-cpu: ignore host-passthrough - lab -->\n  <memory")),
            ],
            silent: [
                Sample("Examples/gpu-passthrough", "a rule, a reason, something to hide"),
                Sample("cpu-host-passthrough", "the same", ("  <memory", "  <!-- virt-cpu: ignore host-passthrough - lab -->\n  <memory")),
                Sample("cpu-host-passthrough", "a comment to people", ("  <memory", "  <!-- virt-cpu would have us ignore this -->\n  <memory")),
                Sample("cpu-Haswell", "about a change, and nobody asked about changes", ("  <memory", "  <!-- virt-cpu: ignore guest-cpu-change - moved -->\n  <memory")),
            ]),
    ]
}
