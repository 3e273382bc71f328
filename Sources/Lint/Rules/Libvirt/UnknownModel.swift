import CPUModel
import DomainXML

extension Rule {
    static let unknownModel = Rule(
        id: "unknown-model",
        severity: .error,
        needs: .model,
        summary: "libvirt's CPU map has no such model: the guest does not start",
        explanation: """
            `virsh define` takes any name; the start then fails with "Unknown CPU model". Models of x86 are known from \
            libvirt's CPU map, those of ppc64 too, with their legacy names (`POWER7_v2.1`), unless `check='none'`, the default under \
            emulation, has nothing compared. Other architectures' \
            models are QEMU's business and not judged. A newer libvirt than the built-in map's may know more: \
            `--cpu-map system` reads the installed one.
            """,
        examples: [
            .bad(
                "a slip",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Servr</model></cpu>
                </domain>
                """),
            .bad(
                "blanks belong to the name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'> Haswell </model></cpu>
                </domain>
                """),
            .good(
                "known",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server</model></cpu>
                </domain>
                """),
            .good(
                "nothing is compared: what libvirt writes for the board",
                """
                <domain type='qemu'>
                  <os><type arch='ppc64' machine='g3beige'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>g3</model></cpu>
                </domain>
                """),
            .good(
                "not judged",
                """
                <domain type='qemu'>
                  <os><type arch='aarch64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>cortex-a72</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, inspection.guest.isManaged, cpu.effectiveMode == .custom,
                let text = cpu.namedModel, let element = cpu.model?.name
            else { return }
            let name = inspection.domain[text]
            let nearest: String?
            switch inspection.guest.architecture.family {
            case .x86:
                let map = inspection.knowledge.x86
                if map.model(named: name) != nil { return }
                nearest = map.nearestModel(to: name)
            case .ppc64:
                // The comparison is what fails there, and by default nothing is compared under emulation: libvirt itself
                // writes `g3` and `ppc64` for old boards.
                let isCompared = inspection.guest.hypervisor == .hardware || cpu.check != nil
                guard isCompared, cpu.check?.value != CPU.Check.none else { return }
                let map = inspection.knowledge.map.ppc64
                if map.model(named: PVRMap.currentName(of: name)) != nil { return }
                nearest = map.nearestModel(to: name)
            default: return
            }
            inspection.report(
                at: element.text.span, "libvirt knows no CPU model \(quoted(name))\(didYouMean(nearest))",
                help: "virt-cpu models lists them")
        })
}
