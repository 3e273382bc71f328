import CPUModel
import Hosts
import Lint
import Reports

/// A guest whose CPU depends on its host, compared with one host: what it would be there, or, if it was started on
/// another host, whether it can move.
struct FollowingGuest {
    let name: String
    let question: StartQuestion

    /// Nil for a guest that names its CPU, or that has none of its own, and where the CPU map has no features of its
    /// architecture. A model with `match='minimum'` names its CPU to virsh cpu-compare, and follows the host only when
    /// the guest runs, so it counts if the guest was started on a host.
    init?(_ guest: ComparedGuest, on host: Host, isStarted: Bool) {
        guard let cpu = guest.cpu, cpu.mode != .custom || isStarted && cpu.match == .minimum && cpu.model != nil else { return nil }
        // A <cpu> alone does not say what runs the guest.
        let platform = guest.platform ?? DomainPlatform(architecture: host.architecture ?? "x86_64", virtType: "kvm")
        guard platform.isX86, platform.isAccelerated else { return nil }
        name = guest.name
        question = StartQuestion(cpu: cpu, platform: platform)
    }

    /// The line for a host.
    ///
    /// - Parameter origin: the host on which the guest was started; nil if it starts on `host`.
    func line(on host: Host, from origin: Host?, _ known: KnownHosts) -> ComparisonLine {
        let check = MoveCheck(StartCheck(hosts: [host] + (origin.map { [$0] } ?? []), knowledge: known.knowledge))
        let line = line(on: host, from: origin, check)
        // Hosts are asked while the guest is judged.
        guard let failure = check.startCheck.failures.first else { return line }
        return ComparisonLine(guest: name, host: host.name, .error, reason: "\(failure)")
    }

    private func line(on host: Host, from origin: Host?, _ check: MoveCheck) -> ComparisonLine {
        let start = check.startCheck.verdict(on: question, host: 0)
        if start.answer == .refuses {
            var line = ComparisonLine(
                guest: name, host: host.name, .incompatible, reason: start.reasons.map(\.description).joined(separator: "; "))
            line.missing = start.features
            return line
        }
        let source = origin == nil ? 0 : 1
        let started = check.started(question, on: source)
        let what = started.map { "\($0.isCertain ? "" : "probably ")\(words($0.question.cpu))" } ?? "the CPU of \(origin?.name ?? "the host")"
        var line: ComparisonLine
        if let origin {
            let verdict = check.verdict(on: question, from: 1, to: 0)
            let prefix = "started on \(origin.name), it has \(what)"
            switch verdict.answer {
            case .moves: line = ComparisonLine(guest: name, host: host.name, .superset, reason: prefix)
            case .unknown:
                let why = verdict.obstacles.map { $0.words(about: host.name, isOne: true) }.joined(separator: "; ")
                line = ComparisonLine(guest: name, host: host.name, .notJudged, reason: why)
            case .fails:
                let why = verdict.obstacles.map { $0.words(about: host.name, isOne: true) }.joined(separator: "; ")
                line = ComparisonLine(guest: name, host: host.name, .incompatible, reason: "\(prefix); \(why)")
                for case .lacks(let names) in verdict.obstacles { line.missing += names }
            }
        } else if started == nil && question.cpu.mode != .hostPassthrough && question.cpu.mode != .maximum || start.answer == .unknown {
            line = ComparisonLine(guest: name, host: host.name, .notJudged, reason: "the host's CPU is unknown")
        } else {
            line = ComparisonLine(guest: name, host: host.name, .superset, reason: "\(question.cpu.mode.rawValue) means \(what) there")
        }
        line.cpu = started?.question.cpu.xml
        return line
    }

    /// `EPYC-Rome with 12 features`.
    private func words(_ cpu: CPUDefinition) -> String {
        let count = cpu.features.count
        return (cpu.model ?? "") + (count == 0 ? "" : " with \(count) feature\(count == 1 ? "" : "s")")
    }
}
