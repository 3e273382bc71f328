/// Definitions that the tests share.
package enum Definitions {
    package static let passthrough = guest("<cpu mode='host-passthrough'/>")
    package static let hostModel = guest("<cpu mode='host-model'/>")
    /// A definition that libvirt refuses, which is an error whatever the policy.
    package static let invalid = guest("<cpu mode='host-model'><feature name='pcid'/><feature name='pcid'/></cpu>", name: "bad")

    /// A definition with two things to fix: a feature that is listed twice, and one that its model has.
    package static let fixable = """
        <domain type="kvm">\r
        \t<name>odd</name>\r
        \t<os><type arch="x86_64">hvm</type></os>\r
        \t<cpu mode="custom" match="exact">\r
        \t\t<model fallback="forbid">Nehalem</model><!-- keep -->\r
        \t\t<feature policy="require" name="sse4.2"/>\r
        \t\t<feature policy="require" name="sse4.2"/>\r
        \t\t<feature policy="require" name="pcid"/>\r
        \t</cpu>\r
        </domain>
        """
    /// `fixable` with its fixes made.
    package static let fixed = fixable.replacing("\t\t<feature policy=\"require\" name=\"sse4.2\"/>\r\n", with: "")

    /// A definition whose `<cpu>` stands in line 4, column 3.
    package static func guest(_ cpu: String, name: String = "g", type: String = "kvm", extra: String = "") -> String {
        """
        <domain type='\(type)'>
          <name>\(name)</name>
          <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
          \(cpu)
        \(extra)</domain>

        """
    }

    /// The bytes of a file in `Examples`.
    package static func example(_ name: String) -> [UInt8] { Corpus.read("\(Corpus.repository)/Examples/\(name)") }
}
