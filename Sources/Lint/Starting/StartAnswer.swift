import Hosts

/// The answers of all hosts to one question.
struct StartAnswer: Sendable {
    /// What is true of some kinds of hosts (`StartCheck.kinds`), in their order.
    typealias Shared<Value> = (value: Value, kinds: [Int32])

    var question: StartQuestion
    /// The different judgements, in the order of the first kind that has each. Every kind is in one.
    var judgements: [Shared<Judgement>] = []
    /// How hypervisors list the guest's model. Empty if the guest names no model; kinds whose hypervisor does not list the
    /// model are left out.
    var listed: [Shared<DomainCapabilities.Model>] = []

    /// The guest starts on every host.
    var startsEverywhere: Bool { judgements.allSatisfy { $0.value.answer == .starts } }

    /// The judgement of a kind of hosts.
    func judgement(of kind: Int) -> Judgement? { judgements.first { $0.kinds.contains(Int32(kind)) }?.value }

    /// About the memory that the answer takes, in bytes.
    var size: Int {
        let names = judgements.reduce(0) { sum, judgement in
            sum + 96 + 4 * judgement.kinds.count + judgement.value.reasons.reduce(0) { $0 + 96 + 24 * $1.nameCount }
        }
        return 256 + question.size + names + listed.reduce(0) { $0 + 128 + 4 * $1.kinds.count + 24 * $1.value.blockers.count }
    }
}

extension Array {
    /// Adds what is true of a kind of hosts.
    mutating func add<Value: Equatable>(_ value: Value, of kind: Int) where Element == StartAnswer.Shared<Value> {
        if let same = firstIndex(where: { $0.value == value }) {
            self[same].kinds.append(Int32(kind))
        } else {
            append((value, [Int32(kind)]))
        }
    }
}

extension HostVerdict.Reason {
    /// The number of names in the reason.
    fileprivate var nameCount: Int {
        switch self {
        case .incompatible(.missingFeatures(let names)), .incompatible(.forbiddenFeatures(let names)),
            .incompatible(.extraFeatures(let names)), .blockers(let names, _), .unknownToQEMU(let names):
            names.count
        case .notAsDefined(let extra, let missing): extra.count + missing.count
        default: 1
        }
    }
}

extension StartQuestion {
    /// About the memory that the question takes, in bytes. Names come from strangers' definitions and can be long.
    var size: Int {
        let words = [cpu.model, cpu.vendor, cpu.vendorID, platform.machine, platform.emulator, platform.architecture, platform.virtType]
        return 320 + cpu.features.reduce(0) { $0 + 32 + $1.name.utf8.count } + words.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }
}
