import DomainXML
import Testing

/// The expected values are what `virsh dumpxml --inactive` printed after `virsh define` with libvirt 9.0, 11.3 and 12.9.
@Suite("What libvirt reads")
struct LibvirtReadingTests {
    /// Reads one domain and passes it to `body`.
    func read(_ text: String, _ body: @escaping (Domain) -> Void) throws {
        let recorder = Recorder()
        recorder.each = { _, domain in body(domain) }
        #expect(try Recorder.read(Array(text.utf8), into: recorder).domains.count == 1, "\(text)")
    }

    func rewritten(_ text: String, to mode: CPU.Mode) throws -> String {
        let recorder = Recorder()
        recorder.change = CPUChange(mode: mode)
        return String(decoding: try Recorder.read(Array(text.utf8), into: recorder).output, as: UTF8.self)
    }

    // MARK: Attributes

    @Test("An attribute is found by its local name, the first one wins, and an undeclared prefix is part of the name")
    func prefixedAttributes() throws {
        for (attributes, mode) in [
            ("xml:mode='host-passthrough' mode='custom'", "host-passthrough"), ("mode='custom' xml:mode='maximum'", "custom"),
            ("xml:mode='maximum'", "maximum"), ("x:mode='maximum' xmlns:x='u' mode='custom'", "maximum"),
            ("u:mode='host-passthrough' mode='custom'", "custom"), ("xml:mode='a&amp;b' mode='custom'", "a&b"),
        ] {
            try read("<domain><cpu \(attributes)><model>Penryn</model></cpu></domain>") { domain in
                #expect(domain[domain.cpu?.mode?.text] == mode, "\(attributes)")
            }
        }
        try read("<domain><cpu><feature xml:policy='disable' policy='require' xml:name='vmx' name='aes'/></cpu></domain>") { domain in
            let feature = domain.cpu!.features[0]
            #expect(domain[feature.name] == "vmx")
            #expect(feature.policy?.value == .disable)
        }
        let qemu = "xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'"
        try read("<domain \(qemu)><q:commandline><q:arg xml:value='-cpu' value='-m'/></q:commandline></domain>") { domain in
            #expect(domain.qemuArguments.map { domain[$0] } == ["-cpu"])
        }
    }

    @Test("Attributes that libvirt finds with XPath are those without a prefix")
    func attributesByXPath() throws {
        try read("""
            <domain xml:type='qemu' type='kvm'><os><type xml:arch='i686' arch='x86_64' xml:machine='pc' machine='q35'>hvm</type></os>\
            <clock xml:offset='utc' offset='localtime'/>\
            <cpu><model xml:fallback='allow' fallback='forbid' xml:vendor_id='AAAAAAAAAAAA' vendor_id='BBBBBBBBBBBB'>a</model>\
            <numa><cell id='0' xml:memory='1' memory='2' xml:unit='MiB' unit='KiB'/></numa></cpu></domain>
            """) { domain in
            #expect(domain[domain.type] == "kvm")
            #expect(domain[domain.arch] == "x86_64")
            #expect(domain[domain.machine] == "q35")
            #expect(domain[domain.clockOffset] == "localtime")
            #expect(domain.cpu?.model?.fallback?.value == .forbid)
            #expect(domain[domain.cpu?.model?.vendorID] == "BBBBBBBBBBBB")
            #expect(domain[domain.cpu?.numa?.cells[0].memory] == "2")
            #expect(domain[domain.cpu?.numa?.cells[0].unit] == "KiB")
        }
    }

    @Test("A rewrite leaves no attribute that libvirt would read instead")
    func rewrittenAttributes() throws {
        let before = "<domain><cpu xml:mode='host-passthrough' mode='custom' xml:check='none' check='full' match='exact'/></domain>"
        #expect(try rewritten(before, to: .hostModel) == "<domain><cpu xml:mode='host-model'/></domain>")
        let reference = "<domain><cpu xml:check='&#110;one' mode='maximum' mode2='x' check='full'/></domain>"
        #expect(try rewritten(reference, to: .hostModel) == "<domain><cpu mode='host-model' mode2='x'/></domain>")
    }

    // MARK: Elements

