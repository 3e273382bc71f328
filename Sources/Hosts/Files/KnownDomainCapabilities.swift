/// Domain capabilities that were read, by the content of their files. The memory is limited: if there are too many, all are
/// forgotten.
package struct KnownDomainCapabilities {
    private var known: [FileContent: DomainCapabilities] = [:]
    private var size = 0
    /// The most bytes of files that are kept.
    private static let mostBytes = 64 << 20

    package init() {}

    subscript(content: FileContent) -> DomainCapabilities? {
        get { known[content] }
        set {
            size += content.bytes.count
            if size > Self.mostBytes {
                known.removeAll()
                size = content.bytes.count
            }
            known[content] = newValue
        }
    }
}
