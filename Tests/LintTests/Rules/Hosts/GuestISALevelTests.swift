import Hosts
@testable import Lint
import TestSupport
import Testing

@Suite("guest-isa-level")
struct GuestISALevelTests {
    private func found(_ id: String, _ cpu: String, arch: String = "x86_64", hosts: [Host] = []) throws -> [Finding] {
        let guest = ExampleGuest.guest(osinfo: "http://\(id)", arch: arch, cpu: cpu)
        return try judge(guest.xml, hosts: hosts).findings.filter { $0.rule == "guest-isa-level" }
    }

    @Test("Whether a system runs on a model: nil if it does, an error if it does not, a warning if its id leaves a doubt", arguments: [
        ("redhat.com/rhel/8.9", "qemu64", nil), ("redhat.com/rhel/9.2", "qemu64", "error"), ("redhat.com/rhel/9-unknown", "kvm64", "error"),
        ("redhat.com/rhel/9.2", "Nehalem", nil), ("redhat.com/rhel/10.0", "Nehalem", "error"), ("redhat.com/rhel/10.0", "IvyBridge", "error"),
        // QEMU's models have x86-64-v3, although libvirt's map leaves out abm and f16c.
        ("redhat.com/rhel/10.0", "Haswell-noTSX", nil), ("redhat.com/rhel/10.0", "Broadwell", nil), ("redhat.com/rhel/10.0", "EPYC", nil),
        ("centos.org/centos-stream/9", "Penryn", "error"), ("rockylinux.org/rocky/10-unknown", "Westmere", "error"),
        ("almalinux.org/almalinux/10", "Nehalem", "warning"), ("almalinux.org/almalinux/10", "qemu64", "error"),
        ("oracle.com/ol/9.4", "qemu64", "error"), ("oracle.com/ol/9.4", "Nehalem", nil), ("oracle.com/ol/10.0", "Nehalem", "error"),
        ("oracle.com/ol/8.5", "qemu64", nil), ("euro-linux.com/eurolinux/9", "qemu64", "warning"), ("cclinux.org/circle/9.0", "qemu64", "warning"),
        ("cclinux.org/circle/8.5", "qemu64", nil), ("fedoraproject.org/fedora/eln", "Nehalem", "error"), ("fedoraproject.org/fedora/eln", "EPYC", nil),
        ("fedoraproject.org/coreos/stable", "qemu64", nil), ("android-x86.org/android-x86/9.0", "Penryn", "warning"),
        ("android-x86.org/android-x86/9.0", "Nehalem", nil), ("apple.com/macosx/10.7", "core2duo", nil),
        ("apple.com/macos/10.15", "core2duo", "warning"), ("apple.com/macos/10.15", "Penryn", nil),
        ("apple.com/macos/13", "Nehalem", "warning"), ("apple.com/macos/13", "Haswell-noTSX", nil),
        ("openeuler.org/openeuler/24.03", "qemu64", nil), ("suse.com/sles/16.0", "kvm64", "error"), ("suse.com/sle/15.4", "kvm64", nil),
        // openSUSE 42 was released before 15.
        ("opensuse.org/opensuse/42.3", "kvm64", nil), ("opensuse.org/opensuse/16.0", "kvm64", "error"),
        ("debian.org/debian/12", "qemu64", nil), ("fedoraproject.org/fedora/44", "kvm64", nil), ("ubuntu.com/ubuntu/26.04", "kvm64", nil),
        ("microsoft.com/win/11", "Nehalem", nil), ("microsoft.com/win/11", "kvm64", "error"), ("microsoft.com/win/11", "core2duo", "warning"),
        ("microsoft.com/win/2k25", "core2duo", "error"), ("microsoft.com/win/10", "kvm64", "warning"), ("microsoft.com/win/7", "kvm64", nil),
        ("microsoft.com/win/2k22", "kvm64", "error"), ("microsoft.com/win/2k22", "Nehalem", nil), ("redhat.com/rhel/1", "kvm64", nil),
        ("nonsense", "kvm64", nil), ("redhat.com/rhel/", "kvm64", nil), ("redhat.com/rhel/99999999999999999999", "kvm64", nil),
    ])
    func systems(_ id: String, model: String, severity: String?) throws {
        let found = try self.found(id, cpu(model: model))
        #expect(found.first?.severity.rawValue == severity, "\(found.map(\.message))")
        #expect(found.count <= 1)
    }

    @Test("Additional features of the guest count, and 32-bit guests are not checked")
    func features() throws {
        let all = ["cx16", "lahf_lm", "popcnt", "pni", "sse4.1", "sse4.2", "ssse3"]
        func asked(_ names: [String]) -> String { names.map { "<feature policy='require' name='\($0)'/>" }.joined() }
        #expect(try found("redhat.com/rhel/9.2", cpu(model: "kvm64", asked(all))).isEmpty)
        let without = try found("redhat.com/rhel/9.2", cpu(model: "kvm64", asked(all.dropLast())))
        #expect(without.first?.message.hasSuffix("but its CPU lacks: ssse3") == true, "\(without.map(\.message))")
        #expect(try found("redhat.com/rhel/9.2", cpu(model: "Nehalem", "<feature policy='disable' name='popcnt'/>")).count == 1)
        #expect(try found("redhat.com/rhel/9.2", "").count == 1)
        #expect(try found("redhat.com/rhel/9.2", cpu(model: "qemu64"), arch: "i686").isEmpty)
    }

