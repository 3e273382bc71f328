/// The domain of an example: its whole XML as a string literal, or `guest(…)`, which writes the ordinary parts.
public struct ExampleGuest: Sendable, ExpressibleByStringInterpolation {
    /// The domain, possibly with a marker (`RuleExample.marker`).
    public var xml: String

    /// Takes the whole domain as it is.
    public init(stringLiteral xml: String) { self.xml = xml }

    /// A domain of which only the interesting parts are given; parts that are nil are left out.
    ///
    /// Values are put between the quotes or tags of their element. Elements are given as they stand in a definition, on
    /// as many lines as they need; the domain's indentation is added.
    ///
    /// - Parameters:
    ///   - type: the domain's `type`.
    ///   - comment: a comment at the top of the domain, with its delimiters.
    ///   - osinfo: the libosinfo id, for example `http://redhat.com/rhel/9.2`.
    ///   - vcpu: the element `<vcpu>`.
    ///   - arch: the architecture.
    ///   - machine: the machine type.
    ///   - hyperv: Hyper-V enlightenments, the content of `<hyperv>`: they show that the guest is Windows.
    ///   - cpu: the element `<cpu>`.
    ///   - clock: the element `<clock>`.
    public static func guest(
        type: String = "kvm", comment: String? = nil, osinfo: String? = nil, vcpu: String? = nil,
        arch: String = "x86_64", machine: String? = nil, hyperv: String? = nil, cpu: String? = nil, clock: String? = nil
    ) -> ExampleGuest {
        let metadata = osinfo.map { id in
            """
            <metadata>
              <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                <libosinfo:os id='\(id)'/>
              </libosinfo:libosinfo>
            </metadata>
            """
        }
        let os = "<os><type arch='\(arch)'\(machine.map { " machine='\($0)'" } ?? "")>hvm</type></os>"
        let features = hyperv.map { "<features><hyperv>\($0)</hyperv></features>" }
        let lines = [comment, metadata, vcpu, os, features, cpu, clock].compactMap { $0 }.flatMap {
            $0.split(separator: "\n")
        }
        return ExampleGuest(
            stringLiteral: "<domain type='\(type)'>\n" + lines.map { "  \($0)\n" }.joined() + "</domain>")
    }
}
