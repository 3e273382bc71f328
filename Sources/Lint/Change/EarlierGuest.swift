/// What a definition was before, as far as anybody asked.
public enum EarlierGuest: Sendable {
    /// Nobody asked: the rules about change have nothing to say.
    case unknown
    /// It was not there: nothing is installed in the guest yet.
    case new
    /// It was this.
    ///
    /// - Parameter file: where, as messages name it.
    indirect case old(GuestRecord, file: String)
}
