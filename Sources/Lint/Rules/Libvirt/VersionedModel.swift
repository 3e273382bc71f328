import CPUModel
import DomainXML
import Hosts

extension Rule {
    static let versionedModel = Rule(
        id: "versioned-model",
        severity: .note,
        needs: .model,
        summary: "a -vN model name needs libvirt 10.10 on every host",
        explanation: """
            libvirt knows QEMU's versioned model names (`Skylake-Server-v2`) since 10.10; an older one calls them \
            unknown and does not start the guest. Many have an unversioned name with the same features, by which \
            libvirts that know the model at all have always known it (`Skylake-Server-IBRS`). By that name libvirt \
            compares the CPU by its map before the guest starts; by the other it takes the hypervisor's word.

            The fix is the older name where nothing has been removed from it: `mpx` is switched off with \
            `Skylake-Server-IBRS` and not with `Skylake-Server-v2`, which an emulated guest can tell.

            Silent where the policy says `libvirt: "10.10"` or newer, and, where it says nothing, when every host's \
            domain capabilities show as much (`canonical` names).
            """,
        examples: [
            .bad(
                "an older libvirt has another name for it",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-v4</model></cpu>
                </domain>
                """),
            .bad(
                "the older name has a feature removed",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-v2</model></cpu>
                </domain>
                """),
            .good(
                "the older name",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX-IBRS</model></cpu>
                </domain>
                """),
            .good(
                "every host's libvirt is new enough", policy: "{default: keep, libvirt: '10.10'}",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server-v2</model></cpu>
                </domain>
                """),
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
                    at: element.text.span, "\(name) needs libvirt 10.10 on every host",
                    help: "no older name has the same features")
                return
            }
            let removed = older.removedFeatures.filter { !model.removedFeatures.contains($0) }
            let isSame = Set(older.removedFeatures) == Set(model.removedFeatures)
            inspection.report(
                at: element.text.span, "\(name) needs libvirt 10.10 on every host",
                notes: isSame ? [] : ["with \(older.name) libvirt switches \(listing(removed)) off, with \(name) it does not"],
                help: "older libvirts know it as \(older.name), which they compare by their CPU map at the start",
                edits: isSame ? [Edit(element.text.span, older.name)] : [])
        })
}
