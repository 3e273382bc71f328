import CPUModel
import Hosts
import TestSupport
import Testing

@Suite("Host files")
struct HostFilesTests {
    static let hv01 = Corpus.read("\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml")
    static let domainCapabilities = Array(DomainCapabilitiesTests.small.utf8)

    static func read(_ text: String, _ path: String = "hosts/h.xml") throws -> [Host] {
        try HostFiles.read([(path, Array(text.utf8))])
    }

    static func message(_ files: [HostFiles.File]) -> String {
        do {
            _ = try HostFiles.read(files)
            return "accepted"
        } catch {
            return "\(error)"
        }
    }

    @Test("Capabilities and domain capabilities of one name are one host, in either order")
    func pair() throws {
        let files: [HostFiles.File] = [
            ("hosts/hv01.capabilities.xml", Self.hv01), ("hosts/hv02.xml", Self.hv01),
            ("hosts/hv01.domcapabilities.xml", Self.domainCapabilities),
        ]
        let hosts = try HostFiles.read(files)
        #expect(hosts.map(\.name) == ["hv01", "hv02"])
        #expect(hosts[0].cpu?.model == "Skylake-Server-v2")
        #expect(hosts[0].domainCapabilities.count == 1 && hosts[1].domainCapabilities.isEmpty)
        let turned = try HostFiles.read(files.reversed())
        #expect(turned.map(\.name) == ["hv01", "hv02"])
        #expect(turned[0].cpu == hosts[0].cpu && turned[0].domainCapabilities == hosts[0].domainCapabilities)
        // Files in another directory are another host. Hosts of one name are then named by their paths.
        let others = try HostFiles.read([files[0], ("other/hv01.domcapabilities.xml", Self.domainCapabilities)])
        #expect(others.map(\.name) == ["hosts/hv01", "other/hv01"])
        #expect(others[0].file == "hosts/hv01.capabilities.xml")
        #expect(turned[0].file == "hosts/hv01.capabilities.xml")
    }

    @Test("A file of several documents is one host", arguments: [
        "", "\n", "\n\n  <?xml version='1.0' encoding='UTF-8'?>\n", "<!-- and what <it> gives -->", "\r\n\t",
    ])
    func concatenated(between: String) throws {
        let one = try HostFiles.read([("hv01.xml", Self.hv01 + Array(between.utf8) + Self.domainCapabilities)])
        #expect(one.count == 1)
        let two = try HostFiles.read([
            ("hv01.capabilities.xml", Self.hv01), ("hv01.domcapabilities.xml", Self.domainCapabilities),
        ])
        #expect(one[0].name == "hv01" && one[0].cpu == two[0].cpu)
        #expect(one[0].domainCapabilities == two[0].domainCapabilities)
        #expect(one[0].guestSupport == two[0].guestSupport)
    }

    @Test("The end of a document is found despite tags in comments, attributes and CDATA")
    func markup() throws {
        let host = try Self.read("""
            <?xml version="1.0"?><!-- </cpu><a> --><cpu a='/>"' b="/cpu>"><arch>x86_64</arch><![CDATA[</cpu>]]>
            <?pi </cpu>?><model>Haswell</model></cpu><!-- the end -->
            """ + DomainCapabilitiesTests.small + "<!-- </x> -->")[0]
        #expect(host.cpu?.model == "Haswell")
        #expect(host.domainCapabilities.count == 1)
    }

    @Test("A <cpu> with an architecture is a host's, or a guest's if it has a guest's attributes")
    func cpus() throws {
        let host = try Self.read("<cpu><arch>x86_64</arch><model>Haswell</model><feature name='vmx'/></cpu>")[0]
        #expect(host.name == "h" && host.cpu?.kind == .host && host.cpu?.features(.require) == ["vmx"])
        let guest = try Self.read("""
            <cpu mode='custom' match='exact'><arch>x86_64</arch><model>Haswell</model>
            <feature policy='disable' name='hle'/></cpu>
            """)[0]
        #expect(guest.cpu?.kind == .guest && guest.cpu?.features(.disable) == ["hle"])
        #expect(guest.architecture == "x86_64")
    }

