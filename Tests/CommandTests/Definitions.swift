import TestSupport

/// Definitions that the tests share.
enum Definitions {
    static let passthrough = guest("<cpu mode='host-passthrough'/>")
    static let hostModel = guest("<cpu mode='host-model'/>")
    /// libvirt refuses it: an error whatever the policy.
    static let invalid = guest("<cpu mode='host-model'><feature name='pcid'/><feature name='pcid'/></cpu>", name: "bad")

    /// A definition whose `<cpu>` stands in line 4, column 3.
    static func guest(_ cpu: String, name: String = "g", type: String = "kvm", extra: String = "") -> String {
        """
        <domain type='\(type)'>
          <name>\(name)</name>
          <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
          \(cpu)
        \(extra)</domain>

        """
    }

    static func example(_ name: String) -> [UInt8] { Corpus.read("\(Corpus.repository)/Examples/\(name)") }
}
