import CPUModel
import Hosts

/// What libvirt does under `check='full'`: it compares nothing before the start, but stops the guest unless QEMU has given
/// exactly the features of the definition (qemu_process.c, `qemuProcessUpdateLiveGuestCPU`; cpu_x86.c, `virCPUx86UpdateLive`).
struct FullCheck {
    let knowledge: CPUKnowledge

    /// What follows from the comparison.
    enum Result {
        case starts
        case refuses(HostVerdict.Reason, isCertain: Bool)
        /// The reason, in words.
        case unknown(String)
    }

    func result(_ question: StartQuestion, on host: PlatformHost) throws(CPUModelError) -> Result {
        guard let known = host.capabilities, known.isOwn else { return try resultByProcessor(question, on: host) }
        do {
            let libvirts = try StartedCPU(question, on: host, with: known.capabilities)
            let started = libvirts.cpu
            guard let offered = host.reported, offered.modelKnownByNameOnly == nil else {
                throw StartedCPU.Failure.unknown("its domain capabilities do not tell what the hypervisor provides")
            }
            let machine = try machineVersion(question, on: host)
            var provided = offered.features
            if let qemu = host.qemuVersion {
                let unreported = X86Map.supportedUnreported(under: question.platform.accelerator, qemu: qemu)
                provided |= knowledge.x86.bits(ofFeatures: unreported)
            }
            var given = try given(started, question, machine, offered: provided)
            let isByTopology = try addTopology(to: &given, started, question, on: host)
            let result = try compare(started, with: given, on: host)
            if !isByTopology, case .starts = result {
                throw StartedCPU.Failure.unknown("whether this QEMU turns on ht for the guest's topology is not known here")
            }
            guard case .refuses(let reason, _) = result else {
                if libvirts.isCertain { return result }
                throw StartedCPU.Failure.unknown("its domain capabilities do not tell which model libvirt takes instead of an unlisted one")
            }
            return .refuses(reason, isCertain: libvirts.isCertain && isSure(reason, question, on: host))
        } catch let error as CPUModelError {
            throw error
        } catch StartedCPU.Failure.refuses(let reason) {
            return .refuses(reason, isCertain: true)
        } catch StartedCPU.Failure.unknown(let why) {
            return .unknown(Self.doubt + why)
        } catch {
            return .unknown("\(error)")
        }
    }

    /// The refusal does not depend on the version of the host's QEMU, or the version is known.
    private func isSure(_ reason: HostVerdict.Reason, _ question: StartQuestion, on host: PlatformHost) -> Bool {
        if host.showsQEMUVersion { return true }
        guard case .notAsDefined(let extra, let missing) = reason, let machine = question.platform.machine,
            MachineVersion(machine: machine) != nil
        else { return false }
        let inSome = X86Map.supportedUnreported(under: question.platform.accelerator, qemu: MachineVersion(major: .max, minor: 0)) + X86Map.followingTopology
        return !Set(extra + missing).isSubset(of: inSome)
    }

    private static let doubt = "check='full' demands exactly what QEMU gives, and "

    /// What QEMU gives a guest, in the terms of the CPU map.
    private struct Given {
        var features: FeatureSet
        /// Requested by the model or by the definition, and not provided.
        var unavailable: FeatureSet
    }

    /// The version of the machine type on which QEMU's models depend. An alias is the newest of the QEMU.
    private func machineVersion(_ question: StartQuestion, on host: PlatformHost) throws -> MachineVersion {
        guard let version = host.machineVersion(of: question.platform) else {
            throw StartedCPU.Failure.unknown("QEMU's models on the guest's machine type are not known here")
        }
        if let newest = knowledge.newestQEMU, version > newest {
            throw StartedCPU.Failure.unknown("its QEMU is newer than the models that are known here")
        }
        return version
    }

    /// QEMU applies the definition's features to its model, clears what depends on an absent feature, and leaves out what the
    /// accelerator does not support (target/i386/cpu.c, `x86_cpu_expand_features`, `x86_cpu_filter_features`).
    private func given(
        _ cpu: CPUDefinition, _ question: StartQuestion, _ machine: MachineVersion, offered: FeatureSet
    ) throws -> Given {
        let x86 = knowledge.x86
        let on = x86.bits(ofFeatures: cpu.features(.require) + cpu.features(.force))
        let off = x86.bits(ofFeatures: cpu.features(.disable) + cpu.features(.forbid))
        var requested = offered
        if cpu.mode == .custom, let name = cpu.model {
            guard let model = x86.model(named: name), let record = knowledge.qemu?.model(named: name) else {
                throw StartedCPU.Failure.unknown("QEMU's model \(name) is not known here")
            }
            requested = x86.recordedFeatures(of: model, as: record.on(machine), under: question.platform.accelerator)
                | x86.bits(ofFeatures: model.addedFeatures)
        }
        requested = (requested | on) - off - x86.bits(ofFeatures: X86Map.unknownToQEMU + X86Map.ignoredByQEMUDriver)
        // The forms of XSAVE stay among QEMU's properties without `xsave`, although a guest does not see them then.
        let xsave = x86.bits(ofFeatures: ["xsave"])
        let left = requested & x86.withoutOrphans(requested | xsave)
        return Given(features: left & offered, unavailable: left - offered | (requested - left) & on)
    }

