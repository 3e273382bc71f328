import Lint
import TestSupport
import Testing

@testable import Work

@Suite("Words that shells offer")
struct CompletionWordsTests {
    @Test("--rule: the ids and tags that fit; when only one does, its settings", arguments: [
        ("windows-cpu", ["windows-cpu-change=error", "windows-cpu-change=warning", "windows-cpu-change=note", "windows-cpu-change=off"]),
        ("tag:win", ["tag:windows=error", "tag:windows=warning", "tag:windows=note", "tag:windows=off"]),
        ("tag:windows=", ["tag:windows=error", "tag:windows=warning", "tag:windows=note", "tag:windows=off"]),
        ("tag:", ["tag:libvirt", "tag:hosts", "tag:windows", "tag:migration", "tag:security", "tag:habits"]),
        ("nothing", []), ("nothing=e", []),
        ("--rule=tag:win", ["tag:windows=error", "tag:windows=warning", "tag:windows=note", "tag:windows=off"]),
    ])
    func rules(_ typed: String, _ words: [String]) { #expect(CompletionWords.ruleSettings(typed) == words) }

    @Test("Each setting that is offered is accepted")
    func accepted() throws {
        for key in CompletionWords.ruleSettings("") {
            for word in CompletionWords.ruleSettings("\(key)=") {
                var settings = Settings()
                try settings.setRule(word)
            }
        }
    }

    @Test("Hosts: words, directories and *.xml in the directory that is being named")
    func hosts() {
        let directory = TemporaryDirectory()
        for name in ["hosts/hv01.xml", "hosts/hv 02.xml", "hosts/notes.txt", "hosts/.old.xml", "hosts/deep/x.xml", "hosts/a\nb.xml"] {
            directory.write(name, "")
        }
        let path = directory.path
        func files(_ typed: String) -> [String] { CompletionWords.hosts("\(path)/\(typed)").filter { $0.hasPrefix("/") } }
        #expect(CompletionWords.hosts("").prefix(2) == ["local", "qemu:///system"])
        #expect(files("ho") == ["\(path)/hosts/"])
        #expect(files("hosts/") == ["\(path)/hosts/deep/", "\(path)/hosts/hv 02.xml", "\(path)/hosts/hv01.xml"])
        #expect(files("hosts/hv0") == ["\(path)/hosts/hv01.xml"])
        #expect(files("hosts/hv\\ ") == ["\(path)/hosts/hv 02.xml"])
        #expect(CompletionWords.hosts("--host=\(path)/ho").last == "\(path)/hosts/")
        #expect(files("hosts/.") == ["\(path)/hosts/.old.xml"])
        #expect(files("missing/") == [])
    }

    @Test("Targets: keywords and models, all of which --default accepts")
    func targets() throws {
        let words = CompletionWords.targets
        #expect(words.contains("host-model-only") && words.contains("Skylake-Server-noTSX-IBRS") && words.contains("POWER9"))
        for word in words {
            var settings = Settings()
            try settings.setTarget(word)
        }
    }

    @Test("--report: a format, then files")
    func reports() {
        let directory = TemporaryDirectory()
        directory.write("junit.xml", "")
        #expect(CompletionWords.reports("j").contains("junit="))
        #expect(CompletionWords.reports("junit=\(directory.path)/j") == ["junit=\(directory.path)/junit.xml"])
    }

    @Test("explain: ids and tags")
    func explained() throws { for word in CompletionWords.explained { _ = try RuleSearch([word]) } }
}
