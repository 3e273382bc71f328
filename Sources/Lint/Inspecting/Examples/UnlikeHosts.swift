extension ExampleHost {
    /// The domain capabilities of a host with a Zen 2 processor, shortened.
    static let rome = Self(
        "hv01.domcapabilities.xml",
        """
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path>
          <domain>kvm</domain>
          <machine>pc-q35-9.2</machine>
          <arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'/>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>EPYC-Rome</model>
              <vendor>AMD</vendor>
              <feature policy='require' name='x2apic'/>
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes' vendor='AMD'>EPYC-Rome</model>
              <model usable='no' vendor='AMD'>EPYC-Milan</model>
              <blockers model='EPYC-Milan'>
                <feature name='erms'/>
                <feature name='invpcid'/>
                <feature name='pcid'/>
                <feature name='pku'/>
                <feature name='fsrm'/>
              </blockers>
            </mode>
          </cpu>
        </domainCapabilities>
        """)

    /// The domain capabilities of a host with a Zen 3 processor whose firmware hides a few features, so that libvirt calls it
    /// Zen 2 too.
    static let milan = Self(
        "hv02.domcapabilities.xml",
        """
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path>
          <domain>kvm</domain>
          <machine>pc-q35-9.2</machine>
          <arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'/>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>EPYC-Rome</model>
              <vendor>AMD</vendor>
              <feature policy='require' name='x2apic'/>
              <feature policy='require' name='erms'/>
              <feature policy='require' name='invpcid'/>
              <feature policy='require' name='vaes'/>
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes' vendor='AMD'>EPYC-Rome</model>
              <model usable='no' vendor='AMD'>EPYC-Milan</model>
              <blockers model='EPYC-Milan'>
                <feature name='pcid'/>
                <feature name='pku'/>
                <feature name='fsrm'/>
              </blockers>
            </mode>
          </cpu>
        </domainCapabilities>
        """)
}
