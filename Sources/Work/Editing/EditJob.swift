import Glibc
import Reports
import SystemPackage

/// `virt-cpu edit`: runs an editor on a definition, and checks the result before the caller, such as virsh, reads it.
package struct EditJob {
    private let settings: Settings
    private let file: FilePath
    private let channels: Channels
    private let editor: EditorCommand
    private let decide: (Channels) -> EditDecision?

    package init(_ settings: Settings, file: FilePath, _ channels: Channels = .standard) {
        let editor = EditorCommand.chosen { name in getenv(name).map { String(cString: $0) } }
        self.init(settings, file: file, channels, editor: editor, decide: EditDecision.ask)
    }

    /// - Parameter decide: what becomes of changes with findings; nil if nobody can be asked.
    init(
        _ settings: Settings, file: FilePath, _ channels: Channels, editor: EditorCommand, decide: @escaping (Channels) -> EditDecision?
    ) {
        self.settings = settings
        self.file = file
        self.channels = channels
        self.editor = editor
        self.decide = decide
    }

    /// Edits until nothing counts (`--fail-on`), or until the user decides otherwise.
    ///
    /// - Throws: `ExitStatus` for changes with findings if nobody can be asked: virsh then changes nothing. `IOFailure` for
    ///   a file that cannot be read, and an editor that fails.
    package func run() throws {
        let original = try Files.read(file, limit: Files.definitionLimit)
        while true {
            try editor.run(on: file, channels)
            let edited = try Files.read(file, limit: Files.definitionLimit)
            if edited == original { return channels.complain("virt-cpu: nothing was changed") }
            guard let status = check(against: original) else { return }
            switch decide(channels) {
            case .editAgain?: continue
            case .save?: return
            case .discard?:
                try FileReplacement.replace(file, from: edited, with: original)
                return channels.complain("virt-cpu: the changes are thrown away")
            case nil: throw status
            }
        }
    }

    /// Checks the file, also against its content before the editing.
    ///
    /// - Returns: nil if nothing counts; what the exit status of `check` would be otherwise.
    private func check(against original: [UInt8]) -> ExitStatus? {
        do {
            var inputs = try CheckInputs(paths: [file], staged: false, revision: nil, against: nil, channels) { _ in }
            for index in inputs.present.indices { inputs.present[index].directory = policyDirectory }
            var earlier = InputFile.file(file)
            earlier.content = .bytes(original)
            inputs.earlier = [earlier]
            try CheckJob(settings, inputs, channels).run(jobs: 1)
            return nil
        } catch let status as ExitStatus {
            return status
        } catch {
            channels.complain(shown(error))
            return .failed
        }
    }

    /// Where the search for the policy starts. virsh edits a file in a directory for temporary files, where a policy could be
    /// anybody's: then it is the current directory.
    private var policyDirectory: FilePath {
        let own = file.removingLastComponent()
        let directory: FilePath = own.isEmpty ? "." : own
        return Files.isOpenToAll(directory) ? "." : directory
    }
}
