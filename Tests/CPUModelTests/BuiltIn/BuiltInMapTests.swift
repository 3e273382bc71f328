import TestSupport
import Testing

@testable import CPUModel
import Hosts
import XMLTree

struct BuiltInMapTests {
    @Test func builtInMapNamesItsLibvirt() {
        let map = CPUMap.builtIn
        #expect(map.libvirtVersion == "12.9.0")
        #expect(map.x86.features.count == 400)
        #expect(map.x86.models.count == 176)
        #expect(map.x86.vendors.map(\.name) == ["Intel", "AMD", "Hygon", "Zhaoxin CentaurHauls"])
        #expect(map.ppc64.models.map(\.name).contains("POWER11"))
        #expect(map.arm.model(named: "ThunderX2 99xx")?.vendor == "Cavium")
    }

    @Test func builtInModelHasItsParts() throws {
        let map = CPUMap.builtIn.x86
        let model = try #require(map.model(named: "Cascadelake-Server"))
        #expect(model.vendor == "Intel")
        #expect(model.signatures == [SignaturePattern(family: 6, model: 85, steppings: 0b1110_0000)])
        #expect(model.decodesHost && model.decodesGuest && model.comparesByMap)
        #expect(model.removedFeatures == ["mpx"])
        #expect(model.addedFeatures.first == "vmx-activity-hlt")
        #expect(model.group == "Intel CPU models")
        #expect(map.featureNames(in: model.features).contains("avx512vnni"))
        let alias = try #require(map.model(named: "Skylake-Server-v3"))
        #expect(alias.ancestor == "Skylake-Server-noTSX-IBRS")
        #expect(alias.features == map.model(named: "Skylake-Server-noTSX-IBRS")?.features)
        #expect(alias.removedFeatures.isEmpty)
    }

    @Test(.enabled(if: LibvirtSource.isPresent, LibvirtSource.comment))
    func builtInMapIsLibvirts() throws {
        let source = try LibvirtSource.map.get()
        let map = CPUMap.builtIn(for: LibvirtSource.release)
        #expect(map.x86.features.map(withoutRelease) == source.x86.features)
        #expect(contents(of: map.x86) == contents(of: source.x86))
        #expect(map.x86.vendors == source.x86.vendors)
        #expect(map.ppc64 == source.ppc64)
        #expect(map.arm == source.arm)
    }

    private func withoutRelease(_ feature: X86Feature) -> X86Feature {
        var feature = feature
        feature.since = nil
        return feature
    }

    @Test func aNameKnowsTheFirstReleaseThatHasIt() throws {
        for release in CPUMap.builtInReleases {
            let map = CPUMap.builtIn(for: release).x86
            let older = CPUMap.builtInReleases.filter { $0 < release }.map { CPUMap.builtIn(for: $0).x86 }
            for model in CPUMap.builtIn.x86.models where map.model(named: model.name) != nil {
                let isNew = older.allSatisfy { $0.model(named: model.name) == nil } && !older.isEmpty
                #expect((model.since == release) == isNew, "\(model.name)")
            }
            for feature in CPUMap.builtIn.x86.features where map.feature(named: feature.name) != nil {
                let isNew = older.allSatisfy { $0.feature(named: feature.name) == nil } && !older.isEmpty
                #expect((feature.since == release) == isNew, "\(feature.name)")
            }
        }
    }

    /// The models with their features by name: maps of different releases have different positions.
    private func contents(of map: X86Map) -> [[String]] {
        map.models.map { model in
            var rest = model
            rest.features = FeatureSet()
            rest.since = nil
            return ["\(rest)"] + map.featureNames(in: model.features)
        }
    }

    @Test func generatorWritesTheCommittedFileByteForByte() throws {
        let committed = Corpus.read("\(Corpus.repository)/Sources/CPUModel/BuiltIn/BuiltInCPUMap.swift")
        let maps = CPUMap.builtInReleases.reversed().map { CPUMap.builtIn(for: $0) }
        #expect(Array(try CPUMap.builtInSource(of: maps).utf8) == committed, "run make cpu-map")
    }

    /// The counts of `<model>` and `<feature>` elements in each release's directory.
    @Test(arguments: [("7.0.0", 184, 57), ("9.0.0", 212, 58), ("11.3.0", 364, 150), ("12.9.0", 400, 176)])
    func eachReleaseHasItsOwnNames(_ release: String, _ features: Int, _ models: Int) throws {
        let map = CPUMap.builtIn(for: try #require(LibvirtVersion(release)))
        #expect(map.libvirtVersion == release)
        #expect(map.x86.features.count == features)
        #expect(map.x86.models.count == models)
    }

    @Test(arguments: [
        ("6.0", "7.0.0"), ("7.0", "7.0.0"), ("8.0.0", "7.0.0"), ("9.0", "9.0.0"), ("10.0.0", "9.0.0"), ("10.9.0", "9.0.0"),
        ("10.10.0", "11.3.0"), ("11.3.0", "11.3.0"), ("12.8.0", "11.3.0"), ("12.9.0", "12.9.0"), ("13.1.0", "12.9.0"),
    ])
    func aReleaseIsJudgedByTheMapOfOneBefore(_ release: String, _ map: String) throws {
        #expect(CPUMap.builtIn(for: try #require(LibvirtVersion(release))).libvirtVersion == map)
    }

    @Test func mpxBelongsToSkylakeServerUntilLibvirtRemovedIt() throws {
        for (release, has) in [("9.0.0", true), ("11.3.0", false), ("12.9.0", false)] {
            let map = CPUMap.builtIn(for: try #require(LibvirtVersion(release))).x86
            let model = try #require(map.model(named: "Skylake-Server"))
            #expect(map.featureNames(in: model.features).contains("mpx") == has)
            #expect(model.removedFeatures.contains("mpx") == !has)
        }
    }

    @Test func modelsDifferBetweenReleasesOnlyInWhatTheNewestListsAsRemoved() throws {
        let newest = CPUMap.builtIn.x86
        var changed = 0
        for release in CPUMap.builtInReleases.dropFirst() {
            for older in CPUMap.builtIn(for: release).x86.models {
                let model = try #require(newest.model(named: older.name))
                #expect((model.features - older.features).isEmpty, "\(release) \(model.name)")
                let lost = newest.featureNames(in: older.features - model.features)
                #expect(Set(lost).isSubset(of: model.removedFeatures), "\(release) \(model.name)")
                changed += lost.isEmpty ? 0 : 1
            }
        }
        #expect(changed == 22)
    }

    @Test func setsOfDifferentReleasesCanBeCombined() throws {
        let newest = CPUMap.builtIn.x86
        for release in CPUMap.builtInReleases {
            let older = CPUMap.builtIn(for: release).x86
            for feature in older.features {
                #expect(older.bits(ofFeature: feature.name) == newest.bits(ofFeature: feature.name))
            }
            let all = newest.bits(ofFeatures: newest.features.map(\.name))
            #expect(older.featureNames(in: all) == older.features.map(\.name), "names that a release lacks are left out")
        }
    }

    @Test func recordOfQEMUsModelsIsWrittenAsItWasRead() {
        let committed = Corpus.read("\(Corpus.repository)/Sources/CPUModel/BuiltIn/BuiltInQEMUModels.swift")
        #expect(Array(QEMUModels.builtIn.builtInSource.utf8) == committed)
        #expect(QEMUModels.builtInVersion == QEMUModels.builtIn.qemuVersion)
    }
}
