import Glibc
import TestSupport
import Testing

@Suite("Memory of a comparison")
struct CompareMemoryTests {
    private let directory = TemporaryDirectory()

    /// The peak memory when a definition has been compared. A second one, on stdin, keeps the program from ending.
    private func peak(of definition: String) -> Int? {
        let file = directory.write("guest.xml", definition), ends = fifo()
        let host = "\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"
        let running = Program(["compare", "--no-config", "--host", host, file, "-"], input: .descriptor(ends.read)).start()
        close(ends.read)
        _ = writeAll(Array("<domain type='kvm'/>".utf8), to: ends.write)
        var unread: Int32 = 1
        while ioctl(ends.write, UInt(FIONREAD), &unread) == 0, unread > 0, running.peakMemory != nil { usleep(1000) }
        let peak = running.peakMemory
        close(ends.write)
        #expect(running.wait().text.contains("g on hv01: superset"))
        return peak
    }

    @Test("A long definition is not held as a tree, which would take 25 times its length")
    func long() throws {
        func guest(_ devices: Int) -> String {
            "<domain type='kvm'><name>g</name><cpu mode='custom'><model>Nehalem</model></cpu><devices>"
                + String(repeating: "<disk type='file'><target dev='vda'/></disk>\n", count: devices) + "</devices></domain>"
        }
        let short = try #require(peak(of: guest(0))), long = try #require(peak(of: guest(50_000)))
        #expect(long - short <= 8 * guest(50_000).utf8.count)
    }
}
