import CPUModel
import Hosts
import TestSupport

extension Host {
    /// A Haswell host, as its libvirt describes it: its capabilities, and the domain capabilities of one hypervisor.
    static func example(name: String = "hv07", capabilities: Bool = true, hypervisor: Bool = true) throws -> Host {
        let text = (capabilities ? Self.capabilities : "") + (hypervisor ? Self.hypervisor : "")
        return try HostFiles.read([("\(name).xml", Array(text.utf8))])[0]
    }

    private static let capabilities = """
        <capabilities><host><cpu>
          <arch>x86_64</arch><model>Haswell-noTSX</model><vendor>Intel</vendor>
          <signature family='6' model='63' stepping='2'/>
          <feature name='vmx'/><feature name='invtsc'/>
        </cpu></host></capabilities>

        """

    private static let hypervisor = """
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-9.1</machine><arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'/>
            <mode name='maximum' supported='no'/>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>Haswell-noTSX</model><vendor>Intel</vendor><maxphysaddr mode='passthrough' limit='46'/>
              <feature policy='require' name='vmx'/><feature policy='require' name='invtsc'/>
              <feature policy='disable' name='f16c'/>
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes' vendor='Intel' canonical='Haswell-v2'>Haswell-noTSX</model>
              <model usable='yes' vendor='Intel'>Nehalem</model>
              <model usable='no' vendor='Intel'>Haswell</model>
              <blockers model='Haswell'><feature name='hle'/><feature name='rtm'/></blockers>
              <model usable='unknown' deprecated='yes' vendor='unknown'>qemu64</model>
            </mode>
          </cpu>
        </domainCapabilities>

        """
}

/// The lines of a table that begin with a word.
func line(_ word: String, of text: String) -> String? {
    text.split(separator: "\n").first { $0.split(separator: " ").first == word[...] }.map(String.init)
}
