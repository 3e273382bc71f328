import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Editing with a check")
struct EditJobTests {
    private let directory = TemporaryDirectory()

    /// Edits a file with `sed`, once for each script, and decides about findings in the order given.
    private func edit(
        _ editors: [String], _ decisions: [EditDecision?] = [nil], _ settings: Settings = .testing(nil), of name: String = "vm.xml"
    ) -> Outcome {
        let scripts = editors.enumerated().map { index, script in
            "if [ ! -e '\(directory.path)/\(index)' ]; then touch '\(directory.path)/\(index)'; \(script); exit; fi\n"
        }
        directory.write("editor", "#!/bin/sh\n" + scripts.joined() + "exit 9\n")
        var rest = decisions[...]
        return outcome { channels in
            try EditJob(
                settings, file: FilePath("\(directory.path)/\(name)"), channels, editor: EditorCommand(line: "sh '\(directory.path)/editor'"),
                decide: { _ in rest.popFirst() ?? nil }
            ).run()
        }.without(directory)
    }

    private let breaking = "sed -i 's,<cpu.*,<cpu mode=\"host-model\"><feature name=\"pcid\"/><feature name=\"pcid\"/></cpu>,' \"$1\""
    private let mending = "sed -i 's,<feature name=\"pcid\"/></cpu>,</cpu>,' \"$1\""

    @Test("Good changes go through, and warnings are shown")
    func good() {
        directory.write("vm.xml", Definitions.hostModel)
        let outcome = edit(["sed -i 's/host-model/host-passthrough/' \"$1\""])
        #expect(outcome.status == 0)
        #expect(outcome.findings.contains("vm.xml host-passthrough"))
        #expect(directory.text("vm.xml") == Definitions.passthrough)
    }

    @Test("Findings that count, and nobody to ask: the status of check, and the file as the editor left it")
    func nobody() {
        directory.write("vm.xml", Definitions.hostModel)
        let outcome = edit([breaking])
        #expect(outcome.status == 1)
        #expect(outcome.findings.contains("vm.xml duplicate-feature"))
        #expect(directory.text("vm.xml").contains("pcid"))
        #expect(edit([], [nil]).status == 2)
    }

    @Test("Editing again runs the editor again, until nothing counts")
    func again() {
        directory.write("vm.xml", Definitions.hostModel)
        let outcome = edit([breaking, mending], [.editAgain])
        #expect(outcome.status == 0)
        #expect(directory.text("vm.xml").contains("<cpu mode=\"host-model\"><feature name=\"pcid\"/></cpu>"))
    }

    @Test("Saving anyway leaves the changes, throwing away brings the old content back", arguments: [EditDecision.save, .discard])
    func decisions(_ decision: EditDecision) {
        directory.write("vm.xml", Definitions.hostModel)
        let outcome = edit([breaking], [decision])
        #expect(outcome.status == 0)
        #expect((directory.text("vm.xml") == Definitions.hostModel) == (decision == .discard))
    }

    @Test("Malformed XML counts too")
    func malformed() {
        directory.write("vm.xml", Definitions.hostModel)
        let outcome = edit(["echo '<' >> \"$1\""])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("vm.xml:"))
    }

    @Test("What was there before is the earlier version: a Windows guest's CPU does not change unnoticed")
    func earlier() {
        let windows = Definitions.guest("<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model></cpu>", extra: "  <features><hyperv><relaxed state='on'/></hyperv></features>\n")
        directory.write("vm.xml", windows)
        let outcome = edit(["sed -i 's/EPYC/Haswell/' \"$1\""])
        #expect(outcome.status == 1)
        #expect(outcome.findings.contains("vm.xml windows-cpu-change"))
    }

    @Test("An unchanged file, and an editor that fails: nothing is checked")
    func nothing() {
        directory.write("vm.xml", Definitions.invalid)
        let same = edit(["true"])
        #expect((same.status, same.output, same.errors) == (0, [], "virt-cpu: nothing was changed\n"))
        let failing = edit([])
        #expect(failing.status == 2)
        #expect(failing.errors.hasPrefix("virt-cpu: error: the editor (sh 'editor') ended with status 9"))
        #expect(edit(["true"], of: "none.xml").status == 2)
    }

    @Test("A name has no meaning for the shell", arguments: ["$(touch x).xml", "a b';.xml", "-n.xml"])
    func names(_ name: String) {
        directory.write(name, Definitions.hostModel)
        #expect(edit(["sed -i 's/host-model/maximum/' \"$1\""], of: name).status == 0)
        #expect(directory.text(name).contains("maximum"))
    }

    @Test("The policy is that of the file's directory, but not in a directory that everybody may write")
    func policy() {
        directory.write("own/.virt-cpu.yaml", "rules: {host-passthrough: error}\n")
        directory.write("own/vm.xml", Definitions.hostModel)
        let change = "sed -i 's/host-model/host-passthrough/' \"$1\""
        #expect(edit([change], [nil], .discovering(), of: "own/vm.xml").status == 1)
        directory.write("own/vm.xml", Definitions.hostModel)
        chmod(directory.makeDirectory("open"), 0o777)
        directory.write("open/.virt-cpu.yaml", "rules: {host-passthrough: error}\n")
        directory.write("open/vm.xml", Definitions.hostModel)
        #expect(edit(["true", change], [nil], .discovering(), of: "open/vm.xml").status == 0)
    }
}
