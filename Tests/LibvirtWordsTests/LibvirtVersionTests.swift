import LibvirtWords
import Testing

@Suite("Releases of libvirt")
struct LibvirtVersionTests {
    @Test("One to three numbers are read, and all three are printed", arguments: [
        ("9", "9.0.0"), ("9.0", "9.0.0"), ("11.3.0", "11.3.0"), ("10.10", "10.10.0"), ("010.1", "10.1.0"), ("999.999.999", "999.999.999"),
    ])
    func reading(_ text: String, printed: String) throws {
        let version = try #require(LibvirtVersion(text))
        #expect(version.description == printed && LibvirtVersion(version.description) == version)
    }

    @Test("Anything else is no release", arguments: [
        "", ".", "9.", ".9", "9..0", "9.0.0.0", "v9", "9.0-rc1", "9,0", "-9", "+9", " 9", "9 ", "9999.0", "٩.0",
    ])
    func refused(_ text: String) { #expect(LibvirtVersion(text) == nil) }

    @Test("Releases are ordered number by number")
    func order() throws {
        let releases = try ["7.0.0", "9.0", "9.10", "10.1", "10.9.1", "10.10", "11.3.0"].map { try #require(LibvirtVersion($0)) }
        #expect(releases.shuffled().sorted() == releases)
        #expect(LibvirtVersion("10.10") != LibvirtVersion("10.1"))
    }
}
