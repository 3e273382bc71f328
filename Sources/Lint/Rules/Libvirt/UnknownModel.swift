import CPUModel
import DomainXML

extension Rule {
    static let unknownModel = Rule(
        id: "unknown-model",
        severity: .error,
        tags: [.libvirt],
        needs: .model,
        summary: "the model is not in libvirt's CPU map, so the guest does not start",
        explanation: """
            `virsh define` accepts any model name, but the guest then fails to start with "Unknown CPU model". The rule \
            looks up the models of x86 guests in libvirt's CPU map. It also looks up those of ppc64 guests, with their \
            legacy names (`POWER7_v2.1`), except with `check='none'`, which is the default under emulation: there libvirt \
            compares nothing. The models of other architectures are known only to QEMU, and the rule does not check them.

            A libvirt that is newer than the built-in CPU map can know more models. `--cpu-map system` reads the map of the \
            installed libvirt.
            """,
        examples: [
            .bad(
                "a misspelt name", finds: "libvirt does not know the CPU model 'Skylake-Servr' (did you mean 'Skylake-Server'?)",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Skylake-Servr</model></cpu>")),
            .bad(
                "spaces are part of the name", finds: "libvirt does not know the CPU model ' Haswell ' (did you mean 'Haswell'?)",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓ Haswell </model></cpu>")),
            .good(
                "a known model",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server</model></cpu>")),
            .good(
                "libvirt compares nothing: it chose this model for the board itself",
                .guest(
                    type: "qemu", arch: "ppc64", machine: "g3beige",
                    cpu: "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>g3</model></cpu>")),
            .good(
                "models of aarch64 are not checked",
                .guest(
                    type: "qemu", arch: "aarch64",
                    cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>cortex-a72</model></cpu>")),
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
                // On ppc64 the start fails only when libvirt compares the model. By default it compares nothing under
                // emulation: for old boards, libvirt itself writes `g3` and `ppc64`, which are not in its map.
                let isCompared = inspection.guest.hypervisor == .hardware || cpu.check != nil
                guard isCompared, cpu.check?.value != CPU.Check.none else { return }
                let map = inspection.knowledge.map.ppc64
                if map.model(named: PVRMap.currentName(of: name)) != nil { return }
                nearest = map.nearestModel(to: name)
            default: return
            }
            inspection.report(
                at: element.text.span, "libvirt does not know the CPU model \(quoted(name))\(didYouMean(nearest))",
                help: "virt-cpu models lists the known models")
        })
}
