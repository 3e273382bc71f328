import Lint
import SystemPackage

/// The earlier versions of the domains, for a check that compares.
struct EarlierSide: Sendable {
    let pairing: GuestPairing
    /// The former definitions of guests that were deleted, by the paths of their files and their identities.
    let former: [ExactText: [GuestIdentity: [FormerDefinition]]]
    /// An earlier version could not be read. A domain without an earlier version may have been in that file, so it does
    /// not count as new.
    let isIncomplete: Bool
    /// Paths of files that did not change.
    let unchanged: Set<FilePath>

    func earlier(for guest: Guest, in input: InputFile) -> EarlierGuest {
        if unchanged.contains(input.path) { return .unknown }
        if let former = former[ExactText(input.path.string)]?[GuestIdentity(guest)] { return .deleted(former) }
        let earlier = pairing.earlier(for: guest, file: input.path.string)
        if case .new = earlier, isIncomplete { return .unknown }
        return earlier
    }
}
