import CPUModel
import TestSupport
import Testing

@testable import Hosts

@Suite("Writing what is known of a host")
struct HostWritingTests {
    /// Everything of a host that its text is to keep.
    private static func expectSame(_ host: Host, _ again: Host, _ name: String) {
        #expect(again.cpu == host.cpu, "\(name)")
        #expect(again.domainCapabilities == host.domainCapabilities, "\(name)")
        #expect(again.physicalAddressBits == host.physicalAddressBits, "\(name)")
        let aliases = { (host: Host) in
            host.guestSupport.filter { !$0.canonicalMachines.isEmpty }.map { "\($0.architecture) \($0.canonicalMachines.sorted { $0.key < $1.key })" }
        }
        #expect(aliases(again) == aliases(host), "\(name)")
    }

    @Test("Every host of libvirt's tests is the same after it was written and read", .enabled(if: Corpus.libvirt != nil))
    func libvirtsHosts() throws {
        let tests = "\(Corpus.libvirt ?? "")/tests"
        let paths = Corpus.xmlFiles(in: "\(tests)/domaincapsdata") + Corpus.xmlFiles(in: "\(tests)/cputestdata").filter { $0.hasSuffix("-host.xml") }
            + Corpus.xmlFiles(in: "\(Corpus.repository)/Examples/hosts")
        var count = 0
        for path in paths {
            guard let host = try? HostFiles.read([(path, Corpus.read(path))])[0] else { continue }
            Self.expectSame(host, try HostFiles.read([("again.xml", Array(host.xml.utf8))])[0], path)
            count += 1
        }
        #expect(count > 80)
    }

    @Test("Rare parts are kept: a guest's <cpu>, a fallback, addresses, an escaped name")
    func rareParts() throws {
        let text = """
            <capabilities><host><uuid>u</uuid><cpu mode='custom' match='strict'><arch>x86_64</arch>
            <model fallback='forbid' vendor_id='Genuine&lt;Int'>Haswell</model><vendor>Intel</vendor>
            <maxphysaddr mode='emulate' bits='46'/><feature policy='forbid' name='a&amp;b'/></cpu></host>
            <guest><os_type>hvm</os_type><arch name='x86_64'><domain type='kvm'/><machine canonical='pc-q35-9.2'>q35</machine></arch></guest></capabilities>
            <domainCapabilities><path>/usr/bin/q'emu</path><domain>kvm</domain><arch>x86_64</arch><cpu>
            <mode name='host-passthrough' supported='yes'><maxphysaddr mode='passthrough' limit='39'/></mode>
            <mode name='maximum' supported='no'/>
            <mode name='host-model' supported='yes'><model fallback='forbid'>Haswell</model><maxphysaddr mode='emulate' bits='40'/></mode>
            <mode name='custom' supported='yes'><model usable='no' deprecated='yes' canonical='Haswell-v1' vendor='Intel'>Haswell</model>
            <blockers model='Haswell'><feature name='hle'/></blockers></mode></cpu></domainCapabilities>
            """
        let host = try HostFiles.read([("h.xml", Array(text.utf8))])[0]
        let again = try HostFiles.read([("h.xml", Array(host.xml.utf8))])[0]
        Self.expectSame(host, again, "rare")
        // What the parts are, so that reading and writing cannot both leave one out.
        #expect(again.cpu?.match == .strict && again.cpu?.fallback == .forbid && again.cpu?.vendorID == "Genuine<Int")
        #expect(again.cpu?.features == [CPUDefinition.Feature("a&b", .forbid)] && again.physicalAddressBits == 46)
        let known = try #require(again.domainCapabilities.first)
        #expect(known.platform.emulator == "/usr/bin/q'emu" && known.modes == [.hostPassthrough: true, .maximum: false, .hostModel: true, .custom: true])
        #expect(known.hostPassthroughAddresses?.limit == 39 && known.hostModelAddresses?.bits == 40)
        #expect(known.models.map(\.canonicalName) == ["Haswell-v1"] && known.models[0].isDeprecated && known.models[0].blockers == ["hle"])
    }

    @Test("The name, the file and the UUID of a host are not in its text, and neither is what libvirt prints beside CPUs")
    func identity() throws {
        func text(_ uuid: String, _ path: String) throws -> String {
            let file = "<capabilities><host><uuid>\(uuid)</uuid><cpu><arch>x86_64</arch><model>Haswell</model><topology sockets='\(uuid.count)'/></cpu></host></capabilities>"
            return try HostFiles.read([(path, Array(file.utf8))])[0].xml
        }
        #expect(try text("1", "a.xml") == text("22", "b/c.xml"))
    }
}
