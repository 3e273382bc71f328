public import Hosts

/// Information that applies to many domains and should be printed once per run.
///
/// Each verdict contains the remarks that apply to its document; the output prints each remark once.
public enum Remark: Hashable, Sendable, CustomStringConvertible {
    /// Domains of this `type` are never rewritten, because QEMU does not run them. Empty for domains without a type.
    case notRewritten(domainType: String)
    /// No default is stated, so only guests without a CPU get one.
    case noDefault
    /// The input of `filter` holds no domain.
    case noDomain
    /// The target depends on a host, and no host is known.
    case noHost(target: String, reason: String)

    /// An input, or a domain, is not judged.
    case notJudged(what: String, reason: String)

    /// Some fixes of an input are not made, because a domain without errors would have one afterwards.
    case notFixed(what: String, reason: String)

    /// Some findings of an input are not suppressed by a comment, though one was asked for.
    case notSuppressed(String)

    /// A rule that a comment is to suppress is reported as a part of another rule's finding.
    case partOfFinding(rule: String, of: String)

    /// An input that somebody named holds no domain.
    case withoutDomain(String)

    /// An input that somebody named describes a host.
    case hostNotGuest(String)

    /// An input is a `<cpu>` without a `<domain>`.
    case loneCPU(String)

    /// The host has names that no CPU map here has. They are taken as the host shows them.
    case takenByName(host: String, names: String, maps: String)

    /// A line about a name in the policy of which it cannot be known whether a host has it.
    case uncertainName(String)

    /// One line.
    public var description: String {
        switch self {
        case .notJudged(let what, let reason): "\(what): not judged: \(reason)"
        case .notFixed(let what, let reason): "\(what): some findings are not fixed, because the result would have an error: \(reason)"
        case .notSuppressed(let name):
            "\(name): some findings get no comment: a definition of a running guest is not edited, and in a one-byte encoding the "
                + "reason must be ASCII"
        case .partOfFinding(let rule, let other):
            "no comment is written for \(rule): it is reported as a part of \(other); suppress that rule instead"
        case .withoutDomain(let name): "\(name): it holds no <domain>, so nothing is checked"
        case .hostNotGuest(let name):
            "\(name): it describes a host, not a guest; a pattern after --host must be in quotation marks, or the shell turns it into "
                + "several files"
        case .loneCPU(let name): "\(name): a <cpu> without a <domain> is judged as that of a KVM guest, whatever its number of vCPUs"
        case .takenByName(let host, let names, let maps):
            "host \(host) has a newer libvirt or QEMU than the CPU maps of this program (libvirt \(maps)); taken by "
                + "name: \(names)"
        case .notRewritten(let type):
            "\(type.isEmpty ? "domains without a type" : "\(type) domains") are not rewritten: only qemu, kvm and hvf "
                + "domains are"
        case .uncertainName(let line): line
        case .noDefault:
            "no default is configured: guests that state no CPU, or the one that libvirt writes for none, get host-model-only; all others keep theirs (set "
                + "'default' in a policy, or use --default)"
        case .noDomain: "the input holds no <domain>, so it is written as it is"
        case .noHost(let target, let reason): "cannot apply \(target): \(reason)"
        }
    }
}

extension Remark {
    /// The remark is about a name that no CPU map here has.
    package var isAboutName: Bool {
        switch self {
        case .takenByName, .uncertainName: true
        default: false
        }
    }

    /// A remark for each host that has names which no CPU map here has.
    public static func takenByName(_ hosts: [Host], _ knowledge: CPUKnowledge) -> [Remark] {
        if knowledge.namesOfHosts.isEmpty { return [] }
        return hosts.compactMap { host in
            let names = knowledge.newNames(of: host)
            if names.isEmpty { return nil }
            let all = names.models.map { "model \($0)" } + names.features
            let shown = all.prefix(12).joined(separator: ", ") + (all.count > 12 ? " and \(all.count - 12) more" : "")
            let left = knowledge.namesOfHosts.isTruncated ? " (there are too many, so that some are not taken)" : ""
            return .takenByName(host: host.name, names: shown + left, maps: knowledge.newestRelease)
        }
    }
}
