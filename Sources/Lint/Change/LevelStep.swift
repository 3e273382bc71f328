import CPUModel
import Hosts

/// A level of x86-64 that a CPU nearly has.
struct LevelStep: Equatable, CustomStringConvertible {
    /// The level.
    var level: ISALevel
    /// The features to add, in the order of the CPU map.
    var features: [String]
    /// Hosts are known, and all of them start the CPU with these features.
    var isTried: Bool

    /// One clause: `add movbe, and it is x86-64-v3`.
    var description: String {
        "add \(features.joined(separator: ", ")), and it is \(level)" + (isTried ? "" : " (if the hosts support that)")
    }

    /// The most features that are worth naming: a CPU that lacks more is of another generation.
    static let most = 3
}

extension StartCheck {
    /// The features with which a guest's CPU would have a level that it lacks now. Nil if it lacks many, if the CPU does
    /// not name its model, and if one of the hosts would not start the guest with them.
    ///
    /// - Parameter level: the wanted level; nil for the one above the present.
    func step(to level: ISALevel? = nil, for question: StartQuestion) -> LevelStep? {
        let x86 = knowledge.x86, cpu = question.cpu
        guard cpu.mode == .custom, cpu.match != .minimum, cpu.model != nil, question.platform.architecture == "x86_64",
            let seen = visible(cpu, question.platform), let wanted = level ?? x86.level(of: seen.features)?.next
        else { return nil }
        let missing = x86.missing(for: wanted, in: seen.features)
        guard !missing.isEmpty, missing.count <= LevelStep.most else { return nil }
        var changed = question
        changed.cpu.features.removeAll { missing.contains($0.name) }
        changed.cpu.features += missing.map { CPUDefinition.Feature($0, .require) }
        guard let after = visible(changed.cpu, question.platform), x86.missing(for: wanted, in: after.features).isEmpty,
            allStart(changed)
        else { return nil }
        return LevelStep(level: wanted, features: missing, isTried: !hosts.isEmpty)
    }
}
