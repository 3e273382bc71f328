/// An error that ends the program.
struct Failure: Error, CustomStringConvertible {
    /// The message.
    var description: String
}
