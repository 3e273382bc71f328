import CPUModel
import Hosts
import TestSupport
import Testing

@Suite("Domain capabilities")
struct DomainCapabilitiesTests {
    static let files = Corpus.libvirt.map { Corpus.xmlFiles(in: "\($0)/tests/domaincapsdata") } ?? []

    @Test("Every model, flag and blocker and the host-model are read", arguments: files)
    func exact(_ path: String) throws {
        let bytes = Corpus.read(path)
        let naive = NaiveDomainCapabilities(String(decoding: bytes, as: UTF8.self))
        let host = try HostFiles.read([(path, bytes)])
        #expect(host.count == 1)
        let read = try #require(host.first?.domainCapabilities.first)
        #expect(read.platform.architecture == naive.texts["arch"])
        #expect(read.platform.virtType == naive.texts["domain"])
        #expect(read.platform.machine == naive.texts["machine"])
        #expect(read.platform.emulator == naive.texts["path"])

        #expect(read.models.map(\.name) == naive.models.map(\.name))
        for (model, other) in zip(read.models, naive.models) {
            #expect(model.usability.rawValue == other.attributes["usable"])
            #expect(model.isDeprecated == (other.attributes["deprecated"] == "yes"))
            #expect(model.canonicalName == other.attributes["canonical"])
            #expect(model.vendor ?? "unknown" == other.attributes["vendor"])
            #expect(model.blockers == naive.blockers[model.name] ?? [])
            #expect(read.model(named: model.name) == model)
        }
        #expect(read.models.reduce(0) { $0 + $1.blockers.count } == naive.blockers.values.reduce(0) { $0 + $1.count })

        #expect(read.hostModel?.model == naive.hostModel?.name)
        #expect(read.hostModel?.fallback.rawValue == naive.hostModel?.attributes["fallback"])
        #expect(read.hostModel?.vendor == naive.hostModelVendor)
        #expect(read.hostModel?.features.map { "\($0.policy.rawValue) \($0.name)" } ?? [] == naive.hostModelFeatures)
        #expect(Dictionary(uniqueKeysWithValues: read.modes.map { ($0.key.rawValue, $0.value ? "yes" : "no") }) == naive.modes)
    }

    @Test("The other reader finds as much as grep", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func scannerSees() {
        let naive = Self.files.map { NaiveDomainCapabilities(String(decoding: Corpus.read($0), as: UTF8.self)) }
        #expect(Self.files.count == 42)
        // grep -c over the same files: <model usable=…, <blockers, features of blockers, deprecated='yes'.
        #expect(naive.reduce(0) { $0 + $1.models.count } == 3270)
        #expect(naive.reduce(0) { $0 + $1.blockers.count } == 1740)
        #expect(naive.reduce(0) { $0 + $1.blockers.values.reduce(0) { $0 + $1.count } } == 16626)
        #expect(naive.reduce(0) { $0 + $1.models.filter { $0.attributes["deprecated"] == "yes" }.count } == 6)
        #expect(naive.filter { $0.hostModel != nil }.count == 29)
    }

    @Test("maxphysaddr of host-model and host-passthrough is read")
    func physicalAddresses() throws {
        let host = try HostFiles.read([("h", Array(Self.small.utf8))])[0]
        let read = host.domainCapabilities[0]
        #expect(read.hostModelAddresses == .init(mode: .passthrough, limit: 39))
        #expect(read.hostPassthroughAddresses == .init(mode: .emulate, bits: 46))
        #expect(read.modes == [.hostPassthrough: true, .hostModel: true, .custom: true])
        #expect(read.model(named: "Haswell")?.blockers == ["hle", "rtm"])
        #expect(read.model(named: "Denverton") == nil)
    }

    @Test("What libvirt does not write is refused with its line", arguments: [
        ("usable='yes'", "usable='perhaps'", 15), ("supported='yes'>\n      <max", "supported='on'>\n      <max", 7),
        ("bits='46'", "bits='-1'", 8), ("<blockers model='Haswell'>", "<blockers model='Haswel'>", 17),
        ("<feature name='hle'/>", "<feature/>", 18), ("<arch>x86_64</arch>", "", 1), (">qemu64<", "><", 15),
        (">qemu64<", ">Haswell<", 16), ("mode='emulate'", "", 8), ("policy='require'", "policy='must'", 12),
    ])
    func refused(_ old: String, new: String, line: Int) throws {
        let text = Self.small.replacing(old, with: new)
        try #require(text != Self.small)
        let error = #expect(throws: HostError.self) { _ = try HostFiles.read([("h.xml", Array(text.utf8))]) }
        #expect(error?.line == line, "\(error?.description ?? "")")
    }

    static let small = """
        <domainCapabilities>
          <path>/usr/bin/qemu-system-x86_64</path>
          <domain>kvm</domain>
          <machine>pc-q35-9.2</machine>
          <arch>x86_64</arch>
          <cpu>
            <mode name='host-passthrough' supported='yes'>
              <maxphysaddr mode='emulate' bits='46'/>
            </mode>
            <mode name='host-model' supported='yes'>
              <model fallback='forbid'>Haswell-noTSX</model><maxphysaddr mode='passthrough' limit='39'/>
              <feature policy='require' name='vmx'/>
            </mode>
            <mode name='custom' supported='yes'>
              <model usable='yes' vendor='unknown'>qemu64</model>
              <model usable='no' vendor='Intel' canonical='Haswell-v1'>Haswell</model>
              <blockers model='Haswell'>
                <feature name='hle'/>
                <feature name='rtm'/>
              </blockers>
            </mode>
            <mode name='from-the-future' supported='maybe'/>
          </cpu>
        </domainCapabilities>
        """
}
