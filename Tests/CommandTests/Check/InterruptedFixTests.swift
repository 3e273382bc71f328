import Glibc
import TestSupport
import Testing

@Suite("check --fix, ended by a signal")
struct InterruptedFixTests {
    /// A definition with a feature that is listed several times.
    private static func definition(_ count: Int) -> String {
        Definitions.guest("<cpu mode='host-model'>\(String(repeating: "<feature policy='require' name='pcid'/>", count: count))</cpu>")
    }

    private let fixed = Self.definition(1)

    private func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Waits until a file is fixed, or the program has ended.
    private func wait(for path: String, _ running: RunningProgram) {
        while size(path) != fixed.utf8.count, running.peakMemory != nil { usleep(100) }
    }

    private func content(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(decoding: readAll(descriptor), as: UTF8.self)
    }

    /// Fills the directory with definitions.
    private func fill(_ directory: TemporaryDirectory, _ names: [String], with odd: String) {
        for name in names { directory.write("vms/\(name)", odd) }
    }

    /// How many of the files are fixed. Each must be the old or the new one, and only SIGKILL may leave a temporary file.
    private func check(
        _ directory: TemporaryDirectory, _ names: [String], were odd: String, after signal: Int32, _ comment: Comment
    ) -> Int {
        var done = 0
        for name in names {
            let text = content("\(directory.path)/vms/\(name)")
            #expect(text == odd || text == fixed, comment)
            if text == fixed { done += 1 }
        }
        let left = Corpus.names(in: "\(directory.path)/vms").filter { !$0.hasSuffix(".xml") }
        #expect(signal == SIGKILL ? left.allSatisfy { $0.hasPrefix(".virt-cpu.") } : left.isEmpty, "\(left)")
        left.forEach { unlink("\(directory.path)/vms/\($0)") }
        return done
    }

    private func command(_ options: String..., in directory: TemporaryDirectory) -> Program {
        Program(["check", "--no-config", "--default", "keep", "--fix"] + options + ["vms"], in: directory.path)
    }

    @Test("Whenever it ends, every file is the old or the new one; a later run fixes the others", arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP])
    func anyTime(_ signal: Int32) {
        let directory = TemporaryDirectory(isInMemory: true)
        let names = (0..<300).map { "\($0).xml" }, odd = Self.definition(2)
        for mark in ["0", "1", "10", "150"] {
            fill(directory, names, with: odd)
            let running = command("-q", in: directory).start()
            // The signal is sent when a certain file has been fixed, which is mostly in the middle of the work.
            wait(for: "\(directory.path)/vms/\(mark).xml", running)
            kill(running.process, signal)
            let outcome = running.wait()
            #expect(outcome.signal == signal || outcome.status == 0)
            _ = check(directory, names, were: odd, after: signal, "after \(mark).xml")
        }
        #expect(command("-q", in: directory).run().status == 0)
        #expect(check(directory, names, were: odd, after: signal, "at the end") == names.count)
    }

    @Test("It ends in the middle of the work, while nobody reads its output", arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP])
    func stuck(_ signal: Int32) {
        let directory = TemporaryDirectory(isInMemory: true)
        // The findings of all files are more than the program keeps and the pipe holds.
        let names = (100..<400).map { "\($0).xml" }, odd = Self.definition(8)
        fill(directory, names, with: odd)
        let ends = fifo()
        defer { close(ends.read) }
        let setPipeSize: Int32 = 1031
        _ = fcntl(ends.write, setPipeSize, 4096)
        var program = command(in: directory)
        program.output = .descriptor(ends.write)
        let running = program.start()
        close(ends.write)
        wait(for: "\(directory.path)/vms/\(names[20])", running)
        kill(running.process, signal)
        #expect(running.wait().signal == signal)
        let done = check(directory, names, were: odd, after: signal, "stuck")
        #expect(done > 0 && done < names.count)
    }
}
