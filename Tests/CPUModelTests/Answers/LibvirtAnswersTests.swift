import Testing

@testable import CPUModel
import Hosts
import XMLTree

/// libvirt's own tests: for the same input, the answer is the same.
@Suite(.enabled(if: LibvirtSource.isPresent, LibvirtSource.comment))
struct LibvirtAnswersTests {
    let map: CPUMap

    init() throws { map = try LibvirtSource.map.get() }

    @Test func allOfTheDataIsThere() {
        #expect(LibvirtSource.machines.count == 41)
        #expect(ExpectedRow.of("compare").count == 28)
        #expect(ExpectedRow.of("baseline").count == 13)
        #expect(ExpectedRow.of("baseline-cpuid").count == 5)
        #expect(ExpectedRow.of("guest-cpuid").count == 41)
    }

    @Test(arguments: LibvirtSource.machines)
    func machineIsDecodedAsHost(machine: String) throws {
        let decoded = try map.x86.decode(try LibvirtSource.data(of: machine), as: .host)
        #expect(decoded == (try LibvirtSource.cpu("x86_64-cpuid-\(machine)-host")))
    }

    @Test(arguments: ExpectedRow.of("guest-cpuid"))
    func machineIsDecodedAsGuest(row: ExpectedRow) throws {
        let machine = row.fields[1]
        let listed = row.fields[2] == "models" ? try LibvirtSource.listedModels(of: machine, map: map.x86) : nil
        var decoded = try map.x86.decode(try LibvirtSource.data(of: machine), as: .guest, among: listed)
        decoded.fallback = .forbid  // as in libvirt's test
        #expect(decoded == (try LibvirtSource.cpu("x86_64-cpuid-\(machine)-guest")))
    }

    @Test(arguments: ExpectedRow.of("compare"))
    func comparisonIsLibvirts(row: ExpectedRow) throws {
        let (architecture, hostName, guestName) = (row.fields[1], row.fields[2], row.fields[3])
        let host = try LibvirtSource.cpu("\(architecture)-\(hostName)")
        let guest = try LibvirtSource.cpu("\(architecture)-\(guestName)")
        var answer: String
        do {
            switch try map.compare(guest, on: host) {
            case .identical: answer = "identical"
            case .superset: answer = "superset"
            case .incompatible(let reason):
                answer = "incompatible"
                #expect(!reason.description.isEmpty)
            case .notJudged: answer = "not judged"
            }
        } catch {
            answer = "error"
        }
        #expect(answer == row.fields[4])
    }

    @Test(arguments: ExpectedRow.of("baseline"))
    func baselineIsLibvirts(row: ExpectedRow) throws {
        let (prefix, flags) = ("\(row.fields[1])-baseline-\(row.fields[2])", row.fields[3])
        let cpus = try LibvirtSource.element(prefix).children("cpu").map { try CPUDefinition($0) }
        let baseline = {
            try map.baseline(
                cpus, migratable: flags.contains("MIGRATABLE"), expand: flags.contains("EXPAND_FEATURES"))
        }
        if row.fields[4] == "-1" {
            #expect(throws: CPUModelError.self) { try baseline() }
            return
        }
        let suffix = flags.contains("EXPAND") ? "expanded" : flags.contains("MIGRATABLE") ? "migratable" : "result"
        #expect(try baseline() == (try LibvirtSource.cpu("\(prefix)-\(suffix)")))
    }

    @Test(arguments: ExpectedRow.of("baseline-cpuid"))
    func baselineOfHostModelsIsLibvirts(row: ExpectedRow) throws {
        let cpus = try row.fields[2...].map { try LibvirtSource.cpu("x86_64-cpuid-\($0)-json") }
        #expect(try map.baseline(cpus) == (try LibvirtSource.cpu("x86_64-cpuid-baseline-\(row.fields[1])")))
    }
}
