import SystemPackage
import TestSupport
import Testing

@testable import Work

/// Comparisons with git's versions are tested with the executable, since git works in the current directory. Here, git is
/// only asked whether the name of an earlier file is a revision.
@Suite("The inputs of a check")
struct CheckInputsTests {
    private func inputs(_ paths: [FilePath], against: String? = nil, input: String = "", failed: (IOFailure) -> Void = { _ in }) throws -> CheckInputs {
        let scratch = ScratchFile(Array(input.utf8))
        return try CheckInputs(
            paths: paths, staged: false, revision: nil, against: against,
            Channels(input: scratch.descriptor, output: -1, errors: -1), failed: failed)
    }

    private func run(_ request: CheckRequest, _ settings: Settings = .testing()) async -> Outcome {
        await offPool { outcome { try request.run(settings, $0) } }
    }

    @Test("Files and directories, without an earlier side")
    func files() throws {
        let directory = TemporaryDirectory()
        directory.write("vms/b.xml", "")
        directory.write("vms/a.xml", "")
        let inputs = try inputs([FilePath("\(directory.path)/vms"), "-", "/none/c.xml"])
        #expect(inputs.present.map { $0.path } == ["a.xml", "b.xml", "-", "c.xml"])
        #expect(inputs.earlier == nil && inputs.repository == nil && inputs.unchanged.isEmpty)
    }

    @Test("Places that cannot be read are reported, and the others are inputs")
    func unreadable() throws {
        let directory = TemporaryDirectory()
        directory.write("\(Array(repeating: "d", count: 65).joined(separator: "/"))/x.xml", "")
        directory.write("a.xml", "")
        var failures: [String] = []
        let inputs = try inputs([FilePath(directory.path)]) { failures.append($0.shown) }
        #expect(inputs.present.map(\.path) == ["a.xml"])
        #expect(failures.count == 1 && failures[0].hasSuffix(": more than 64 levels of directories"))
    }

    @Test("The earlier side can be a directory or a file")
    func againstFiles() async throws {
        let directory = TemporaryDirectory()
        directory.write("old/a.xml", "")
        directory.write("old/b.xml", "")
        directory.write("new/a.xml", "")
        for (earlier, paths) in [("old", ["a.xml", "b.xml"]), ("old/b.xml", ["b.xml"])] {
            let found = await offPool {
                Result { try inputs([FilePath("\(directory.path)/new")], against: "\(directory.path)/\(earlier)").earlier?.map(\.path.string) }
            }
            #expect(try found.get() == paths)
        }
    }

    @Test("A comparison reads the present side twice, so that the input is kept")
    func keptInput() async throws {
        let directory = TemporaryDirectory()
        let old = directory.write("old.xml", Definitions.hostModel)
        let read = await offPool {
            Result {
                let inputs = try inputs(["-"], against: old, input: Definitions.passthrough)
                return [try inputs.present[0].bytes(), try inputs.present[0].bytes()]
            }
        }
        #expect(try read.get() == [Array(Definitions.passthrough.utf8), Array(Definitions.passthrough.utf8)])
    }

    @Test("A changed Windows guest is found against an earlier file")
    func comparison() async {
        func windows(_ model: String) -> String {
            Definitions.guest(
                "<cpu><model fallback='forbid'>\(model)</model></cpu>",
                extra: "  <features><hyperv><relaxed state='on'/></hyperv></features>\n")
        }
        let directory = TemporaryDirectory()
        let old = directory.write("old/a.xml", windows("EPYC"))
        var request = CheckRequest()
        request.against = old
        request.paths = [FilePath(directory.write("new/a.xml", windows("EPYC-IBPB")))]
        let changed = await run(request)
        #expect(changed.status == 1)
        #expect(changed.findings.contains { $0.hasSuffix(" windows-cpu-change") })
        request.paths = [FilePath(directory.write("new/a.xml", windows("EPYC") + "\n"))]
        #expect(await run(request).findings == [])
    }

    @Test("An earlier file that is malformed is reported even in a quiet run; the check goes on")
    func malformedEarlier() async {
        let directory = TemporaryDirectory()
        var request = CheckRequest()
        request.against = directory.write("old.xml", "<domain")
        request.paths = [FilePath(directory.write("a.xml", Definitions.hostModel))]
        let outcome = await run(request, .testing { $0.isQuiet = true }).without(directory)
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("virt-cpu: note: the earlier version cannot be read, so changes to its domains are not reported: old.xml:1:"))
    }

    @Test("A path that is neither a revision nor a file is refused")
    func nothing() async {
        let found = await offPool { Result { try inputs([], against: "/none/old.xml").present.count } }
        #expect(throws: IOFailure.self) { try found.get() }
    }
}