    @Test("A CPU that lacks little of the level is told what to add, unless a host does not start it with that")
    func fewFeatures() throws {
        func help(_ extra: String, _ hosts: [Host] = []) throws -> String? {
            try found("redhat.com/rhel/10.0", cpu(model: "Haswell-noTSX", extra), hosts: hosts).first?.help
        }
        let without = "<feature policy='disable' name='movbe'/>"
        #expect(try help(without) == "add movbe, and it is x86-64-v3 (if the hosts support that)")
        let host = Host("hv", model: "Haswell-noTSX", vendor: "Intel")
        #expect(try help(without, [host]) == "add movbe, and it is x86-64-v3")
        let old = Host("old", model: "SandyBridge", vendor: "Intel")
        #expect(try help(without, [host, old]) == "the oldest models with x86-64-v3 are Haswell-noTSX and EPYC")
        #expect(try found("redhat.com/rhel/10.0", cpu(model: "Nehalem")).first?.help == "the oldest models with x86-64-v3 are Haswell-noTSX and EPYC")
    }

    @Test("Hosts on which the guest lacks the same make one finding")
    func severalHosts() throws {
        let hosts = ["a", "b", "c"].map { Host($0, model: $0 == "b" ? "Penryn" : "Nehalem", vendor: "Intel") }
        let found = try found("redhat.com/rhel/10.0", "<cpu mode='host-model'/>", hosts: hosts)
        #expect(found.map(\.hosts) == [["a", "c"], ["b"]])
        #expect(found[0].message.contains("but its CPU on hosts a, c lacks: ") && found[1].message.contains("but its CPU on host b lacks: "))
    }

    @Test("Each fact about a system has its source and the day on which it was read")
    func sources() {
        for row in OSRequirementRow.all {
            #expect(!row.source.isEmpty && row.read.wholeMatch(of: /2026-\d\d-\d\d/) != nil, "\(row.product)")
            if row.source == "none found" { #expect(row.requirements.allSatisfy { $0.doubt != nil }, "\(row.product)") }
        }
    }

    @Test("The features are those of the model on the guest's machine type", arguments: [
        ("pc-q35-2.4", ["abm"]), ("pc-i440fx-2.2", ["f16c", "abm"]), ("pc-q35-2.5", []), ("q35", []),
    ])
    func machines(machine: String, missing: [String]) throws {
        let guest = ExampleGuest.guest(osinfo: "http://redhat.com/rhel/10.0", machine: machine, cpu: cpu(model: "Haswell"))
        let found = try judge(guest.xml).findings.filter { $0.rule == "guest-isa-level" }
        let words = missing.isEmpty ? [] : ["but its CPU lacks: \(missing.joined(separator: ", "))"]
        #expect(found.map { String($0.message.split(separator: ", ", maxSplits: 1)[1]) } == words)
    }

    @Test("An emulated guest has only what QEMU can emulate, where the hosts' domain capabilities tell",
          .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func emulated() throws {
        func found(_ files: [String]) throws -> [Finding] {
            let hosts = try files.map { file in
                let path = "\(Corpus.libvirt!)/tests/domaincapsdata/\(file)"
                return try HostFiles.read([(path, Corpus.read(path))])[0]
            }
            let guest = ExampleGuest.guest(type: "qemu", osinfo: "http://redhat.com/rhel/10.0", cpu: cpu(model: "Haswell"))
            return try judge(guest.xml, hosts: hosts).findings.filter { $0.rule == "guest-isa-level" }
        }
        #expect(try found([]).isEmpty)
        let old = "qemu_6.2.0-tcg.x86_64.xml", new = "qemu_9.2.0-tcg.x86_64.xml"
        let message = try found([old]).first?.message ?? "nothing"
        #expect(message.hasSuffix("its CPU lacks: fma, avx, f16c, avx2"), "\(message)")
        #expect(try found([new]).isEmpty)
        #expect(try found([old, new]).isEmpty, "one of the hosts can emulate all")
    }

    @Test("A CPU that depends on the host is checked on each host")
    func hosts() throws {
        let old = Host("old", model: "Penryn", vendor: "Intel")
        let new = Host("new", model: "EPYC", vendor: "AMD")
        for mode in ["host-model", "host-passthrough", "maximum"] {
            let found = try self.found("redhat.com/rhel/9.2", "<cpu mode='\(mode)'/>", hosts: [new, old])
            #expect(found.map(\.host) == ["old"])
        }
        #expect(try found("redhat.com/rhel/9.2", "<cpu mode='host-model'/>").isEmpty)
    }
}
