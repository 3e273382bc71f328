/// An earlier version that could not be read.
struct EarlierSideFailure {
    let text: String
    /// The work could not be done. A version that is only malformed is no failure of the check.
    let isIncapacity: Bool

    init(_ error: any Error) {
        isIncapacity = !((error as? IOFailure)?.isMalformed ?? false)
        text = isIncapacity
            ? shown(error) : "the earlier version cannot be read, so changes of its domains are not judged: \(shown(error))"
    }
}
