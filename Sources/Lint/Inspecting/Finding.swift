public import DomainXML

/// What a rule reports about one domain.
public struct Finding: Sendable, Equatable {
    /// The id of the rule.
    public var rule: String
    /// The severity: by the command line or the policy if they state one, else by the rule's check, else by the rule.
    public var severity: Severity
    /// What is wrong, in one line without position and severity.
    public var message: String
    /// Evidence and reasons, one line each.
    public var notes: [String]
    /// What to do about it, in one line.
    public var help: String?
    /// The names of the hosts that the finding is about. Empty if it is not about a host.
    public var hosts: [String]
    /// The verdicts on hosts from which the finding follows; empty if it follows from none.
    public var verdicts: [JointVerdict] = []
    /// The moves between hosts that the finding is about; empty if it is about none.
    public var moves: [MoveGroup] = []

    /// The bytes of the input that the finding is about.
    public var span: ByteRange
    /// The position where `span` begins, counted from the beginning of the input.
    public var start: SourcePosition
    /// The position where `span` ends. It is exclusive.
    public var end: SourcePosition
    /// The source line of `start` without its line ending. Of a long line, only the part around `start`.
    public var sourceLine: String
    /// The number of Unicode scalars in `sourceLine` before `start`.
    public var sourceOffset: Int

    /// `/domain/name`; nil if it is absent.
    public var domainName: String?
    /// `/domain/uuid` as it is written; nil if it is absent.
    public var domainUUID: String?

    /// The edits that fix the problem. Empty if no fix is certain.
    public var edits: [Edit]
    /// What each of the edits replaces, counted from the beginning of the input.
    public var editRanges: [SourceRange] = []
    /// The edits were applied. The finding does not count for the exit status.
    public var isFixed: Bool

    package init(
        rule: String, severity: Severity, message: String, notes: [String], help: String?, hosts: [String],
        verdicts: [JointVerdict] = [], moves: [MoveGroup] = [], span: ByteRange, start: SourcePosition, end: SourcePosition, sourceLine: String, sourceOffset: Int, domainName: String?,
        domainUUID: String?, edits: [Edit], editRanges: [SourceRange] = [], isFixed: Bool
    ) {
        (self.rule, self.severity, self.message, self.notes, self.help) = (rule, severity, message, notes, help)
        (self.hosts, self.verdicts, self.moves) = (hosts, verdicts, moves)
        (self.span, self.start, self.end) = (span, start, end)
        (self.sourceLine, self.sourceOffset) = (sourceLine, sourceOffset)
        (self.domainName, self.domainUUID) = (domainName, domainUUID)
        (self.edits, self.editRanges, self.isFixed) = (edits, editRanges, isFixed)
    }

    /// A finding about a place in a guest's definition. Texts longer than 2000 bytes are cut.
    ///
    /// - Parameters:
    ///   - rule: its id.
    ///   - span: in the input, inside the guest's document.
    init(
        _ rule: String, _ severity: Severity, _ message: String, notes: [String] = [], help: String? = nil, hosts: [String] = [],
        verdicts: [JointVerdict] = [], moves: [MoveGroup] = [], at span: ByteRange, in guest: Guest, edits: [Edit] = [], isFixed: Bool = false
    ) {
        let document = guest.document
        let excerpt = document.excerpt(at: span)
        let ranges = edits.isEmpty ? [] : document.ranges(of: edits.map(\.span) + [span])
        let range = ranges.last ?? document.range(of: span)
        self.init(
            rule: rule, severity: severity, message: shortened(message), notes: notes.map { shortened($0) },
            help: help.map { shortened($0) }, hosts: hosts, verdicts: verdicts, moves: moves, span: span, start: range.start, end: range.end,
            sourceLine: excerpt.text, sourceOffset: excerpt.before, domainName: guest.shownName, domainUUID: guest.shownUUID, edits: edits,
            editRanges: ranges.dropLast(), isFixed: isFixed)
    }

    /// Whether there are edits that fix the problem.
    public var isFixable: Bool { !edits.isEmpty }

    /// The host, if the finding is about exactly one.
    public var host: String? { hosts.count == 1 ? hosts[0] : nil }

    /// Whether the finding is about a place in a domain of its document.
    package func isIn(_ domain: Domain) -> Bool {
        let whole = domain.element.span
        return span.start >= whole.start && span.start < whole.end
    }
}
