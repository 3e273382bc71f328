/// Why a ``SuppressionComment`` cannot be written.
public struct SuppressionCommentError: Error, Equatable, CustomStringConvertible {
    /// One line.
    public var description: String
}
