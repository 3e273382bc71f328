import Testing

@testable import Lint

@Suite("Conditions of guest entries")
struct GuestMatchTests {
    private func matches(_ match: GuestMatch, os: String? = nil, isWindows: Bool = false) -> Bool {
        match.matches(
            name: "db-1", isWindows: isWindows, osinfoID: os, type: "kvm", arch: "x86_64", path: "lab/a/db-1.xml")
    }

    @Test("A guest must meet all conditions") func all() {
        #expect(matches(GuestMatch(name: "db-*", type: "kvm", arch: "x86_64", path: "lab/**")))
        #expect(!matches(GuestMatch(name: "web-*", type: "kvm", arch: "x86_64", path: "lab/**")))
        #expect(!matches(GuestMatch(name: "db-*", type: "qemu", arch: "x86_64", path: "lab/**")))
        #expect(!matches(GuestMatch(name: "db-*", type: "kvm", arch: "i686", path: "lab/**")))
        #expect(!matches(GuestMatch(name: "db-*", type: "kvm", arch: "x86_64", path: "prod/**")))
        #expect(matches(GuestMatch()))
    }

    @Test("os: windows matches the guests that are recognised as Windows, whatever their ids") func windows() {
        #expect(matches(GuestMatch(os: "windows"), isWindows: true))
        #expect(!matches(GuestMatch(os: "windows"), os: "http://microsoft.com/win/11"))
    }

    @Test("Other values of os are patterns for the libosinfo id") func systems() {
        let rhel9 = GuestMatch(os: "*redhat.com/rhel/9*")
        #expect(matches(rhel9, os: "http://redhat.com/rhel/9.4"))
        #expect(!matches(rhel9, os: "http://redhat.com/rhel/8.4"))
        #expect(!matches(rhel9, os: nil))
        #expect(!matches(GuestMatch(os: "*"), os: nil))
    }

    @Test("Paths are matched by component") func paths() {
        #expect(matches(GuestMatch(path: "lab/*/*.xml")))
        #expect(!matches(GuestMatch(path: "lab/*.xml")))
        #expect(matches(GuestMatch(path: "./lab/**")))
        #expect(matches(GuestMatch(path: "lab/")))
        #expect(matches(GuestMatch(path: "**/db-?.xml")))
    }
}
