import CPUModel
import Hosts
import TestSupport
import Testing

@testable import Lint

@Suite("Names in a policy's targets")
struct TargetNamesTests {
    private func read(_ text: String, hosts: [Host] = []) throws -> Policy {
        let names = TargetNames(try CPUKnowledge().adding(namesOf: hosts), hosts: hosts)
        return try Policy.parse(Array(text.utf8), file: "p.yaml", origin: .named, knownRules: [], names: names)
    }

    private func complaint(_ text: String, hosts: [Host] = []) throws -> String? {
        do {
            _ = try read(text, hosts: hosts)
            return nil
        } catch let error as PolicyError {
            return error.description
        }
    }

    @Test("A misspelt model, feature or vendor is an error with its place, also in guests", arguments: [
        ("default: Skylake-Servr-IBRS", "1:10: error: libvirt does not know the CPU model 'Skylake-Servr-IBRS' (did you mean 'Skylake-Server-IBRS'?)"),
        ("default:\n  model: Haswel", "2:10: error: libvirt does not know the CPU model 'Haswel' (did you mean 'Haswell'?)"),
        ("default: {model: Haswell, features: {avx-512: require}}", "1:38: error: libvirt does not know the CPU feature 'avx-512' (did you mean 'avx512f'?)"),
        ("default:\n  model: Haswell\n  features:\n  - pcid\n  - spec_ctrl", "5:5: error: libvirt does not know the CPU feature 'spec_ctrl' (did you mean 'spec-ctrl'?)"),
        ("default: {model: Haswell, features: {pcidd: require}}", "1:38: error: libvirt does not know the CPU feature 'pcidd' (did you mean 'pcid'?)"),
        ("default: Skylake-Clientt", "1:10: error: libvirt does not know the CPU model 'Skylake-Clientt' (did you mean 'Skylake-Client'?)"),
        ("default: {model: Haswell, vendor: Intell}", "1:35: error: libvirt does not know the CPU vendor 'Intell' (did you mean 'Intel'?)"),
        ("default: {model: Haswell, vendor: GenuineIntel}", "1:35: error: libvirt does not know the CPU vendor 'GenuineIntel' (did you mean 'Intel'?)"),
        ("guests:\n- match: {name: x}\n  default: {vendor: intel, model: Haswell}", "3:21: error: libvirt does not know the CPU vendor 'intel' (did you mean 'Intel'?)"),
        ("guests:\n- {match: {name: x}, default: {model: EPYC, features: [clfluhs]}}", "2:56: error: libvirt does not know the CPU feature 'clfluhs' (did you mean 'clflush'?)"),
    ])
    func misspelt(_ policy: String, _ message: String) throws {
        #expect(try complaint(policy) == "p.yaml:\(message)")
    }

    @Test("Every name of every built-in map is accepted")
    func known() throws {
        let x86 = CPUMap.builtIn.x86
        let features = x86.features.map(\.name).joined(separator: ", ")
        for model in x86.models.map(\.name) { #expect(try complaint("default: \(model)") == nil) }
        for vendor in ["Intel", "AMD", "Hygon"] { #expect(try complaint("default: {model: Haswell, vendor: \(vendor)}") == nil) }
        #expect(try read("default: {model: Haswell, features: [\(features)]}").uncertainNames.isEmpty)
        for model in CPUMap.builtIn.ppc64.models.map(\.name) { #expect(try complaint("default: \(model)") == nil) }
    }

    @Test("Without hosts, a name that is near none may be a newer one, or another architecture's: it is said", arguments: [
        ("default: {model: Haswell, features: {wholly-new: require}}", "p.yaml:1:38: whether a host has the CPU feature 'wholly-new' cannot be known"),
        ("default: {model: Haswell, features: [avx3]}", "p.yaml:1:38: whether a host has the CPU feature 'avx3' cannot be known"),
        ("default: {model: Haswell, vendor: Acme}", "p.yaml:1:35: whether a host has the CPU vendor 'Acme' cannot be known"),
        ("default: cortex-a72", "p.yaml:1:10: whether a host has the CPU model 'cortex-a72' cannot be known"),
    ])
    func uncertain(_ text: String, _ line: String) throws {
        let policy = try read(text)
        #expect(policy.uncertainNames == [line + ": the CPU maps of libvirt up to 12.9.0 do not have it, and no host is named"])
        let judge = Judge(policy: policy, purpose: .check)
        var remarks: [String] = []
        try readDocuments(Array(domain("<cpu mode='host-model'/>").utf8), passed: { _ in }) { remarks += judge.judge($0).remarks.map(\.description) }
        #expect(remarks == policy.uncertainNames)
    }

    @Test("The names of features depend on the architecture: those of Arm are near to x86 names and are none")
    func arm() throws {
        #expect(try complaint("default: {model: cortex-a72, features: {sve: require}}") == nil)
    }

    @Test("What no named host vouches for is an error, what one shows is accepted")
    func hosts() throws {
        let hv01 = try HostModelOnlyTests.host("hv01")
        let feature = "default: {model: Haswell, features: {wholly-new: require}}", model = "default: Nosuch-Server"
        #expect(try complaint(feature, hosts: [hv01])?.hasPrefix(
            "p.yaml:1:38: error: libvirt does not know the CPU feature 'wholly-new': the CPU maps of libvirt up to 12.9.0 do not have it, and no named host has it") == true)
        #expect(try complaint(model, hosts: [hv01])?.contains("'Nosuch-Server'") == true)
        var newer = hv01
        newer.cpu?.features.append(CPUDefinition.Feature("wholly-new", .require))
        #expect(try complaint(feature, hosts: [hv01, newer]) == nil)
        #expect(try read(feature, hosts: [hv01, newer]).uncertainNames.isEmpty)
        // The newer host may know more names than it shows.
        #expect(try complaint(model, hosts: [newer]) == nil)
        #expect(try read(model, hosts: [newer]).uncertainNames == [
            "p.yaml:1:10: whether a host has the CPU model 'Nosuch-Server' cannot be known: the CPU maps of libvirt up to 12.9.0 do not have it, and the named hosts do not show all names that they know"
        ])
    }
}
