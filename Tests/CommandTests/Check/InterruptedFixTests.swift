import Glibc
import TestSupport
import Testing

@Suite("check --fix, ended by a signal")
struct InterruptedFixTests {
    private let odd = Definitions.guest("<cpu mode='host-model'><feature policy='require' name='pcid'/><feature policy='require' name='pcid'/></cpu>")
    private let fixed = Definitions.guest("<cpu mode='host-model'><feature policy='require' name='pcid'/></cpu>")

    private func content(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(decoding: readAll(descriptor), as: UTF8.self)
    }

    @Test("Whenever it ends, every file is the old or the new one; only SIGKILL leaves a temporary file, which is not taken for a definition", arguments: [SIGKILL, SIGTERM, SIGINT, SIGHUP])
    func killed(_ signal: Int32) {
        let directory = TemporaryDirectory(isInMemory: true)
        let count = 300
        func fill() { for index in 0..<count { directory.write("vms/\(index).xml", odd) } }
        var mixed = 0
        for round in 0..<10 {
            fill()
            let running = Program(["check", "--no-config", "--default", "keep", "--fix", "-q", "vms"], in: directory.path).start()
            // The signal is sent when a certain file has been fixed, so that it comes in the middle of the work.
            let mark = "\(directory.path)/vms/\([0, 1, 10, 100, 150][round % 5]).xml"
            while content(mark) == odd, kill(running.process, 0) == 0 { sched_yield() }
            kill(running.process, signal)
            let outcome = running.wait()
            #expect(outcome.signal == signal || outcome.status == 0)
            var done = 0
            for index in 0..<count {
                let text = content("\(directory.path)/vms/\(index).xml")
                #expect(text == odd || text == fixed, "round \(round), file \(index): \(text.count) \(text.prefix(300))")
                if text == fixed { done += 1 }
            }
            if done > 0 && done < count { mixed += 1 }
            let left = Corpus.names(in: "\(directory.path)/vms").filter { !$0.hasSuffix(".xml") }
            #expect(signal == SIGKILL ? left.allSatisfy { $0.hasPrefix(".virt-cpu.") } : left.isEmpty, "\(left)")
            left.forEach { unlink("\(directory.path)/vms/\($0)") }
        }
        #expect(mixed > 0, "some runs ended in the middle")
        fill()
        #expect(Program(["check", "--no-config", "--default", "keep", "--fix", "-q", "vms"], in: directory.path).run().status == 0)
    }
}
