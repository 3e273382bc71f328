import Dispatch
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Work

@Suite("Replacing a file")
struct FileReplacementTests {
    private func replace(_ path: String, from old: String = "old", with new: String = "new") throws {
        try FileReplacement.replace(FilePath(path), from: Array(old.utf8), with: Array(new.utf8))
    }

    private func refusal(_ path: String, from old: String = "old") -> String? {
        do {
            try replace(path, from: old)
            return nil
        } catch {
            return shown(error)
        }
    }

    private func status(of path: String) -> stat {
        var status = stat()
        lstat(path, &status)
        return status
    }

    @Test("The new content has the old one's name, and nothing else is left")
    func content() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("a.xml", "old"), before = status(of: path).st_ino
        try replace(path, with: String(repeating: "new", count: 100_000))
        #expect(directory.text("a.xml") == String(repeating: "new", count: 100_000))
        #expect(status(of: path).st_ino != before, "it is another file, which took the old one's name at once")
        try replace(path, from: String(repeating: "new", count: 100_000), with: "")
        #expect(directory.text("a.xml") == "")
        #expect(Corpus.names(in: directory.path) == ["a.xml"])
    }

    @Test("A file that somebody else changed since it was read stays as it is")
    func changed() {
        let directory = TemporaryDirectory()
        let path = directory.write("a.xml", "old")
        for other in ["ol", "olds", ""] {
            directory.write("a.xml", other)
            #expect(refusal(path) == "virt-cpu: error: \(path): not changed: another program changed the file in the meantime")
            #expect(directory.text("a.xml") == other)
        }
        #expect(Corpus.names(in: directory.path) == ["a.xml"], "no temporary file stays")
    }

    @Test("Hard links, read-only files, directories and missing files are refused")
    func refused() {
        let directory = TemporaryDirectory()
        let linked = directory.write("a.xml", "old"), readOnly = directory.write("b.xml", "old")
        link(linked, "\(directory.path)/other")
        chmod(readOnly, 0o444)
        #expect(refusal(linked) == "virt-cpu: error: \(linked): not changed: the file has 2 names (hard links)")
        #expect(refusal(readOnly) == "virt-cpu: error: \(readOnly): not changed: the file is read-only")
        #expect(refusal(directory.path) == "virt-cpu: error: \(directory.path): not changed: not a regular file")
        #expect(refusal("\(directory.path)/none") == "virt-cpu: error: \(directory.path)/none: No such file or directory")
        #expect(directory.text("a.xml") == "old" && directory.text("b.xml") == "old")
        #expect(Corpus.names(in: directory.path) == ["a.xml", "b.xml", "other"])
    }

    @Test("Behind a symbolic link, the target is replaced and the link stays")
    func symbolicLink() throws {
        let directory = TemporaryDirectory()
        directory.write("real/a.xml", "old")
        directory.link("a.xml", to: "real/a.xml")
        try replace("\(directory.path)/a.xml")
        #expect(directory.text("real/a.xml") == "new")
        #expect(status(of: "\(directory.path)/a.xml").st_mode & S_IFMT == S_IFLNK)
        #expect(Corpus.names(in: "\(directory.path)/real") == ["a.xml"])
    }

    // MARK: Directories that somebody else changes

    /// `home/a/v.xml`, and `srv/v.xml`, where `home/b` leads.
    private func homes() -> TemporaryDirectory {
        let directory = TemporaryDirectory(isInMemory: true)
        directory.write("home/a/v.xml", "old")
        directory.write("srv/v.xml", "old")
        directory.link("home/b", to: "../srv")
        return directory
    }

    private func replaceBelow(_ directory: TemporaryDirectory, _ name: String, below top: String = "home") -> String? {
        do {
            try FileReplacement.replace(
                FilePath("\(directory.path)/\(name)"), below: FilePath("\(directory.path)/\(top)"), from: Array("old".utf8), with: Array("new".utf8))
            return nil
        } catch {
            return shown(error)
        }
    }

    @Test("A file that was found below a directory is not looked for elsewhere")
    func swapped() {
        let directory = homes()
        directory.link("home/out.xml", to: "../srv/v.xml")
        directory.link("home/absolute.xml", to: "\(directory.path)/srv/v.xml")
        directory.link("home/over.xml", to: "b/v.xml")
        directory.link("home/again.xml", to: "again.xml")
        let expected = [
            ("home/b/v.xml", "a directory of its path is a symbolic link by now"), ("home/out.xml", "the symbolic link leads out of \(directory.path)/home"),
            ("home/absolute.xml", "the symbolic link leads out of \(directory.path)/home"),
            ("home/over.xml", "the symbolic link leads out of \(directory.path)/home"), ("home/again.xml", "Too many levels of symbolic links"),
            ("srv/v.xml", "the symbolic link leads out of \(directory.path)/home"),
        ]
        for (name, message) in expected {
            let refusal = replaceBelow(directory, name)
            #expect(refusal?.contains(message) ?? false, "\(name): \(refusal ?? "replaced")")
        }
        #expect(directory.text("srv/v.xml") == "old")
        #expect(Corpus.names(in: "\(directory.path)/srv") == ["v.xml"])
    }

    @Test("A link that stays below the directory is followed, over other links too")
    func staying() {
        let directory = homes()
        directory.link("home/x.xml", to: "c/../d/v.xml")
        directory.makeDirectory("home/c")
        directory.link("home/d", to: "\(directory.path)/home/e")
        directory.link("home/e", to: "a")
        #expect(replaceBelow(directory, "home/x.xml") == nil)
        #expect(directory.text("home/a/v.xml") == "new")
    }

    @Test("While somebody swaps the directory and a link, nothing outside changes")
    func race() {
        let directory = homes()
        let isOver = Atomic(false)
        let a = "\(directory.path)/home/a", b = "\(directory.path)/home/b", aside = "\(directory.path)/home/aside"
        let flips = DispatchGroup()
        DispatchQueue.global().async(group: flips) {
            while !isOver.load(ordering: .relaxed) {
                for (from, to) in [(a, aside), (b, a), (a, b), (aside, a)] { rename(from, to) }
            }
        }
        for _ in 0..<2000 { _ = replaceBelow(directory, "home/a/v.xml") }
        isOver.store(true, ordering: .relaxed)
        flips.wait()
        #expect(directory.text("srv/v.xml") == "old")
        #expect(Corpus.names(in: "\(directory.path)/srv") == ["v.xml"])
    }

    // MARK: Attributes

    /// What a program of the system prints; nil where it is not installed or fails.
    private func output(of words: String...) -> String? {
        var program = Program(Array(words.dropFirst()))
        program.executable = "/usr/bin/\(words[0])"
        guard access(program.executable, X_OK) == 0 else { return nil }
        let outcome = program.run()
        return outcome.status == 0 ? outcome.text : nil
    }

    @Test("Mode, owner, extended attributes and access lists stay")
    func attributes() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("a.xml", "old")
        chmod(path, 0o640)
        let hasAttribute = output(of: "setfattr", "-n", "user.note", "-v", "mine", path) != nil
        let hasList = output(of: "setfacl", "-m", "u:1:r", path) != nil
        if geteuid() == 0 { chown(path, 1, 2) }
        func listing() -> [String?] {
            [hasAttribute ? output(of: "getfattr", "-d", "-m", "-", path) : nil, hasList ? output(of: "getfacl", "-n", path) : nil]
        }
        let before = listing()
        try replace(path)
        #expect(directory.text("a.xml") == "new")
        let after = status(of: path)
        #expect(after.st_mode & 0o7777 == 0o640)
        if geteuid() == 0 { #expect(after.st_uid == 1 && after.st_gid == 2) }
        #expect(listing() == before)
    }

    @Test("The group is the old file's where the directory gives its files another", .enabled(if: geteuid() == 0, "needs root"))
    func group() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("vms/a.xml", "old")
        chown("\(directory.path)/vms", 0, 3)
        chmod("\(directory.path)/vms", 0o2775)
        for group in [getegid(), 2] {
            directory.write("vms/a.xml", "old")
            chown(path, 0, group)
            chmod(path, 0o660)
            try replace(path)
            #expect(directory.text("vms/a.xml") == "new")
            let after = status(of: path)
            #expect(after.st_gid == group && after.st_mode & 0o7777 == 0o660)
        }
    }

    @Test("A file without an access list gets none from the directory's default list")
    func accessList() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("a.xml", "old")
        chmod(path, 0o640)
        guard output(of: "setfacl", "-d", "-m", "u:1:rwx,g:1:rwx,m::rwx", directory.path) != nil else { return }
        let before = try #require(output(of: "getfacl", "-n", "-p", path))
        #expect(!before.contains("user:1:"))
        try replace(path)
        #expect(directory.text("a.xml") == "new")
        #expect(output(of: "getfacl", "-n", "-p", path) == before)
    }
}
