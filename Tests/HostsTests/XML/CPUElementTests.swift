import CPUModel
import Hosts
import Testing
import XMLTree

struct CPUElementTests {
    func cpu(_ text: String) throws -> CPUDefinition { try CPUDefinition(try XMLElement(parsing: Array(text.utf8))) }

    @Test func elementWithAnArchitectureIsAHostsCPU() throws {
        let host = try cpu(
            "<cpu><arch>x86_64</arch><model>Penryn</model><signature family='6' model='23' stepping='10'/>"
                + "<feature name='vmx'/></cpu>")
        #expect(host.kind == .host && host.architecture == "x86_64" && host.model == "Penryn")
        #expect(host.signature == CPUSignature(family: 6, model: 23, stepping: 10))
        #expect(host.features == [.init("vmx", .require)])
    }

    @Test func missingAttributesOfAGuestHaveDefaults() throws {
        let guest = try cpu(
            "<cpu><model>Penryn</model><feature name='vmx'/><feature name='aes' policy='disable'/></cpu>")
        #expect(guest.kind == .guest && guest.mode == .custom && guest.match == .exact && guest.fallback == .allow)
        #expect(guest.features == [.init("vmx", .require), .init("aes", .disable)])
        #expect(try cpu("<cpu><model vendor_id='KVMKVMKVMKVM'>486</model></cpu>").vendorID == "KVMKVMKVMKVM")
        #expect(try cpu("<cpu mode='host-model'><model fallback='forbid'/></cpu>").model == nil)
    }

    @Test(arguments: [
        ("<cpu mode='host'/>", "line 1: mode='host' is not one of custom, host-model, host-passthrough, maximum"),
        ("<cpu>\n<feature/></cpu>", "line 2: <feature> has no name"),
        ("<cpu><feature name='a'/>\n<feature name='a'/></cpu>", "line 2: CPU feature 'a' is listed twice"),
        ("<cpu><feature name='a' policy='on'/></cpu>",
            "line 1: policy='on' is not one of force, require, optional, disable, forbid"),
        ("<domain/>", "line 1: expected <cpu>, not <domain>"),
    ])
    func wordsThatLibvirtRefusesAreErrors(text: String, message: String) {
        do {
            _ = try cpu(text)
            Issue.record("accepted")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test func cpuDataOfAnotherArchitectureIsRefused() throws {
        let element = try XMLElement(parsing: Array("<cpudata arch='arm'/>".utf8))
        #expect(throws: CPUElementError.self) { try CPUIDData(element) }
    }
}
