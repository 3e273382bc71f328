import Glibc
import TestSupport
import Testing

@Suite("Memory")
struct MemoryTests {
    /// A stream of real definitions, about 3 MB.
    static let stream: [UInt8] = {
        let names = ["debian12.xml", "gpu-passthrough.xml", "live.xml", "numa.xml", "rhel9.xml", "stream.xml", "win11.xml", "snapshot.xml"]
        let once = names.flatMap { Definitions.example($0) }
        return Array([[UInt8]](repeating: once, count: 3_000_000 / once.count).joined())
    }()

    /// The peak memory when everything has been read but what a pipe holds.
    private func peak(repeating times: Int) -> Int? {
        let ends = fifo(), null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        var program = Program(["filter", "--no-config", "--default", "host-model"], input: .descriptor(ends.read), output: .descriptor(null))
        program.errors = null
        let running = program.start()
        close(ends.read)
        for _ in 0..<times { #expect(writeAll(Self.stream, to: ends.write)) }
        let peak = running.peakMemory
        close(ends.write)
        #expect(running.wait().status == 0)
        return peak
    }

    @Test("A stream 20 times as long takes no more memory")
    func stream() throws {
        let short = try #require(peak(repeating: 1)), long = try #require(peak(repeating: 20))
        print("peak memory: \(short >> 10) KiB for \(Self.stream.count) bytes, \(long >> 10) KiB for 20 times as many")
        // How many batches wait for a thread at a time depends on the machine; a batch takes 0.4 MiB, and there are four at most.
        #expect(long - short <= 2 << 20)
        #expect(long <= 64 << 20)
    }
}
