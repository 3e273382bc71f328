import CPUModel
import Hosts
import Reports
import TestSupport
import Testing

@Suite("The table of CPU models")
struct ModelTableTests {
    private func table(_ hosts: Host...) throws -> ModelTable {
        ModelTable(.builtIn, hosts: try hosts.map { try ModelHost($0, hypervisors: $0.nativeCapabilities(), map: .builtIn) })
    }

    @Test("Every model of the map has a line with its vendor, and older names of versioned models")
    func all() throws {
        let text = try table().text, lines = text.split(separator: "\n")
        #expect(lines.count == CPUMap.builtIn.x86.models.count + CPUMap.builtIn.ppc64.models.count)
        #expect(line("Skylake-Server-v2", of: text)?.hasSuffix(" Intel  x86-64-v4  = Skylake-Server-IBRS") ?? false)
        #expect(line("POWER9", of: text)?.hasSuffix(" IBM    -") ?? false)
        #expect(line("qemu64", of: text)?.hasSuffix(" -      x86-64-v1") ?? false)
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
        let columns = Set(lines.map { line in line.drop { $0 != " " }.prefix { $0 == " " }.count + line.prefix { $0 != " " }.count })
        #expect(columns.count == 1, "vendors stand in one column")
    }

    @Test("A host that says what its hypervisor can give: usable or not, why not, deprecated, not listed")
    func hypervisor() throws {
        let text = try table(.example()).text
        #expect(line("Nehalem", of: text)?.hasSuffix("  hv07: usable") ?? false)
        #expect(line("Haswell", of: text)?.hasSuffix("  hv07: unusable: missing hle rtm") ?? false)
        #expect(line("qemu64", of: text)?.hasSuffix("  hv07: usability unknown, deprecated") ?? false)
        #expect(line("EPYC", of: text)?.hasSuffix("  hv07: not listed") ?? false)
        #expect(line("POWER9", of: text) == nil, "the hosts are x86")
    }

    @Test("Of a host whose processor alone is known, what it lacks of each model, eight features at most")
    func processor() throws {
        let text = try table(.example(hypervisor: false), .example(name: "hv08", hypervisor: false)).text
        #expect(line("Haswell-noTSX", of: text)?.hasSuffix("  hv07: complete  hv08: complete") ?? false)
        #expect(line("Haswell", of: text)?.hasSuffix("  hv07: lacks hle rtm  hv08: lacks hle rtm") ?? false)
        #expect(try #require(line("Skylake-Server", of: text)).contains(/hv07: lacks( \w+){8} and \d+ more  hv08/))
    }

    @Test("Without blockers, the processor's lacks are the reason that is known")
    func withoutBlockers() throws {
        func word(_ cpu: CPUDefinition?, _ model: String) throws -> String? {
            let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")
            let models = [DomainCapabilities.Model(name: model, usability: .no)]
            let host = Host(name: "h", cpu: cpu, domainCapabilities: [DomainCapabilities(platform: platform, models: models)])
            let table = ModelTable(.builtIn, hosts: [try ModelHost(host, hypervisors: host.domainCapabilities, map: .builtIn)])
            return line(model, of: table.text)
        }
        let cpu = CPUDefinition(kind: .host, architecture: "x86_64", model: "Haswell-noTSX", vendor: "Intel")
        #expect(try word(cpu, "Haswell")?.hasSuffix("h: unusable: the processor lacks hle rtm") ?? false)
        #expect(try word(cpu, "Nehalem")?.hasSuffix("h: unusable") ?? false)
        #expect(try word(nil, "Nehalem")?.hasSuffix("h: unusable") ?? false)
    }

    @Test("A host of which nothing is known is named all the same")
    func unknown() throws {
        #expect(line("EPYC", of: try table(Host(name: "h", cpu: nil)).text)?.hasSuffix("  h: nothing is known of its CPU") ?? false)
    }

    @Test("A model that the map does not have is an error")
    func unknownModel() throws {
        let host = Host(name: "h", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "Hasswell"))
        #expect(throws: CPUModelError.unknownModel("Hasswell")) { try ModelHost(host, hypervisors: [], map: .builtIn) }
    }

    @Test("For programs: an object for each model, with the hosts by their names")
    func json() throws {
        let objects = try table(.example(), .example(name: "hv08", hypervisor: false)).json.map { try JSON($0.text) }
        #expect(objects.count == CPUMap.builtIn.x86.models.count)
        func object(_ model: String) -> JSON? { objects.first { $0["model"] == .string(model) } }
        #expect(object("Skylake-Server-v2")?["unversioned"] == .string("Skylake-Server-IBRS"))
        let haswell = try #require(object("Haswell"))
        #expect(haswell["level"] == .string("x86-64-v3"), "QEMU's Haswell, not the map's")
        #expect(haswell["arch"] == .string("x86") && haswell["vendor"] == .string("Intel") && haswell["unversioned"] == .null)
        let missing: JSON = .array([.string("hle"), .string("rtm")])
        let hosts = try #require(haswell["hosts"]?.items)
        #expect(hosts.map { $0["host"] } == [.string("hv07"), .string("hv08")])
        #expect(hosts.map { $0["missing"] } == [missing, missing])
        #expect(hosts.map { $0["usable"] } == [.string("no"), .null], "only what a hypervisor said")
        #expect(hosts.map { $0["blockers"] } == [missing, .array([])] && hosts.allSatisfy { $0["deprecated"] == .bool(false) })
        #expect(object("EPYC")?["hosts"]?.items.first?["usable"] == .string("not listed"))
        let all = try table().json.map(\.text)
        #expect(all.contains(#"{"model":"POWER9","arch":"ppc64","vendor":"IBM","level":null,"unversioned":null,"hosts":[],"schema":"models","version":"\#(Reports.Program.version)"}"#))
        let unknown = try JSON(try #require(table(Host(name: "h", cpu: nil)).json.first).text)
        #expect(unknown["hosts"]?.items.first?["missing"] == .null, "nothing is known of the processor")
    }
}
