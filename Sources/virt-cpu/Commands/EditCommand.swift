import ArgumentParser
import SystemPackage
import Work

/// `virt-cpu edit FILE`: an editor for virsh edit that checks what was written.
struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Run your editor on a definition, and check it before virsh edit takes it.",
        discussion: """
            EDITOR='virt-cpu edit' virsh edit VM runs the editor that VIRT_CPU_EDITOR names, else VISUAL or EDITOR, unless \
            they name virt-cpu, else vi. If something is found at or above --fail-on, also compared with the definition \
            before, you can edit again, save anyway, or throw the changes away. Without a terminal, the exit status is then \
            that of check, and virsh changes nothing.

            The policy is that of the file's directory. For a file in a directory that everybody may write, such as /tmp, \
            and where there is none, it is that of the current directory.
            """)

    @OptionGroup var options: SettingsOptions

    @Argument(help: ArgumentHelp("The definition.", valueName: "file"), completion: .file())
    var file: String

    func validate() throws {
        if file == "-" {
            throw ValidationError("edit runs an editor on a file, and - is none: virt-cpu check - checks standard input, and virt-cpu filter rewrites it")
        }
    }

    func run() throws { try EditJob(options.settings(), file: FilePath(file)).run() }
}
