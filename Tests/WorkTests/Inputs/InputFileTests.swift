import DomainXML
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Inputs")
struct InputFileTests {
    private final class Names: DomainStreamHandler {
        var names: [String] = []
        func passThrough(_ bytes: UnsafeRawBufferPointer) {}
        func document(_ document: Document) -> Bool {
            names += document.domains.map { $0[$0.name?.text] ?? "" }
            return true
        }
    }

    private func names(in input: InputFile) throws -> [String] {
        let names = Names()
        try input.read(with: DomainReader(maximumDomainSize: 1 << 20), into: names)
        return names.names
    }

    @Test("A path is a file with the directory that its policy is looked for in; - is the input channel")
    func paths() {
        let file = InputFile.file("vms/a.xml"), own = InputFile.file("a.xml"), input = InputFile.file("-")
        #expect(file.name == "vms/a.xml" && file.path == "a.xml" && file.directory == "vms" && file.file == "vms/a.xml")
        #expect(own.name == "a.xml" && own.path == "a.xml" && own.directory == ".")
        #expect(input.name == "<stdin>" && input.isStream && input.directory == "." && input.file == nil)
        #expect(!file.isStream && file.foundBelow == nil)
    }

    @Test("A directory becomes its definitions, with paths from the directory")
    func directories() {
        let directory = TemporaryDirectory()
        directory.write("vms/lab/a.xml", "")
        directory.write("vms/b.xml", "")
        let top = FilePath("\(directory.path)/vms")
        let inputs = InputFile.files(named: [top, "none.xml"]) { _ in Issue.record("nothing is unreadable yet") }
        #expect(inputs.map(\.path) == ["b.xml", "lab/a.xml", "none.xml"])
        #expect(inputs.map(\.name) == ["\(top)/b.xml", "\(top)/lab/a.xml", "none.xml"])
        #expect(inputs.map(\.directory) == [top, top.appending("lab"), "."])
        #expect(inputs.map(\.foundBelow) == [top, top, nil])
    }

    @Test("A file, a stream and bytes are read alike", arguments: ["file", "stream", "bytes"])
    func reading(_ kind: String) throws {
        let directory = TemporaryDirectory()
        let text = Definitions.passthrough + "\n" + Definitions.hostModel.replacing(">g<", with: ">h<")
        let scratch = ScratchFile(Array(text.utf8))
        let channels = Channels(input: scratch.descriptor, output: -1, errors: -1)
        let input = switch kind {
        case "file": InputFile.file(FilePath(directory.write("a.xml", text)))
        case "stream": InputFile.file("-", channels)
        default: InputFile(name: "a", content: .bytes(Array(text.utf8)), path: "a")
        }
        #expect(try names(in: input) == ["g", "h"])
        lseek(scratch.descriptor, 0, SEEK_SET)
        #expect(try input.bytes() == Array(text.utf8))
    }

    @Test("A fault has the input's name, line and column; the domains before it have been handed over")
    func faults() throws {
        let names = Names()
        let input = InputFile(name: "a\u{1b}.xml", content: .bytes(Array((Definitions.passthrough + "<domain>\n</a>").utf8)), path: "a")
        let error = #expect(throws: IOFailure.self) { try input.read(with: DomainReader(), into: names) }
        #expect(error?.isMalformed ?? false)
        #expect(error?.shown.hasPrefix("a\u{241b}.xml:7:") ?? false)
        #expect(names.names == ["g"])
    }

    @Test("A failure in the content's place is thrown when it is read")
    func failure() {
        let input = InputFile(name: "a", content: .failure(IOFailure(message: "lost")), path: "a")
        #expect(#expect(throws: IOFailure.self) { try input.bytes() }?.shown == "virt-cpu: error: lost")
        #expect(#expect(throws: IOFailure.self) { try names(in: input) }?.shown == "virt-cpu: error: lost")
    }

