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

            With `match='minimum'`, libvirt uses the model only to compare it with the host. If it does not compare \
            (`check='none'` or `check='full'`, or an emulated guest without `check`), the guest starts with the host's CPU, so \
            the finding is a warning.

            Under host-passthrough and maximum, libvirt gives the guest the host's CPU, but still refuses to start it with \
            an unknown name. Under host-model it does not look at the name.

            QEMU's and Proxmox's words for a CPU (`host`, `max`, `x86-64-v2-AES`) are no models of libvirt; the help names \
            libvirt's way of saying it. `host` and `max` are reported in guests of other architectures too, as a warning.

            A libvirt that is newer than the built-in CPU maps can know more models. A model that a host's domain \
            capabilities list is accepted by its name, and `--cpu-map system` reads the map of the installed libvirt.
            """,
        examples: [
            .bad(
                "a misspelt name", finds: "libvirt does not know the CPU model 'Skylake-Servr' (did you mean 'Skylake-Server'?)",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Skylake-Servr</model></cpu>")),
            .bad(
                "spaces are part of the name", finds: "libvirt does not know the CPU model ' Haswell ' (did you mean 'Haswell'?)",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓ Haswell </model></cpu>")),
            .bad(
                "QEMU's word for the host's CPU", finds: "libvirt does not know the CPU model 'host'",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓host</model></cpu>")),
            .bad(
                "the same in an Arm guest", finds: "'host' is QEMU's word for a CPU, not a model: libvirt may not start the guest",
                .guest(arch: "aarch64", cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓host</model></cpu>")),
            .bad(
                "nothing is compared with the host", finds: "libvirt does not know the CPU model 'NoSuch'",
                .guest(cpu: "<cpu mode='custom' match='minimum' check='none'><model fallback='forbid'>↓NoSuch</model></cpu>")),
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
            guard let cpu = inspection.cpu, inspection.guest.isManaged, let mode = cpu.effectiveMode,
                mode != .hostModel, let text = cpu.namedModel, let element = cpu.model?.name
            else { return }
            let name = inspection.domain[text]
            let word = ForeignWord.model(name, isEmulated: inspection.guest.hypervisor == .emulated)
            var notes = [inspection.knowledge.searched]
            let nearest: String?
            switch inspection.guest.architecture.family {
            case .x86:
                let map = inspection.knowledge.x86
                if map.model(named: name) != nil { return }
                nearest = map.nearestModel(to: name)
                if let qemu = inspection.knowledge.qemu, qemu.model(named: name) != nil {
                    notes.append("QEMU \(qemu.qemuVersion) has such a model, but a guest can use it only through a libvirt that knows it")
                }
            case .ppc64 where mode != .custom: return
            case .ppc64:
                // On ppc64 the start fails only when libvirt compares the model. By default it compares nothing under
                // emulation: for old boards, libvirt itself writes `g3` and `ppc64`, which are not in its map.
                let isCompared = inspection.guest.hypervisor == .hardware || cpu.check != nil
                guard isCompared, cpu.check?.value != CPU.Check.none else { return }
                let map = inspection.knowledge.map.ppc64
                if map.model(named: PVRMap.currentName(of: name)) != nil { return }
                nearest = map.nearestModel(to: name)
            default:
                guard ["host", "max"].contains(name), mode == .custom else { return }
                return inspection.report(
                    at: element.text.span, as: .warning,
                    "\(quoted(name)) is QEMU's word for a CPU, not a model: libvirt may not start the guest", help: word)
            }
            // libvirt then starts the guest with the host's CPU (tried with libvirt 9.0, 11.3 and 12.9).
            let isUnread = mode == .custom && cpu.match?.value == .minimum && !isCompared(cpu, inspection.guest)
            if isUnread { notes.append("with match='minimum' and without a comparison, the guest starts with the host's CPU") }
            inspection.report(
                at: element.text.span, as: isUnread ? .warning : .error,
                "libvirt does not know the CPU model \(quoted(name))\(didYouMean(word == nil ? nearest : nil))",
                notes: notes,
                help: mode == .custom
                    ? word ?? "virt-cpu models lists the known models"
                    : "remove the model: under \(mode.rawValue) it has no effect, but libvirt does not start a guest with an unknown one")
        })
}

/// Whether libvirt compares a custom CPU with the host before the start: `check='partial'`, which is the default unless the
/// guest is emulated.
private func isCompared(_ cpu: CPU, _ guest: Guest) -> Bool {
    cpu.check?.value.map { $0 == .partial } ?? (guest.hypervisor != .emulated)
}