    @Test("A root in a namespace is a domain if it has a type; a new <cpu> in it has no namespace")
    func rootInNamespace() throws {
        let cpu = "<cpu mode='host-passthrough'/>"
        try read("<x:domain xmlns:x='u' type='kvm'><name>a</name>\(cpu)</x:domain>") { domain in
            #expect(domain.cpu?.effectiveMode == .hostPassthrough)
        }
        try read("<domain xmlns='u' type='kvm'><name xmlns=''>a</name><cpu xmlns='' mode='host-passthrough'/></domain>") { domain in
            #expect(domain.cpu?.effectiveMode == .hostPassthrough)
            #expect(domain[domain.name?.text] == "a")
        }
        let without = "<domain xmlns='u' type='kvm'><name xmlns=''>a</name></domain>"
        #expect(try rewritten(without, to: .maximum).contains("<cpu xmlns='' mode='maximum'/>"))
        // The first is WildFly's, the second has an undeclared prefix.
        for other in ["<domain xmlns='urn:jboss:domain:20.0'>\(cpu)</domain>", "<u:domain type='kvm'>\(cpu)</u:domain>"] {
            #expect(try Recorder.read(Array(other.utf8)).domains.isEmpty)
        }
    }

    @Test("What is in <features> is found by its local name, and other elements without a namespace")
    func namespaces() throws {
        try read("""
            <domain xmlns:x='u'><features><hyperv xmlns='v'><relaxed state='on'/></hyperv><x:kvm><x:hidden state='on'/></x:kvm>\
            <x:pmu state='off'/></features><x:features><pvspinlock state='on'/></x:features>\
            <clock><x:timer name='hpet'/></clock><cpu><x:model>a</x:model><model>b</model><x:feature name='c'/></cpu></domain>
            """) { domain in
            #expect(domain.enlightenments.map { domain[$0.name] } == ["relaxed"])
            #expect(domain.cpuidFlags.map { domain[$0.name] } == ["hidden", "pmu"])
            #expect(domain.timers.isEmpty)
            #expect(domain[domain.cpu?.model?.name.text] == "b")
            #expect(domain.cpu?.features.isEmpty == true)
        }
    }

    @Test("Only the first <metadata> counts, and a second <kvm> is refused, because releases of libvirt differ")
    func repeated() throws {
        let windows = """
            <metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='w'/></l:libosinfo></metadata>
            """
        try read("<domain>\(windows)<metadata/></domain>") { #expect($0[$0.osinfoID] == "w") }
        try read("<domain><metadata/>\(windows)</domain>") { #expect($0.osinfoID == nil) }
        let twice = "<domain><features><kvm><hidden state='on'/></kvm><kvm/></features></domain>"
        let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array(twice.utf8)) }
        #expect(error?.kind == .refused)
        #expect(error?.message.hasPrefix("a second <kvm>") == true)
    }

