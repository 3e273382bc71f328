import Glibc
import TestSupport
import Testing
import Work

@Suite("The input channel")
struct StandardInputTests {
    private func channels(_ descriptor: Int32) -> Channels { Channels(input: descriptor, output: -1, errors: -1) }

    @Test("All of it is read", arguments: [0, 1, StandardInput.chunk, 3 * StandardInput.chunk + 5])
    func all(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let scratch = ScratchFile(bytes)
        let read = try StandardInput(channels(scratch.descriptor)).all()
        #expect(read == bytes)
    }

    @Test("A directory and a closed descriptor cannot be read, which is said in words")
    func unreadable() {
        let directory = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        for (descriptor, reason) in [(directory, "Is a directory"), (-1, "Bad file descriptor")] {
            let error = #expect(throws: IOFailure.self) { try StandardInput(channels(descriptor)).all() }
            #expect(error?.shown == "virt-cpu: error: cannot read stdin: \(reason)")
        }
    }

    @Test("A pipe is readable once something has been written")
    func readable() {
        let ends = fifo()
        defer { close(ends.read) }
        let input = StandardInput(channels(ends.read))
        #expect(!input.isReadable)
        writeAll([1], to: ends.write)
        #expect(input.isReadable)
        close(ends.write)
    }
}
