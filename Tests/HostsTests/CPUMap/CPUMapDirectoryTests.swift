import Testing

import CPUModel
import Hosts
import XMLTree

/// Maps of a few lines.
struct CPUMapDirectoryTests {
    static let vendors = "<cpus>\n  <vendor name='Intel' string='GenuineIntel'/>\n</cpus>\n"
    static let features = """
        <cpus>
          <feature name='pni'>
            <alias name='sse3' source='qemu'/>
            <cpuid eax_in='0x00000001' ecx='0x00000001'/>
          </feature>
          <feature name='xsaves' migratable='no'>
            <cpuid eax_in='0x0000000d' ecx_in='0x01' eax='0x00000008'/>
          </feature>
          <feature name='rdctl-no'>
            <msr index='0x0000010a' edx='0x00000000' eax='0x00000001'/>
          </feature>
        </cpus>
        """
    static let index = """
        <cpus>
          <arch name='x86'>
            <include filename='vendors.xml'/>
            <include filename='features.xml'/>
            <group name='A group'>
              <include filename='model.xml'/>
            </group>
          </arch>
        </cpus>
        """
    static let model = """
        <cpus>
          <model name='base'>
            <decode host='on' guest='off'/>
            <signature family='6' model='85' stepping='0-4,7'/>
            <vendor name='Intel'/>
            <feature name='pni'/>
            <feature name='rdctl-no' removed='yes'/>
          </model>
          <model name='derived'>
            <check partial='compat'/>
            <model name='base'/>
            <feature name='xsaves'/>
          </model>
        </cpus>
        """

    func map(
        index: String = index, vendors: String = vendors, features: String = features, model: String = model
    ) throws -> CPUMap {
        struct Missing: Error, CustomStringConvertible { var description: String { "no such file" } }
        let files = ["index.xml": index, "vendors.xml": vendors, "features.xml": features, "model.xml": model]
        return try CPUMap(libvirtVersion: "1", prefix: "map/") { name throws(Missing) in
            guard let text = files[name] else { throw Missing() }
            return Array(text.utf8)
        }
    }

    @Test func modelStartsFromItsAncestor() throws {
        let x86 = try map().x86
        let base = try #require(x86.model(named: "base"))
        let derived = try #require(x86.model(named: "derived"))
        #expect(base.signatures == [SignaturePattern(family: 6, model: 85, steppings: 0b1001_1111)])
        #expect(base.decodesHost && !base.decodesGuest && !base.comparesByMap)
        #expect(base.removedFeatures == ["rdctl-no"])
        #expect(base.group == "A group")
        #expect(x86.featureNames(in: base.features) == ["pni"])
        #expect(derived.vendor == "Intel" && derived.signatures == base.signatures)
        #expect(derived.decodesHost && derived.decodesGuest && derived.comparesByMap)
        #expect(derived.removedFeatures.isEmpty)
        #expect(x86.featureNames(in: derived.features) == ["pni", "xsaves"])
    }

    @Test func featureHasItsBits() throws {
        let x86 = try map().x86
        #expect(x86.feature(named: "xsaves")?.isMigratable == false)
        #expect(x86.feature(named: "pni")?.aliases == [X86Feature.Alias(name: "sse3", source: "qemu")])
        #expect(
            x86.feature(named: "xsaves")?.bits
                == [CPUDataBit(address: .cpuid(leaf: 13, subleaf: 1, register: .eax), bit: 3)])
        #expect(
            x86.feature(named: "rdctl-no")?.bits == [CPUDataBit(address: .msr(index: 0x10a, register: .eax), bit: 0)])
    }

    func signed(_ attributes: String) throws -> CPUMap {
        try map(model: "<cpus><model name='m'><signature \(attributes)/></model></cpus>")
    }

    func failure(_ body: () throws -> CPUMap) -> String {
        do {
            _ = try body()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func errorHasFileAndLine() {
        let faults: [(String, () throws -> CPUMap)] = [
            ("map/index.xml:1: the CPU map has no <arch name='x86'>", { try map(index: "<cpus/>") }),
            ("map/index.xml:1: expected <cpus>, not <cpu>", { try map(index: "<cpu/>") }),
            ("map/other.xml: no such file",
                { try map(index: "<cpus><arch name='x86'><include filename='other.xml'/></arch></cpus>") }),
            ("map/index.xml:1: cannot include '../x.xml': only other files of the map's directory can be included",
                { try map(index: "<cpus><arch name='x86'><include filename='../x.xml'/></arch></cpus>") }),
            ("map/vendors.xml:1: <vendor> has no attribute 'string'",
                { try map(vendors: "<cpus><vendor name='Intel'/></cpus>") }),
            ("map/model.xml:3: unknown CPU feature 'sse9'",
                { try map(model: "<cpus>\n<model name='m'>\n<feature name='sse9'/></model></cpus>") }),
            ("map/model.xml:2: CPU model 'm' is based on unknown model 'n'",
                { try map(model: "<cpus><model name='m'>\n<model name='n'/></model></cpus>") }),
            ("map/model.xml:2: unknown CPU vendor 'AMD'",
                { try map(model: "<cpus><model name='m'>\n<vendor name='AMD'/></model></cpus>") }),
            ("map/model.xml:2: CPU model 'm' is defined twice",
                { try map(model: "<cpus><model name='m'/>\n<model name='m'/></cpus>") }),
            ("map/model.xml:1: stepping='0-16' is not a list of numbers from 0 to 15",
                { try signed("family='6' model='1' stepping='0-16'") }),
            ("map/model.xml:1: the family of a signature cannot be 0",
                { try signed("family='0' model='1'") }),
            ("map/model.xml:1: family='six' is not a 32-bit number",
                { try signed("family='six' model='1'") }),
            ("map/features.xml:2: CPU feature 'f' has neither CPUID nor MSR bits",
                { try map(features: "<cpus>\n<feature name='f'/></cpus>") }),
            ("map/vendors.xml:1: CPU vendor 'V': 'short' is not 12 characters long",
                { try map(vendors: "<cpus><vendor name='V' string='short'/></cpus>") }),
            ("map/features.xml:2: <cpu> is neither <cpuid> nor <msr>",
                { try map(features: "<cpus><feature name='f'>\n<cpu/></feature></cpus>") }),
        ]
        for (message, body) in faults { #expect(failure(body) == message) }
        #expect(failure { try map(model: "<cpus><model name='m'>\n</cpus>") }.hasPrefix("map/model.xml:2: "))
    }

    @Test func errorOfAMissingDirectoryHasItsPath() {
        #expect(
            failure { try CPUMap(directory: "/nonexistent") } == "/nonexistent/index.xml: No such file or directory")
    }
}
