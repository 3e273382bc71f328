/// Messages of which each is printed once in a run.
struct SaidOnce<Message: Hashable> {
    private var said: Set<Message> = []

    /// Notes a message as printed.
    ///
    /// - Returns: false if the message was printed before.
    mutating func isNew(_ message: Message) -> Bool { said.insert(message).inserted }
}
