import Glibc
import Reports
import SystemPackage
import TestSupport
import Testing
import Work

@Suite("Reports of a check")
struct ReportTests {
    private let directory = TemporaryDirectory()

    private func check(_ format: ReportFormat, _ change: (inout Settings) -> Void = { _ in }) -> Outcome {
        WorkTests.check(["."], .discovering("keep") {
            $0.format = format
            change(&$0)
        }, in: directory)
    }

    private static let programs = ReportFormat.allCases.filter { !$0.isText }

    @Test("An unreadable file and a wrong policy are in every format for programs", arguments: programs)
    func problems(_ format: ReportFormat) {
        directory.write("good.xml", Definitions.passthrough)
        directory.write("cut.xml", String(Definitions.passthrough.dropLast(20)))
        directory.write("sub/.virt-cpu.yaml", "rules: {check-nune: off}\n")
        directory.write("sub/a.xml", Definitions.hostModel)
        directory.link("gone.xml", to: "nowhere")
        let outcome = WorkTests.check(["good.xml", "cut.xml", "sub/a.xml", "gone.xml"], .discovering("keep") { $0.format = format }, in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.text.split(separator: "not-judged").count >= 4, "three problems")
        for word in ["cut.xml", "check-nune", "gone.xml", "host-passthrough"] { #expect(outcome.text.contains(word), "\(word)") }
    }

    @Test("A host that cannot be read is in every format, although nothing was judged", arguments: programs)
    func noHost(_ format: ReportFormat) {
        directory.write("good.xml", Definitions.passthrough)
        let outcome = check(format) { $0.hosts = ["/nowhere.xml"] }
        #expect(outcome.status == 2)
        #expect(outcome.text.contains("/nowhere.xml") && outcome.text.contains("no such file") && !outcome.text.contains("good.xml"))
    }

    @Test("Several reports of one run are those of runs of their own, and the first stays on the output channel")
    func several() {
        directory.write("a.xml", Definitions.passthrough)
        directory.write("b.xml", Definitions.fixable)
        directory.write("c.xml", "<domain")
        let formats = ReportFormat.allCases
        let alone = formats.map { check($0) }
        let together = check(.text) { settings in
            settings.reports = formats.map { ReportRequest($0, FilePath("\(directory.path)/report.\($0.rawValue)")) }
        }
        #expect(together.output == alone[0].output && together.status == 2)
        for (format, outcome) in zip(formats, alone) {
            #expect(directory.text("report.\(format.rawValue)").replacing("\(directory.path)/", with: "") == outcome.text, "\(format)")
        }
    }

    @Test("--output takes the place of the output channel, and replaces an old report whole")
    func output() {
        directory.write("a.xml", Definitions.passthrough)
        let outcome = check(.text)
        directory.write("report.txt", String(repeating: "old\n", count: 10_000))
        let written = check(.text) { $0.outputFile = FilePath("\(directory.path)/report.txt") }
        #expect(written.text == "" && written.status == outcome.status)
        #expect(directory.text("report.txt").replacing("\(directory.path)/", with: "") == outcome.text)
        #expect(Corpus.names(in: directory.path).sorted() == ["a.xml", "report.txt"], "no temporary file stays")
    }

    @Test("A report that cannot be written is an error before anything is judged; a full device is one at the end")
    func unwritable() {
        directory.write("a.xml", Definitions.passthrough)
        for (file, message) in [("none/report", "No such file or directory"), ("", "Is a directory")] {
            let outcome = check(.text) { $0.outputFile = FilePath("\(directory.path)/\(file)") }
            #expect(outcome.status == 2 && outcome.errors.contains(message) && !outcome.errors.contains("domain"))
        }
        let full = check(.text) { $0.reports = [ReportRequest(.junit, "/dev/full")] }
        #expect(full.status == 2 && full.errors.contains("/dev/full: cannot write: No space left on device"))
    }

    @Test("A name of an open file is written, and not replaced: what it holds already stays")
    func openFile() throws {
        directory.write("a.xml", Definitions.passthrough)
        let log = directory.write("log", "precious\n")
        let descriptor = open(log, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(descriptor) }
        let outcome = check(.text) { $0.reports = [ReportRequest(.concise, FilePath("/dev/fd/\(descriptor)"))] }
        #expect(outcome.status == 0)
        #expect(directory.text("log").hasPrefix("precious\n") && directory.text("log").contains("[host-passthrough]"))
    }

    @Test("A report that is replaced keeps its mode, and a new one has that of the process's umask")
    func mode() throws {
        directory.write("a.xml", Definitions.passthrough)
        let own = String(decoding: Corpus.read("/proc/self/status"), as: UTF8.self)
        let umask = try #require(own.firstMatch(of: /Umask:\s+([0-7]+)/).flatMap { mode_t($0.1, radix: 8) })
        let new = "\(directory.path)/new.txt"
        _ = check(.text) { $0.outputFile = FilePath(new) }
        var mode = stat()
        #expect(stat(new, &mode) == 0 && mode.st_mode & 0o777 == 0o666 & ~umask)
        let report = directory.write("report.txt", "old")
        chmod(report, 0o600)
        _ = check(.text) { $0.outputFile = FilePath(report) }
        var status = stat()
        #expect(stat(report, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
}
