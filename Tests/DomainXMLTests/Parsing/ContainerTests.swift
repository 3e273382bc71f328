import DomainXML
import Testing

@Suite("Documents that contain domains")
struct ContainerTests {
    let domain = Sample.domain

    @Test("Only the first /domain/cpu is read as the CPU")
    func otherCPUs() throws {
        let text = """
            <domain xmlns:x='urn:x'><metadata><cpu mode='maximum'/></metadata><x:cpu/><cputune><cpu/></cputune>\
            <cpu mode='custom'><cpu mode='maximum'/></cpu><cpu mode='host-passthrough'/></domain>
            """
        let recorder = Recorder()
        recorder.each = { _, domain in
            #expect(domain[domain.cpu?.mode?.text] == "custom")
            #expect(domain.ignoredCPUs.count == 1)
            #expect(domain.cpu?.children.map(\.kind) == [.other])
        }
        _ = try Recorder.read(Array(text.utf8), into: recorder)
        #expect(recorder.domains.count == 1)
    }

    @Test("Status, snapshot and list documents give their domains")
    func containers() throws {
        func read(_ text: String) throws -> [(Domain.Container, Bool)] {
            let recorder = Recorder()
            var seen: [(Domain.Container, Bool)] = []
            recorder.each = { _, domain in seen.append((domain.container, domain.isRunning)) }
            _ = try Recorder.read(Array(text.utf8), into: recorder)
            #expect(recorder.output == Array(text.utf8))
            return seen
        }
        let status = try read("<domstatus state='running'><cpu/>\(domain)</domstatus>")
        #expect(status.count == 1 && status[0] == (.status, true))
        for (inside, isRunning) in [
            ("<memory snapshot='internal'/>", true), ("<memory snapshot='no'/>", false),
            ("<memory snapshot='internal'/><memory snapshot='no'/>", true), ("<state>running</state>", true),
            ("<state>shutoff</state>", false), ("<state>disk-snapshot</state>", false), ("", false),
            ("<state>shutoff</state><memory snapshot='external' file='/m'/>", true),
        ] {
            let seen = try read("<domainsnapshot>\(domain)\(inside)<inactiveDomain>\(domain.dropFirst(19).dropLast(9))</inactiveDomain></domainsnapshot>")
            #expect(seen.count == 2)
            #expect(seen[0] == (.snapshot, isRunning), "\(inside)")
            #expect(seen[1] == (.snapshotInactive, false))
        }
        let list = try read("<domains>\n\(domain)\n\(domain)</domains>\n\(domain)")
        #expect(list.map(\.0) == [.list, .list, .root])
        #expect(try read("<network><domain name='example.org'/><cpu/></network>").isEmpty)
    }

    /// libvirt finds the running domain as `domain` and the other as `inactiveDomain`, in either order.
    @Test("In a snapshot with memory, <domain> is running and <inactiveDomain> is not, in either order")
    func inactiveFirst() throws {
        let running = "<domain type='kvm'><name>r</name></domain>", inactive = "<inactiveDomain type='kvm'><name>i</name></inactiveDomain>"
        for domains in [running + inactive, inactive + running] {
            let recorder = Recorder()
            var seen: [String: (Bool, Domain.Container)] = [:]
            recorder.each = { seen[$1[$1.name!.text]] = ($1.isRunning, $1.container) }
            recorder.change = CPUChange(mode: .maximum)
            _ = try Recorder.read(Array("<domainsnapshot><memory snapshot='internal'/>\(domains)</domainsnapshot>".utf8), into: recorder)
            #expect(seen["r"]! == (true, .snapshot))
            #expect(seen["i"]! == (false, .snapshotInactive))
            #expect(String(decoding: recorder.output, as: UTF8.self).contains(running))
        }
    }
}
