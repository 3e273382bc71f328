import Testing

@testable import Work

@Suite("The editor that virt-cpu edit runs")
struct EditorCommandTests {
    @Test("The first variable that names another program than virt-cpu, else vi", arguments: [
        (["VIRT_CPU_EDITOR": "nano", "VISUAL": "emacs", "EDITOR": "ed"], "nano"), (["VISUAL": "emacsclient -t", "EDITOR": "ed"], "emacsclient -t"),
        (["EDITOR": "ed"], "ed"), ([:], "vi"), (["EDITOR": "  "], "vi"), (["EDITOR": "virt-cpu edit"], "vi"),
        (["VISUAL": "/usr/bin/virt-cpu edit --host local", "EDITOR": "ed"], "ed"), (["EDITOR": "env A=b virt-cpu edit"], "vi"),
        (["VIRT_CPU_EDITOR": "virt-cpu edit", "EDITOR": "virt-cpu edit"], "vi"), (["EDITOR": "my-virt-cpu-editor"], "my-virt-cpu-editor"),
    ])
    func chosen(_ variables: [String: String], _ line: String) {
        #expect(EditorCommand.chosen { variables[$0] } == EditorCommand(line: line))
    }
}
