public import CPUModel
public import Hosts

/// Why a host does not start guests with a model, or that it does.
public struct ModelObstacles: Sendable {
    /// libvirt's name of the model.
    public var model: String
    /// What libvirt would do with a guest that has the model and no features of its own.
    public var verdict: HostVerdict
    /// The features of libvirt's model that the host's processor lacks and KVM does not add, in the order of the CPU map. Nil
    /// if the processor or the model is not known.
    public var lackedByProcessor: [String]?
    /// How the hypervisor lists the model; nil if the host's domain capabilities are not known.
    public var listing: Listing?
    /// The model's vendor and the host's, if they differ.
    public var vendors: (model: String, host: String)?
    /// The release of the host's libvirt; nil if it is not known.
    public var libvirt: LibvirtVersion?
    /// What would help: features to disable, or another model. The host would start such a guest. Nil if nothing would.
    public var remedy: HostRemedy?
    /// Why the host did not answer, if it is named by a URI; nil if it did.
    public var failure: HostError?

    /// What domain capabilities say about a model.
    public enum Listing: Sendable, Equatable {
        /// The hypervisor does not list the model: that QEMU does not have it, or that libvirt does not know it.
        case absent
        /// The hypervisor lists the model as usable.
        case usable
        /// The hypervisor lists the model as unusable, because of these features. They are empty if libvirt is older than
        /// 10.9, which does not print them.
        case unusable([String])
        /// Whether the model is usable is not known to the hypervisor.
        case unknown
    }
}

extension StartCheck {
    /// Why the hosts do not start guests with a model, for each host.
    ///
    /// - Throws: `HostCPUError` for a model that no CPU map has and no host lists.
    public func obstacles(to model: String) throws -> [ModelObstacles] {
        let isListed = hosts.contains { host in
            host.domainCapabilities.contains { $0.model(named: model) != nil }
        }
        let map = knowledge.map
        guard isListed || map.x86.model(named: model) != nil || map.ppc64.model(named: PVRMap.currentName(of: model)) != nil else {
            let word = ForeignWord.model(model, isEmulated: false).map { "\(quoted(model)) is no CPU model of libvirt: \($0)" }
            throw HostCPUError(word ?? knowledge.mistake(inModel: model) ?? "libvirt does not know the CPU model \(quoted(model))")
        }
        // Each host is asked by itself: what would help on one may be another model than on all.
        return hosts.map { host in
            let check = asked(of: [host])
            var answer = check.obstacles(to: model, on: 0)
            answer.failure = check.failures.first
            return answer
        }
    }

    private func obstacles(to model: String, on host: Int) -> ModelObstacles {
        let native = (try? hosts[host].nativeCapabilities())?.first?.platform
        var platform = DomainPlatform(
            architecture: hosts[host].architecture ?? native?.architecture ?? Architecture.defaultName, virtType: native?.virtType ?? "kvm")
        if !platform.isX86 { platform.machine = native?.machine }
        let question = StartQuestion(cpu: CPUDefinition(kind: .guest, model: model, fallback: .forbid), platform: platform)
        let own = map(of: host).x86
        var answer = ModelObstacles(model: model, verdict: verdict(on: question, host: host), libvirt: libvirtRelease(of: host))
        answer.remedy = remedy(for: question, host: host)
        let entry = own.model(named: model)
        if let entry, !entry.isKnownByNameOnly, hosts[host].cpu?.model != nil, let full = fullHost(host, for: platform),
            full.modelKnownByNameOnly == nil
        {
            answer.lackedByProcessor = own.featureNames(in: entry.features - full.features)
        }
        if let known = capabilities(of: host, for: platform)?.capabilities, !known.models.isEmpty {
            answer.listing = ModelObstacles.Listing(known.model(named: model))
        }
        let vendor = fullHost(host, for: platform)?.vendor ?? hosts[host].cpu?.vendor
        guard let theirs = entry?.vendor, let vendor, theirs != vendor else { return answer }
        answer.vendors = (theirs, vendor)
        if answer.remedy != nil {
            // A model of the host's own vendor is better than one that happens to have few features.
            let own = try? HostTargets(asked(of: [hosts[host]])).nearestModel(for: platform)
            answer.remedy = own.map { HostRemedy(model: $0) } ?? answer.remedy
        }
        return answer
    }
}

extension ModelObstacles.Listing {
    fileprivate init(_ model: DomainCapabilities.Model?) {
        switch model?.usability {
        case nil: self = .absent
        case .yes?: self = .usable
        case .no?: self = .unusable(model?.blockers ?? [])
        case .unknown?: self = .unknown
        }
    }
}
