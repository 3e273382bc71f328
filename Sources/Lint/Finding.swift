import DomainXML

/// One thing that a rule has to say about a domain.
public struct Finding: Sendable, Equatable {
    /// The rule's id.
    public var rule: String
    /// The command line's or the policy's word on the rule; else the check's, else the rule's own.
    public var severity: Severity
    /// What is wrong, in one line without place and severity.
    public var message: String
    /// Evidence and reasons, a line each.
    public var notes: [String]
    /// The way out.
    public var help: String?
    /// The host that it is about.
    public var host: String?

    /// Offsets of the input.
    public var span: ByteRange
    /// Counted from the beginning of the input.
    public var start: SourcePosition
    /// Exclusive.
    public var end: SourcePosition
    /// The source line of `start`, without its line ending; of a long line, the part around `start`.
    public var sourceLine: String
    /// Unicode scalars of `sourceLine` that stand before `start`.
    public var sourceOffset: Int

    /// `/domain/name`; nil when absent.
    public var domainName: String?
    /// `/domain/uuid` as written; nil when absent.
    public var domainUUID: String?

    /// What would mend it; empty when nothing can be said for certain.
    public var edits: [Edit]
    /// The edits were made: it does not count against the exit status.
    public var isFixed: Bool

    /// Whether there is anything that would mend it.
    public var isFixable: Bool { !edits.isEmpty }
}