    @Test("A found file that has become a FIFO is not waited for", .timeLimit(.minutes(Corpus.patience)))
    func fifo() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("a.xml", Definitions.passthrough)
        let found = InputFile.files(named: [FilePath(directory.path)]) { _ in }
        #expect(found.count == 1)
        unlink(path)
        try #require(mkfifo(path, 0o600) == 0)
        let error = #expect(throws: IOFailure.self) { try names(in: found[0]) }
        #expect(error?.shown == "virt-cpu: error: \(path): not a regular file")
    }

    // MARK: Repeats

    @Test("Each real file is kept once: under its own name, else under a link that was named, else under the first link")
    func repeats() {
        let directory = TemporaryDirectory()
        directory.write("m.xml", "")
        directory.write("other/o.xml", "")
        for name in ["a", "y", "z"] { directory.link("\(name).xml", to: "m.xml") }
        directory.link("l1.xml", to: "other/o.xml")
        directory.link("l2.xml", to: "other/o.xml")
        let here = FilePath(directory.path)
        func kept(_ paths: [String]) -> [String] {
            let all = InputFile.files(named: paths.map { $0 == "." ? here : here.appending($0) }) { _ in }
            return InputFile.withoutRepeats(all).map { String($0.name.dropFirst(directory.path.count + 1)) }
        }
        #expect(kept(["."]) == ["m.xml", "other/o.xml"])
        #expect(kept([".", "m.xml"]) == ["m.xml", "other/o.xml"])
        #expect(kept(["z.xml", "a.xml", "y.xml"]) == ["z.xml"], "the first of equals")
        #expect(kept(["z.xml", "a.xml", "m.xml"]) == ["m.xml"])
        unlink("\(directory.path)/m.xml")
        directory.write("n/m.xml", "")
        for name in ["a", "y"] {
            unlink("\(directory.path)/\(name).xml")
            directory.link("\(name).xml", to: "n/m.xml")
        }
        directory.makeDirectory("links")
        directory.link("links/b.xml", to: "../n/m.xml")
        #expect(kept(["links", "y.xml"]) == ["y.xml"], "a named link rather than one that was found")
    }

    @Test("Inputs that are no files are all kept")
    func streams() {
        let bytes = InputFile(name: "a", content: .bytes([]), path: "a")
        #expect(InputFile.withoutRepeats([.file("-"), bytes, bytes, .file("/none/x.xml"), .file("/none/x.xml")]).count == 5)
    }

    // MARK: Fixing

    @Test("A found link that leads out of the directory that was named must not be fixed")
    func leadingOut() throws {
        let directory = TemporaryDirectory()
        directory.write("vms/a.xml", "")
        directory.write("other/b.xml", "")
        directory.link("vms/in.xml", to: "a.xml")
        directory.link("vms/out.xml", to: "../other/b.xml")
        let top = FilePath("\(directory.path)/vms")
        let found = InputFile.files(named: [top]) { _ in }
        #expect(found.map { $0.failureToFix?.shown } == [
            nil, nil, "virt-cpu: error: \(top)/out.xml: not changed: the symbolic link leads out of \(top)",
        ])
        #expect(InputFile.file(top.appending("out.xml")).failureToFix == nil, "it was named")
    }

    // MARK: In git

    @Test("A definition in git is *.xml outside hidden directories; a named file may have any name", arguments: [
        ("a.xml", [], true), ("vms/a.xml", [], true), ("a.txt", [], false), (".a.xml", [], false), ("vms/.git/a.xml", [], false),
        ("vms/.a.xml", [], false), ("a.xml.bak", [], false), (".xml", [], false),
        ("vms/a.xml", ["vms"], true), ("vms2/a.xml", ["vms"], false), ("vms/a.txt", ["vms"], false), ("vms/.a.xml", ["vms"], false),
        ("vms/a.txt", ["vms/a.txt"], true), (".hidden/a.xml", [".hidden/a.xml"], true), ("a.xml", [""], true), ("b/a.xml", ["c", "b"], true),
    ] as [(String, [String], Bool)])
    func wanted(_ path: String, _ paths: [String], _ isWanted: Bool) {
        #expect(InputFile.isWanted(Array(path.utf8), below: paths.map { Array($0.utf8) }) == isWanted)
    }
}
