extension Rule {
    static let commandlineCPU = Rule(
        id: "commandline-cpu",
        severity: .warning,
        worst: .warning,
        tags: [.habits],
        needs: .qemuArguments,
        summary: "qemu:commandline has its own -cpu, or a -global that changes it",
        explanation: """
            QEMU uses the last `-cpu` of its command line, and the arguments in `<qemu:commandline>` come after those \
            that libvirt makes from `<cpu>`. So the guest gets another CPU than `<cpu>` says. libvirt and virt-cpu \
            check `<cpu>`, which is then the wrong CPU.

            About such a `<cpu>`, virt-cpu reports only what libvirt refuses, and `filter` and `--fix` leave it as it is. \
            Where QEMU may take `-cpu` for the value of the option before it, `<cpu>` is judged, too.

            `-global` can set single properties of the CPU: `-global host-x86_64-cpu.pmu=off` has the same effect as a feature \
            in `<cpu>`, but libvirt does not know it. Then `<cpu>` is judged as usual.
            """,
        examples: [
            .bad(
                "a -cpu argument", finds: "qemu:commandline passes -cpu 'host,-hypervisor', which overrides <cpu>",
                """
                <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                  <qemu:commandline>
                    <qemu:arg value='↓-cpu'/>
                    <qemu:arg value='host,-hypervisor'/>
                  </qemu:commandline>
                </domain>
                """),
            .bad(
                "a property of the CPU",
                finds: "qemu:commandline passes -global 'Haswell-x86_64-cpu.vmx=on', which changes the CPU that <cpu> requests",
                """
                <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom'><model>Haswell</model></cpu>
                  <qemu:commandline>
                    <qemu:arg value='↓-global'/>
                    <qemu:arg value='Haswell-x86_64-cpu.vmx=on'/>
                  </qemu:commandline>
                </domain>
                """),
            .good(
                "other arguments",
                """
                <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'/>
                  <qemu:commandline>
                    <qemu:arg value='-global'/>
                    <qemu:arg value='ICH9-LPC.disable_s3=1'/>
                  </qemu:commandline>
                </domain>
                """),
        ],
        check: { inspection in
            let domain = inspection.domain
            for (option, value) in domain.cpuOptions {
                inspection.report(
                    at: option.span, "qemu:commandline passes -cpu \(quoted(value)), which overrides <cpu>",
                    help: "request the CPU in <cpu> instead, where libvirt can check it")
            }
            for (option, value) in domain.cpuGlobals {
                inspection.report(
                    at: option.span, "qemu:commandline passes -global \(quoted(value)), which changes the CPU that <cpu> requests",
                    help: "request features in <cpu> instead, where libvirt can check them")
            }
        })
}
