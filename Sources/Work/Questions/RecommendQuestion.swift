import DomainXML
import CPUModel
import Lint
import Reports

extension HostQuestion {
    /// CPUs that run on all of the hosts, and what they mean for guests.
    ///
    /// - Parameters:
    ///   - specs: the hosts; if there are none, those of the first guests' policy.
    ///   - guests: files with domains; a directory stands for the files below it.
    ///   - words: the language in which each CPU is written.
    /// - Throws: `HostError` for a host that cannot be judged; what is wrong with a guest's file.
    package func recommendation(
        for specs: [String], guests files: [String], _ words: CPUWords
    ) throws -> RecommendationReport {
        try checkInput(of: files, specs)
        let known = try someHosts(specs, orOfPolicyFor: files.first)
        let check = StartCheck(hosts: known.hosts, knowledge: known.knowledge)
        var unreadable: IOFailure?
        var inputs = InputFile.files(named: Files.named(by: files), channels, including: included.names) { unreadable = unreadable ?? $0 }
        if let unreadable { throw unreadable }
        // Each file is read twice, and standard input can be read only once.
        for index in inputs.indices { inputs[index].content = .bytes(try inputs[index].bytes()) }
        var level: ISALevel?
        try each(of: inputs, check) { level = [level, Recommendation.level(neededBy: $0)].compactMap { $0 }.max() }
        let answer = try check.recommendation(for: level)
        var effects = answer.choices.map { _ in [GuestEffect]() }
        try each(of: inputs, check) { guest in
            for (index, choice) in answer.choices.enumerated() { effects[index].append(answer.effect(of: choice, on: guest, check)) }
        }
        return RecommendationReport(answer, words, effects: effects)
    }

    private func each(of inputs: [InputFile], _ check: StartCheck, _ work: @escaping (Guest) throws -> Void) throws {
        for input in inputs { try input.read(with: DomainReader(), into: GuestCollector(hostArchitecture: check.architecture, work)) }
    }

    /// Why each host does not start a model.
    /// - Throws: `HostCPUError` for a model that nobody knows.
    package func obstacles(to model: String, on specs: [String]) throws -> ModelObstacleTable {
        let known = try someHosts(specs, orOfPolicyFor: nil)
        return ModelObstacleTable(try StartCheck(hosts: known.hosts, knowledge: known.knowledge).obstacles(to: model))
    }
}
