extension ExampleHost {
    /// The capabilities of a desktop computer. Microcode has switched off TSX in its processor.
    static let haswellCapabilities = Self(
        "hv01.capabilities.xml",
        """
        <capabilities>
          <host>
            <cpu>
              <arch>x86_64</arch>
              <model>Haswell-noTSX-IBRS</model>
              <vendor>Intel</vendor>
              <signature family='6' model='60' stepping='3'/>
              <feature name='vmx'/>
              <feature name='f16c'/>
              <feature name='rdrand'/>
              <feature name='abm'/>
              <feature name='ssbd'/>
              <feature name='stibp'/>
              <feature name='xsaveopt'/>
            </cpu>
          </host>
        </capabilities>
        """)

    /// The domain capabilities of the same host.
    static let haswell = Self(
        "hv01.domcapabilities.xml",
        """
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path>
          <domain>kvm</domain>
          <machine>pc-q35-9.2</machine>
          <arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'/>
            <mode name='maximum' supported='no'/>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>Haswell-noTSX-IBRS</model>
              <vendor>Intel</vendor>
              <feature policy='require' name='vme'/>
              <feature policy='require' name='f16c'/>
              <feature policy='require' name='rdrand'/>
              <feature policy='require' name='hypervisor'/>
              <feature policy='require' name='arat'/>
              <feature policy='require' name='xsaveopt'/>
              <feature policy='require' name='abm'/>
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes' vendor='unknown'>kvm64</model>
              <model usable='yes' deprecated='yes' vendor='Intel'>Penryn</model>
              <model usable='yes' vendor='Intel' canonical='Haswell-v2'>Haswell-noTSX</model>
              <model usable='no' vendor='Intel' canonical='Haswell-v1'>Haswell</model>
              <blockers model='Haswell'>
                <feature name='hle'/>
                <feature name='rtm'/>
              </blockers>
              <model usable='no' vendor='Intel'>Haswell-v1</model>
              <blockers model='Haswell-v1'>
                <feature name='hle'/>
                <feature name='rtm'/>
              </blockers>
              <model usable='no' vendor='AMD'>Opteron_G2</model>
              <blockers model='Opteron_G2'>
                <feature name='svm'/>
              </blockers>
            </mode>
          </cpu>
        </domainCapabilities>
        """)
}
