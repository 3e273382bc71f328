/// The file of a host in an example: what `virsh capabilities` or `virsh domcapabilities` prints, shortened to what
/// matters.
public struct ExampleHost: Sendable, Equatable {
    /// The file's name. The host is named after it: `hv01` for `hv01.capabilities.xml` and `hv01.domcapabilities.xml`,
    /// which together are one host. Nothing is read from a file of this name.
    public var file: String
    /// The file's text.
    public var xml: String

    /// - Parameters:
    ///   - file: the file's name, for example `hv01.capabilities.xml`.
    ///   - xml: the file's text.
    public init(_ file: String, _ xml: String) {
        self.file = file
        self.xml = xml
    }
}
