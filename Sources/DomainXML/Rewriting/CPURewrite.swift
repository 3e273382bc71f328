/// The result of applying a ``CPUChange`` to one domain: the edits, and the CPU after them.
public struct CPURewrite: Sendable, Equatable {
    /// The edits for ``Document/write(applying:to:)``; empty when nothing changes.
    public var edits: [Edit]
    /// The CPU after the edits; nil when the domain then has none. Its places are those of the old element.
    public var cpu: CPU?
}
