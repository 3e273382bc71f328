import Lint

// What hosts would do with a guest, in the same form in every command.

extension JSONValue {
    /// A verdict on a host.
    init(_ verdict: HostVerdict) {
        self = ["host": JSONValue(verdict.host)]
        add(Self.parts(of: verdict))
    }

    /// A verdict on several hosts.
    init(_ verdict: JointVerdict) {
        self = ["hosts": JSONValue(verdict.hosts)]
        add(Self.parts(of: verdict.verdict))
    }

    /// An answer, with a code and the names of features for each reason.
    private static func parts(of verdict: HostVerdict) -> JSONValue {
        let answer = verdict.isForArchitecture ? "other-architecture" : verdict.answer.rawValue
        return [
            "answer": JSONValue(answer), "certain": JSONValue(verdict.isCertain),
            "missing": JSONValue(verdict.missing.map(shortened)),
            "reasons": JSONValue(verdict.reasons.map { shortened($0.description) }),
            "causes": .array(verdict.reasons.map { JSONValue($0) }),
        ]
    }

    /// A reason, as a word and the names that it is about.
    init(_ reason: HostVerdict.Reason) {
        self = [
            "code": JSONValue(reason.code.rawValue), "name": JSONValue(reason.name.map(shortened)),
            "missing": JSONValue(reason.missing.map(shortened)), "extra": JSONValue(reason.extra.map(shortened)),
        ]
    }

    /// Moves between hosts with one answer.
    init(_ moves: MoveGroup) {
        let answer = switch moves.verdict.answer {
        case .moves: "moves"
        case .fails: "fails"
        case .unknown: "unknown"
        }
        var missing: [String] = []
        for case .lacks(let names) in moves.verdict.obstacles { missing += names }
        self = [
            "from": JSONValue(moves.origins), "to": JSONValue(moves.destinations), "answer": JSONValue(answer),
            "certain": JSONValue(moves.verdict.isCertain), "missing": JSONValue(missing.map(shortened)),
            "codes": JSONValue(moves.verdict.obstacles.map(\.code.rawValue)),
        ]
    }

    /// A guest's or a host's UUID in the one spelling that all commands print; null for nil.
    package init(uuid: String?) { self.init(uuid.map { canonical(uuid: $0) }) }

    /// Adds what a program needs to know about every object that commands print: the schema that describes it, and the
    /// version of virt-cpu.
    ///
    /// - Parameter schema: `Examples/SCHEMA.schema.json`.
    package func described(by schema: String) -> JSONValue {
        var value = self
        value.add(["schema": JSONValue(schema), "version": JSONValue(Program.version)])
        return value
    }
}
