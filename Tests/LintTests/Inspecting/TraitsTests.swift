import Hosts
import TestSupport
import Testing

@testable import Lint

@Suite("Traits of guests")
struct TraitsTests {
    /// What each trait implies, as its comment states.
    private static let implications: [(trait: Traits, implied: Traits)] = [
        (.cpu, .anyCPU), (.model, [.cpu, .modelOrFeatures]), (.features, [.cpu, .modelOrFeatures]), (.modelOrFeatures, .cpu),
        (.vendor, .cpu), (.topology, .cpu), (.hostMode, .cpu),
    ]

    @Test("Each trait is one bit of its own")
    func bits() {
        let all: [Traits] = [
            .cpu, .anyCPU, .model, .features, .modelOrFeatures, .vendor, .topology, .customMode, .hostMode, .live, .osinfo,
            .windows, .qemuArguments, .hosts, .migrates, .otherDefault, .earlier, .suppressions,
        ]
        for (shift, trait) in all.enumerated() { #expect(trait.rawValue == 1 << shift) }
    }

    @Test("The guests of all examples keep the implications", arguments: RuleExampleTests.guests)
    func examples(_ testCase: RuleExampleTests.Case) throws {
        let example = testCase.example
        for traits in try traits(of: example.xml, hasHosts: !example.hosts.isEmpty) {
            expectImplications(traits)
            // Otherwise the rule would not run. The judge adds the last two traits itself.
            if example.isBad { #expect(testCase.rule.needs.subtracting([.earlier, .suppressions, .otherDefault, .migrates]).isSubset(of: traits)) }
        }
    }

    @Test("So do the definitions of libvirt's tests", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func corpus() throws {
        for entry in RuleCorpus.all {
            for sample in entry.bad + entry.good {
                for traits in try traits(of: sample.text(), hasHosts: !entry.hosts.isEmpty) { expectImplications(traits) }
            }
        }
    }

    private func expectImplications(_ traits: Traits) {
        for (trait, implied) in Self.implications where traits.isSuperset(of: trait) {
            #expect(traits.isSuperset(of: implied), "\(trait) in \(traits)")
        }
        #expect(!traits.isSuperset(of: [.customMode, .hostMode]))
    }

    private func traits(of xml: String, hasHosts: Bool) throws -> [Traits] {
        var traits: [Traits] = []
        try readDocuments(Array(xml.utf8)) { document in
            traits += document.domains.map { Traits(Guest($0, in: document), .asItIs, hasHosts: hasHosts, migrates: false) }
        }
        return traits
    }
}
