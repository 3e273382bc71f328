/// An earlier version that could not be read.
struct EarlierSideFailure {
    let error: any Error
    /// What to say about it.
    let text: String
    /// The version could not be read at all, so the check fails. False for a version that is only malformed.
    let isIncapacity: Bool

    init(_ error: any Error) {
        self.error = error
        isIncapacity = !((error as? IOFailure)?.isMalformed ?? false)
        text = isIncapacity
            ? shown(error)
            : "the earlier version cannot be read, so changes to its domains are not reported: \(shown(error))"
    }
}
