import CPUModel
import Hosts

extension Rule {
    static let weakHostModel = Rule(
        id: "weak-host-model",
        severity: .note,
        worst: .note,
        tags: [.hosts],
        needs: .hosts,
        summary: "the host is masked or nested, so its nearest model is far below its processor",
        explanation: """
            A host that is a virtual machine itself, or whose firmware or hypervisor hides features, can lack features that \
            every model of its generation has. The nearest complete model is then a generic one (`kvm64`, `qemu64`), or one \
            that is many years older, and a guest with that model loses most of what the processor can do. `host-model` adds \
            the features that the model leaves out. The target `pin` writes the result of `host-model` into the definition.

            The rule applies to guests whose CPU comes from such a host: guests that have the model itself or `host-model`, \
            and guests that would be rewritten to the model.
            """,
        examples: [
            .bad(
                "a nested host",
                finds: "the nearest model for host nested is only kvm64: it is a generic model, as is usual if the host's CPU "
                    + "is masked or the host is itself a virtual machine",
                hosts: [.nested],
                .guest(cpu: "↓<cpu mode='custom' match='exact'><model fallback='forbid'>kvm64</model></cpu>")),
            .good(
                "a host whose model fits its signature", hosts: [.haswellCapabilities],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX-IBRS</model></cpu>")),
        ],
        check: { inspection in
            guard inspection.guest.hypervisor == .hardware, inspection.guest.isX86 else { return }
            let check = inspection.startCheck
            var groups: [(model: String, why: HostWeakness, kinds: [Int])] = []
            for (kind, host) in check.distinct.enumerated() {
                guard let name = check.hosts[host].cpu?.model, inspection.follows(name), let why = check.weakness(ofHostModel: kind) else { continue }
                if let same = groups.firstIndex(where: { $0.model == name && $0.why == why }) {
                    groups[same].kinds.append(kind)
                } else {
                    groups.append((name, why, [kind]))
                }
            }
            for (name, why, kinds) in groups {
                let names = check.names(ofKinds: kinds)
                inspection.report(
                    at: inspection.cpuPlace, "the nearest model for \(hostNames(names)) is only \(name): \(names.count == 1 ? why.ofOne : why.ofSeveral)",
                    help: "use host-model or the target pin, which keep the features that \(name) leaves out", hosts: names)
            }
        })
}

extension Inspection {
    /// Whether the guest's CPU comes from a host with this nearest model, or would after the rewrite.
    fileprivate func follows(_ model: String) -> Bool {
        if case .rewrite(let rewriting) = plan, rewriting.model == model { return true }
        guard let cpu else { return false }
        return cpu.effectiveMode == .hostModel || cpu.effectiveMode == .custom && domain.is(cpu.namedModel, model)
    }
}

extension StartCheck {
    /// Why the nearest model of a kind of hosts is far below its processor; nil if it fits.
    fileprivate func weakness(ofHostModel kind: Int) -> HostWeakness? {
        rememberingWeakness(of: kind) { hosts[distinct[kind]].cpu.flatMap { knowledge.x86.weakness(of: $0) } }
    }
}

extension X86Map {
    /// A host may lack this many features of the nearest model of its generation and still count as one of that
    /// generation: TSX and MPX, which are often switched off, and a few mitigations.
    private static let expectedLosses = 8

    /// Why a host's nearest model is far below its processor, as it is said about one host or about several; nil if the model
    /// fits the processor's signature.
    fileprivate func weakness(of cpu: CPUDefinition) -> HostWeakness? {
        guard let name = cpu.model, let model = model(named: name) else { return nil }
        if model.vendor == nil {
            let why = "it is a generic model, as is usual if "
            return HostWeakness(
                ofOne: why + "the host's CPU is masked or the host is itself a virtual machine",
                ofSeveral: why + "the hosts' CPUs are masked or the hosts are themselves virtual machines")
        }
        guard let signature = cpu.signature, !model.matches(signature), let host = try? host(leniently: cpu) else { return nil }
        let own = models.filter { $0.vendor == cpu.vendor && $0.matches(signature) }
        guard let nearest = own.min(by: { ($0.features - host.features).count < ($1.features - host.features).count }) else {
            return nil
        }
        let missing = featureNames(in: nearest.features - host.features)
        guard missing.count > Self.expectedLosses else { return nil }
        let what = "\(missing.count) features of that model"
        return HostWeakness(
            ofOne: "the host's signature is that of \(nearest.name), but it lacks \(what)",
            ofSeveral: "the hosts' signature is that of \(nearest.name), but they lack \(what)")
    }
}

extension ExampleHost {
    /// The capabilities of a virtual machine that runs virtual machines.
    fileprivate static let nested = Self(
        "nested.capabilities.xml",
        """
        <capabilities>
          <host>
            <cpu>
              <arch>x86_64</arch>
              <model>kvm64</model>
              <vendor>AMD</vendor>
              <signature family='26' model='2' stepping='1'/>
              <feature name='aes'/>
              <feature name='avx2'/>
              <feature name='hypervisor'/>
            </cpu>
          </host>
        </capabilities>
        """)
}
