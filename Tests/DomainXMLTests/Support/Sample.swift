/// Documents that several suites read.
enum Sample {
    /// One domain on one line, without a line ending.
    static let domain = "<domain type='kvm'><name>a</name><cpu mode='host-model'/></domain>"

    /// A small document with comments, CDATA, references, tabs and CRLF, in which some neighbours have no line break between
    /// them.
    static let mixed = Array(
        """
        <?xml version='1.0'?>\r
        <!-- a free comment; <cpu> -->\r
        <domain type='kvm' id="3"><name>a&lt;b</name>\t<vcpu current = '1'>2</vcpu>\
        <os><type arch='x86_64' machine='pc'>hvm</type></os><!-- same line --><cpu mode='custom'  match="exact"\r
        check='p&#97;rtial'><!-- in --><model fallback='forbid'>Has<![CDATA[well]]></model><?pi <?x ?>\
        <feature name='a&amp;b' policy="disable"/></cpu><clock offset='utc'><timer name='tsc'/></clock>\
        <devices><emulator>/bin/q</emulator></devices></domain>\r

        """.utf8)
}
