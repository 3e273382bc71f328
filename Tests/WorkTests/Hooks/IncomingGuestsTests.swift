import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Notes about incoming guests")
struct IncomingGuestsTests {
    private let directory = TemporaryDirectory()
    private var notes: IncomingGuests { IncomingGuests(directory: FilePath("\(directory.path)/run/virt-cpu")) }

    @Test("A note is found once, and only for its guest")
    func once() throws {
        #expect(!notes.take("a"))
        try notes.note("a")
        #expect(!notes.take("b"))
        #expect(notes.take("a"))
        #expect(!notes.take("a"))
    }

    @Test("A second note replaces the first")
    func again() throws {
        try notes.note("a")
        try notes.note("a")
        #expect(notes.take("a") && !notes.take("a"))
    }

    @Test("Any name that libvirt allows is a file of its own below the directory", arguments: [
        "web", "..", ".", "a b", "a%b", "\u{436}", "a\nb", "A", "-x", String(repeating: "n", count: 300),
    ])
    func names(_ name: String) throws {
        for other in ["web", "..", "a%20b", "a", String(repeating: "n", count: 301)] where other != name { try notes.note(other) }
        #expect(!notes.take(name))
        try notes.note(name)
        let files = Corpus.names(in: "\(directory.path)/run/virt-cpu")
        #expect(files.allSatisfy { $0.hasPrefix("incoming-") && $0.utf8.count <= 255 })
        #expect(notes.take(name))
        #expect(Corpus.names(in: "\(directory.path)/run/virt-cpu").count == files.count - 1)
    }

    @Test("An old note is not valid, and one from the future neither", arguments: [-121, 121])
    func expired(_ seconds: Int) throws {
        try notes.note("a")
        let file = "\(directory.path)/run/virt-cpu/incoming-a"
        var times = [timespec](repeating: timespec(tv_sec: time(nil) + seconds + seconds.signum() * 60, tv_nsec: 0), count: 2)
        try #require(utimensat(AT_FDCWD, file, &times, 0) == 0)
        #expect(!notes.take("a"))
        #expect(access(file, F_OK) != 0, "it is removed all the same")
    }

    @Test("A symbolic link in a note's place is not followed")
    func links() throws {
        try notes.note("b")
        directory.link("run/virt-cpu/incoming-a", to: directory.write("elsewhere", "mine"))
        try notes.note("a")
        #expect(directory.text("elsewhere") == "mine")
        #expect(notes.take("a"))
    }

    @Test("A directory that cannot be made is not usable, and noting says why")
    func unusable() {
        #expect(notes.isUsable)
        let unusable = IncomingGuests(directory: "/dev/null/state")
        #expect(!unusable.isUsable)
        let error = #expect(throws: IOFailure.self) { try unusable.note("a\u{1b}") }
        #expect(error?.shown == "virt-cpu: error: /dev/null/state/incoming-a%1b: cannot write a note about an incoming guest: Not a directory")
        #expect(!unusable.take("a"))
    }
}
