import CPUModel
import Hosts

extension Rule {
    static let weakHostModel = Rule(
        id: "weak-host-model",
        severity: .note,
        needs: .hosts,
        summary: "a host is masked or nested: the model nearest to it is far below its processor",
        explanation: """
            A host that is a virtual machine itself, or whose firmware or hypervisor hides features, can lack what every \
            named model of its generation has. The nearest complete model is then a generic one (`kvm64`, `qemu64`) or \
            one many years older, and a guest that gets it loses most of what the processor can do. host-model adds what \
            the model leaves out; `pin` freezes that.

            Said of guests whose CPU comes from such a host: the model itself, host-model, or a rewrite to it.
            """,
        examples: [
            .bad(
                "a nested host", hosts: [.nested],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>kvm64</model></cpu>
                </domain>
                """),
            .good(
                "a host that is what its signature says", hosts: [.haswellCapabilities],
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='custom' match='exact'><model fallback='forbid'>Haswell-noTSX-IBRS</model></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard inspection.guest.hypervisor == .hardware, inspection.guest.isX86 else { return }
            for host in inspection.startCheck.hosts {
                guard let cpu = host.cpu, let name = cpu.model, inspection.follows(name),
                    let why = inspection.knowledge.x86.weakness(of: cpu)
                else { continue }
                inspection.report(
                    at: inspection.cpuPlace, "the model nearest to host \(host.name) is only \(name): \(why)",
                    help: "host-model, or the target pin, keeps the features that \(name) leaves out", host: host.name)
            }
        })
}

extension Inspection {
    /// The guest's CPU is, or is about to be, what comes of a host with that nearest model.
    fileprivate func follows(_ model: String) -> Bool {
        if case .rewrite(let rewriting) = plan, rewriting.name == model { return true }
        guard let cpu else { return false }
        return cpu.effectiveMode == .hostModel || cpu.effectiveMode == .custom && domain.is(cpu.namedModel, model)
    }
}

extension X86Map {
    /// How many features of its own generation's nearest model a host may lack and still pass for one of it: TSX and
    /// MPX switched off, and a few mitigations.
    private static let expectedLosses = 8

    /// Why a host's nearest model says little of it; nil where it is about what its signature says.
    func weakness(of cpu: CPUDefinition) -> String? {
        guard let name = cpu.model, let model = model(named: name) else { return nil }
        if model.vendor == nil { return "a model of no vendor, as for a host that is masked or a virtual machine itself" }
        guard let signature = cpu.signature, !model.matches(signature), let host = try? host(leniently: cpu) else { return nil }
        let own = models.filter { $0.vendor == cpu.vendor && $0.matches(signature) }
        guard let nearest = own.min(by: { ($0.features - host.features).count < ($1.features - host.features).count }) else {
            return nil
        }
        let missing = featureNames(in: nearest.features - host.features)
        guard missing.count > Self.expectedLosses else { return nil }
        return "its signature is that of \(nearest.name), of which it lacks \(missing.count) features"
    }
}

extension Host {
    /// The vendor of its CPU, or what the hypervisor says of it.
    var vendor: String? { cpu?.vendor ?? domainCapabilities.first { $0.platform.isAccelerated }?.hostModel?.vendor }
}

extension Rule.Example.HostDocument {
    /// A virtual machine that runs virtual machines.
    static let nested = Self(
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
