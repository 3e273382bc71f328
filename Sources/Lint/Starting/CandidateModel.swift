import CPUModel

/// A model that can take the place of another one.
struct CandidateModel: Sendable {
    var model: X86Model
    /// The name that models of its generation share.
    var family: String
}

/// Which models can take the place of a guest's.
struct CandidateQuestion: Hashable {
    /// Those with a version in their name (`-vN`); the others otherwise.
    var areVersioned: Bool
    /// Those with the 64-bit mode only.
    var areLong: Bool
}

extension StartCheck {
    /// The models that can take the place of others, in the order of the map. Their families are worked out once.
    func candidates(_ question: CandidateQuestion) -> [CandidateModel] {
        remembering(question) {
            let x86 = knowledge.x86
            return x86.models.filter { X86Map.isVersioned($0.name) == question.areVersioned && (!question.areLong || x86.isLong($0)) }
                .map { CandidateModel(model: $0, family: X86Map.family(of: $0.name)) }
        }
    }
}
