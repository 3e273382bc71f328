import Lint
import Testing

@Suite("invalid-hyperv")
struct InvalidHyperVTests {
    private func found(_ hyperv: String, libvirt: String) throws -> [String] {
        let xml = domain("").replacing("<features></features>", with: "<features>\(hyperv)</features>")
        return try judge(xml, policy: "{default: keep, libvirt: '\(libvirt)'}").findings.filter { $0.rule == "invalid-hyperv" }.map(\.message)
    }

    // Tried with virsh define: libvirt 9.0 refuses each of these, 11.3 and 12.9 define the domain and drop the list.
    @Test("Under passthrough, only an old libvirt reads the list", arguments: [
        "<relaxed/>", "<relaxed state='bad'/>", "<vpidx state='on'/>", "<vendor_id state='on'/>",
        "<vendor_id state='on' value='1234567890123456'/>", "<spinlocks state='on' retries='x'/>",
    ])
    func passthrough(_ list: String) throws {
        let hyperv = "<hyperv mode='passthrough'>\(list)</hyperv>"
        #expect(try found(hyperv, libvirt: "9.0").count == 1)
        #expect(try found(hyperv, libvirt: "11.3").isEmpty)
        #expect(try found(hyperv, libvirt: "12.9").isEmpty)
        #expect(try found("<hyperv>\(list)</hyperv>", libvirt: "11.3").count == 1)
    }

    // 12.9 refuses an enlightenment without what it needs, but not under passthrough.
    @Test("Under passthrough, no enlightenment needs another one", arguments: ["9.0", "11.3", "12.9"])
    func needs(libvirt: String) throws {
        #expect(try found("<hyperv mode='passthrough'><stimer state='on'/></hyperv>", libvirt: libvirt).isEmpty)
    }
}
