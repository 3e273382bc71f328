import CPUModel
import DomainXML
import Hosts

extension Rule {
    static let versionedModel = Rule(
        id: "versioned-model",
        severity: .note,
        tags: [.libvirt],
        needs: .model,
        summary: "a -vN model name needs libvirt 10.10 or newer on every host",
        explanation: """
            libvirt knows QEMU's versioned model names, such as `Skylake-Server-v2`, since version 10.10. An older libvirt \
            reports them as unknown and does not start the guest. Many of these models also have an unversioned name for \
            the same features (`Skylake-Server-IBRS`), which every libvirt that knows the model accepts. With the \
            unversioned name, libvirt compares the CPU with the host by its CPU map before it starts the guest. With the \
            versioned name, it trusts the hypervisor.

            The fix writes the unversioned name unless libvirt has removed features from it. For example, libvirt disables \
            `mpx` with `Skylake-Server-IBRS` but not with `Skylake-Server-v2`, and an emulated guest can tell the \
            difference.

            Nothing is reported if the policy says `libvirt: "10.10"` or newer. If the policy does not say, nothing is \
            reported if the domain capabilities of every host show such a version, by their `canonical` names.
            """,
        examples: [
            .bad(
                "the same CPU has an older name", finds: "Haswell-v4 needs libvirt 10.10 or later on every host",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Haswell-v4</model></cpu>")),
            .bad(
                "libvirt has removed a feature from the older name",
                finds: "Skylake-Server-v2 needs libvirt 10.10 or later on every host",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Skylake-Server-v2</model></cpu>")),
            .good(
                "the older name",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX-IBRS</model></cpu>")),
            .good(
                "the libvirt of every host is new enough", policy: "{default: keep, libvirt: '10.10'}",
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-v2</model></cpu>")),
        ],
        check: { inspection in
            guard let cpu = inspection.cpu, cpu.effectiveMode == .custom, let element = cpu.model?.name,
                let text = cpu.namedModel, inspection.guest.isManaged, inspection.guest.isX86
            else { return }
            let libvirt = inspection.libvirt ?? inspection.startCheck.shownLibvirt(for: DomainPlatform(inspection.guest))
            if let libvirt, libvirt >= LibvirtVersion(major: 10, minor: 10) { return }
            let name = inspection.domain[text]
            let map = inspection.knowledge.x86
            guard X86Map.isVersioned(name), let model = map.model(named: name) else { return }
            guard let older = map.unversionedName(of: name).flatMap({ map.model(named: $0) }) else {
                inspection.report(
                    at: element.text.span, "\(name) needs libvirt 10.10 or later on every host",
                    help: "no unversioned name has the same features")
                return
            }
            let removed = older.removedFeatures.filter { !model.removedFeatures.contains($0) }
            let isSame = Set(older.removedFeatures) == Set(model.removedFeatures)
            inspection.report(
                at: element.text.span, "\(name) needs libvirt 10.10 or later on every host",
                notes: isSame ? [] : ["with \(older.name), libvirt disables \(listing(removed)); with \(name), it does not"],
                help: "older libvirt versions know it as \(older.name), and with that name libvirt compares the CPU with the host when the guest starts",
                edits: isSame ? [Edit(element.text.span, older.name)] : [])
        })
}