    /// Adds what QEMU turns on for a socket with several threads: `ht`, and `cmp_legacy` unless the vendor is Intel. QEMU 10.0
    /// shows them to libvirt, and 7.2 does not (seen under libvirt 11.3 and 9.0; 12.9 ignores both).
    ///
    /// - Returns: false if neither is known of the QEMU or of the libvirt.
    private func addTopology(
        to given: inout Given, _ cpu: CPUDefinition, _ question: StartQuestion, on host: PlatformHost
    ) throws -> Bool {
        guard question.hasSeveralThreadsPerSocket, !X86Map.ignoredByQEMUDriver(of: host.release).contains("ht") else { return true }
        guard let qemu = host.qemuVersion, let release = host.release else { return false }
        if qemu <= MachineVersion(major: 7, minor: 2) { return true }
        guard qemu >= MachineVersion(major: 10, minor: 0), release <= LibvirtVersion(major: 11, minor: 3, micro: 999) else { return false }
        let emulated = cpu.model.flatMap { knowledge.qemu?.model(named: $0)?.vendor }
        let own = question.platform.isAccelerated
            ? host.full?.vendor.flatMap { host.map.x86.vendor(named: $0)?.string } : emulated
        let isIntel = (cpu.vendorID ?? own) == "GenuineIntel"
        given.features |= knowledge.x86.bits(ofFeatures: isIntel ? ["ht"] : ["ht", "cmp_legacy"])
        return true
    }

    private func compare(_ cpu: CPUDefinition, with given: Given, on host: PlatformHost) throws -> Result {
        let x86 = host.map.x86
        let disabled = x86.bits(ofFeatures: cpu.features(.disable) + cpu.features(.forbid))
        let expected = try x86.expand(cpu)
        // Under host-passthrough and maximum, only what the definition names is compared.
        var extra = cpu.mode == .custom ? given.features - expected : given.features & disabled
        var missing = given.unavailable | expected - given.features
        let added = x86.bits(ofFeatures: cpu.model.flatMap { x86.model(named: $0) }?.addedFeatures ?? []) - expected - disabled
        extra -= added
        missing -= added
        // QEMU sets these by the topology, and a libvirt that ignores them does not request them.
        if X86Map.ignoredByQEMUDriver(of: host.release).contains("ht") {
            let byTopology = x86.bits(ofFeatures: X86Map.followingTopology)
            extra -= byTopology
            missing -= byTopology
        }
        let names = (extra: x86.featureNames(in: extra), missing: x86.featureNames(in: missing))
        if names.extra.isEmpty, names.missing.isEmpty { return .starts }
        return .refuses(.notAsDefined(extra: names.extra, missing: names.missing), isCertain: true)
    }

    /// The judgement where no domain capabilities are known for the guest's own emulator: what every QEMU adds to a model,
    /// and what the processor lacks and KVM cannot add, differ.
    private func resultByProcessor(_ question: StartQuestion, on host: PlatformHost) throws(CPUModelError) -> Result {
        let x86 = host.map.x86
        let unknown = Result.unknown(Self.doubt + "only domain capabilities tell: give the output of virsh domcapabilities")
        guard question.cpu.mode == .custom, !question.usesHostModel else { return unknown }
        let expected = try x86.expand(question.cpu)
        let optional = x86.bits(ofFeatures: question.cpu.features(.optional))
        let always = x86.bits(ofFeatures: ["hypervisor"]) - x86.bits(ofFeatures: question.cpu.features(.disable) + question.cpu.features(.forbid))
        let extra = x86.featureNames(in: always - expected - optional)
        let ignored = x86.bits(ofFeatures: X86Map.ignoredByQEMUDriver + X86Map.followingTopology)
        let missing = host.full.map { x86.featureNames(in: expected - $0.features - ignored) } ?? []
        if extra.isEmpty, missing.isEmpty { return unknown }
        return .refuses(.notAsDefined(extra: extra, missing: missing), isCertain: false)
    }
}