    @Test("A second <hyperv> is read with the first, and refused where one has mode='passthrough', because releases of libvirt differ")
    func secondHyperV() throws {
        func features(_ modes: String...) -> String {
            "<domain><features>\(modes.map { "<hyperv mode='\($0)'><relaxed state='on'/></hyperv>" }.joined())</features></domain>"
        }
        try read(features("custom", "custom")) { #expect($0.enlightenments.count == 2) }
        try read(features("passthrough")) { #expect($0.enlightenments.count == 1) }
        for twice in [features("passthrough", "custom"), features("custom", "passthrough")] {
            let error = #expect(throws: MalformedInput.self) { try Recorder.read(Array(twice.utf8)) }
            #expect(error?.kind == .refused && error?.message.hasPrefix("a second <hyperv>") == true)
        }
        #expect(try Recorder.read(Array("<domains>\(features("passthrough"))\(features("custom"))</domains>".utf8)).domains.count == 2)
    }

    @Test("The cells of a second <cpu> are refused, because libvirt reads them together with those of the first")
    func secondNUMA() throws {
        let numa = "<numa><cell id='0' cpus='0' memory='1'/></numa>"
        for first in ["<cpu/>", "<cpu>\(numa)</cpu>"] {
            let error = #expect(throws: MalformedInput.self) {
                try Recorder.read(Array("<domain>\(first)<cpu mode='maximum'>\(numa)</cpu></domain>".utf8))
            }
            #expect(error?.kind == .refused)
            #expect(error?.message.hasPrefix("a <numa> in a second <cpu>") == true)
        }
        try read("<domain><cpu>\(numa)\(numa)</cpu><cpu/></domain>") { #expect($0.cpu?.numa?.cells.count == 1) }
        try read("<domain xmlns:x='u'><cpu/><x:cpu>\(numa)</x:cpu></domain>") { #expect($0.cpu?.numa == nil) }
    }

    @Test("An empty arch, machine or emulator is absent, and each of the first two is the first of the first types of all <os>")
    func empty() throws {
        for (os, arch, machine) in [
            ("<os><type arch='' machine=''>hvm</type></os>", nil, nil),
            ("<os><type arch='' machine='pc'>hvm</type></os><os><type arch='i686'>hvm</type></os>", nil, "pc"),
            ("<os><type machine='q35'>hvm</type></os><os><type arch='i686' machine='pc'>hvm</type></os>", "i686", "q35"),
            ("<os><type>hvm</type><type arch='i686' machine='pc'>hvm</type></os>", nil, nil),
        ] as [(String, String?, String?)] {
            try read("<domain>\(os)</domain>") { domain in
                #expect(domain[domain.arch] == arch, "\(os)")
                #expect(domain[domain.machine] == machine, "\(os)")
            }
        }
        for devices in ["<emulator/>", "<emulator></emulator><emulator>/usr/bin/kvm</emulator>"] {
            try read("<domain><devices>\(devices)</devices></domain>") { #expect($0.emulator == nil, "\(devices)") }
        }
    }

    // MARK: White space

    @Test("White space between markup is left out of a value, unless text that is no CDATA is beside it", arguments: [
        (" <!--c-->Haswell", "Haswell"), ("<!--c--> Haswell<!--d--> ", " Haswell "), ("<!--c-->Haswell<!--d--> ", "Haswell"),
        ("<![CDATA[Haswell]]> ", "Haswell"), (" <![CDATA[Haswell]]>", "Haswell"), ("<![CDATA[Has]]>\t<![CDATA[well]]>", "Haswell"),
        ("<![CDATA[Has]]> well", "Has well"), ("<![CDATA[H]]>aswell<!--c--> ", "Haswell"), ("Has<![CDATA[well]]> ", "Haswell "), ("<!--c-->&#32;<!--d-->Haswell", " Haswell"),
        ("<?p?> Haswell", " Haswell"), ("<?p?> <!--d-->Haswell", "Haswell"), ("Has<b/>well", "Haswell"),
        ("Haswell<b> </b>", "Haswell "), ("Haswell<b> <!--c--> </b>", "Haswell"), (" \t<!--c-->Haswell", "Haswell"),
        ("\r\n<!--c-->Haswell", "Haswell"), ("  \r\n<!--c-->Haswell", "Haswell"),
        ("<!--c-->\n<?x?>\n<![CDATA[Haswell]]>", "Haswell"), ("<b/> Haswell", " Haswell"), ("<b/> <b/>Haswell", "Haswell"),
        (" ", " "), ("Haswell<!--c--> ", "Haswell "), ("<!--c--> ", ""), ("<!--c-->\r<!--d-->Haswell", "Haswell"),
        ("<!--c-->&#13;<!--d-->Haswell", "\rHaswell"), ("  \r\nHaswell", "\nHaswell"), ("\u{e9}<b/> <b/>Haswell", "\u{e9} Haswell"),
        ("<b>\r<c/></b>Haswell", "Haswell"), ("<![CDATA[Has\r\nwell\r]]>", "Has\nwell\n"), ("<![CDATA[Haswell\r]]><![CDATA[\n\r\r\nb]]>", "Haswell\n\n\n\nb"),
        ("<![CDATA[\(String(repeating: "x", count: 1000))\r\n\r\n]]>", String(repeating: "x", count: 1000) + "\n\n"),
    ])
    func blanks(content: String, value: String) throws {
        for (attribute, value) in [("", value), (" xml:space='preserve'", nil as String?)] {
            let text = "<domain><cpu\(attribute)><model>\(content)</model></cpu></domain>"
            for chunk in [1, 3, 4096] {
                let recorder = Recorder()
                recorder.each = { _, domain in
                    let found = domain[domain.cpu!.model!.name.text]
                    if let value { #expect(found == value) } else { #expect(found.utf8.count >= "Haswell".utf8.count || content.utf8.count < 10) }
                }
                #expect(try Recorder.read(Array(text.utf8), chunks: [chunk], into: recorder).domains.count == 1)
            }
        }
        if content == " <!--c-->Haswell" {
            try read("<domain xml:space='preserve'><cpu><model>\(content)</model></cpu></domain>") { domain in
                #expect(domain[domain.cpu!.model!.name.text] == " Haswell")
            }
        }
    }
}
