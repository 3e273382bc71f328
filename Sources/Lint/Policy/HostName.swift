/// A word of a policy that names hosts: the name of a host, a glob for such names, or, in an entry of `guests`, the name
/// of a cluster.
public struct HostName: Equatable, Sendable {
    /// The word.
    public let word: String
    /// The line of the word, counted from 1.
    public let line: Int
    /// The column of the word in characters, counted from 1.
    public let column: Int
    /// Which of the policy's documents has the word.
    public let document: Int
    private let glob: Glob

    /// Every word is valid here.
    public init(_ word: String, line: Int = 0, column: Int = 0, document: Int = 0) {
        self.word = word
        self.line = line
        self.column = column
        self.document = document
        glob = Glob(word)
    }

    /// The word names this host.
    public func matches(_ host: String) -> Bool { word == host || glob.matches(host) }
}