    @Test("CPU data is decoded as libvirt decodes a host's", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func cpudata() throws {
        var (count, withRegisters) = (0, 0)
        let directory = "\(Corpus.libvirt!)/tests/cputestdata"
        for path in Corpus.xmlFiles(in: directory) where path.hasSuffix("-host.xml") && path.contains("x86_64-cpuid-") {
            let dump = path.replacing("-host.xml", with: ".xml")
            let expected = try HostFiles.read([(path, Corpus.read(path))])[0].cpu
            let map = CPUMap.builtIn(for: LibvirtVersion(major: 11, minor: 3))
            let host = try HostFiles.read([(dump, Corpus.read(dump))], map: map)[0]
            #expect(host.cpu?.model == expected?.model && host.cpu?.vendor == expected?.vendor, "\(path)")
            #expect(Set(host.cpu?.features ?? []) == Set(expected?.features ?? []), "\(path)")
            count += 1
            if host.hasModelSpecificRegisters { withRegisters += 1 }
        }
        #expect(count == 41)
        #expect(withRegisters > 0 && withRegisters < 41)
    }

    @Test("The guests that a host can run are read from its capabilities", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func guestSupport() throws {
        let path = "\(Corpus.libvirt!)/tests/capabilityschemadata/caps-qemu-kvm.xml"
        let support = try HostFiles.read([(path, Corpus.read(path))])[0].guestSupport
        #expect(support.map(\.architecture).prefix(3) == ["i686", "x86_64", "armv6l"] && support.count == 13)
        #expect(support[1].virtTypes == ["qemu", "kvm"])
        #expect(support[1].emulators == ["/usr/bin/qemu-system-x86_64"])
        #expect(support[1].canonicalMachines["pc"] != nil)
    }

    @Test("An error has file, line and column", arguments: [
        ("", "h.xml:1:1: error: the file is empty"), (" \n\n", "h.xml:1:1: error: the file is empty"),
        ("hello", "h.xml:1:1: error: Start tag expected, '<' not found"),
        ("<domain type='kvm'/>", "h.xml:1:1: error: <domain> is not a host description"),
        ("<capabilities>\n<host><cpu><arch>x86_64", "h.xml:2:"),
        ("<capabilities/>", "h.xml:1:1: error: no <host><cpu> in the capabilities"),
        ("\n<capabilities>\n<host>\n<cpu/></host></capabilities>", "h.xml:4:1: error: the host's <cpu> has no <arch>"),
        ("<cpu>\n<model>Haswell</model></cpu>", "h.xml:1:1: error: the host's <cpu> has no <arch>"),
        ("<!DOCTYPE cpu [<!ENTITY a 'b'>]><cpu><arch>x86_64</arch></cpu>", "h.xml:1:1: error: a DOCTYPE is not allowed"),
        ("\n <!-- a\n", "h.xml:2:2: error: the comment is not closed"),
        ("\u{FEFF}<oops/>", "h.xml:1:1: error: <oops> is not a host"), ("<\0", "h.xml:1:1: error: UTF-16 is not supported"),
        ("<cpudata arch='s390x'/>", "h.xml:1:1: error: CPU data for architecture 's390x' is not supported"),
        ("<cpudata arch='x86'>\n<cpuid eax_in='x'/></cpudata>", "h.xml:2:1: error: eax_in='x' is not a 32-bit number"),
        ("<cpu><arch>x86_64</arch></cpu>\n\n<cpu/>\n", "h.xml:3:1: error: the host's <cpu> has no <arch>"),
        ("<cpu><arch>x86_64</arch></cpu>\n\n<oops/>", "h.xml:3:1: error: <oops> is not a host description"),
        ("<cpu><arch>x86_64</arch></cpu>\n  <a></b>", "h.xml:2:10: error: Opening and ending tag mismatch"),
        ("<cpu><arch>x86_64</arch></cpu> and more", "h.xml:1:"),
        ("<cpu><arch>x86_64</arch></cpu></cpu>", "h.xml:1:"),
        ("<cpu><arch>x86_64</arch></cpu>\n<cpu><arch>x86_64</arch></cpu>", "h.xml:2:1: error: the CPU of host h is described twice"),
        ("<cpu><arch>x86_64</arch><feature name='a'/>\n<feature name='a'/></cpu>", "h.xml:2:1: error: CPU feature 'a' is listed twice"),
    ])
    func faults(_ text: String, start: String) {
        let message = Self.message([("h.xml", Array(text.utf8))])
        #expect(message.hasPrefix(start), "\(message)")
    }

    @Test("A capabilities file that was cut off is an error", arguments: Array(stride(from: 1, to: hv01.count - 20, by: 997)))
    func truncated(_ count: Int) {
        #expect(Self.message([("h.xml", Array(Self.hv01.prefix(count)))]).hasPrefix("h.xml:"))
    }

    @Test("A second CPU for one host is an error")
    func twice() {
        let files: [HostFiles.File] = [("a/h.capabilities.xml", Self.hv01), ("a/h.xml", Self.hv01)]
        #expect(Self.message(files).contains(
            "the CPU of host h is described twice: a/h.capabilities.xml describes it too; files of different hosts need different names"))
        #expect(Self.message([("h.xml", Self.hv01 + Self.hv01)]).contains(
            "the CPU of host h is described twice: a file can describe only one host, and can be named only once"))
        let one = Self.domainCapabilities
        #expect(Self.message([("h.xml", one + one)]).hasSuffix("appear twice"))
        #expect(Self.message([("h.domcaps.xml", one), ("h.xml", one)]).hasSuffix("appear twice: h.domcaps.xml contains them too"))
    }
}
