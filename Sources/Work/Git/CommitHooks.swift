import Glibc
import LibvirtWords
import Reports
import SystemPackage

/// The hooks of a repository that check a commit before git makes it: `pre-commit`, and `pre-merge-commit`, which git
/// runs in its place when `git merge` makes the commit (githooks(5)).
struct CommitHooks {
    private struct Hook {
        var name: String
        var comment: String

        var script: String { "#!/bin/sh\n# \(comment)\nexec \(CommitHooks.command)\n" }
    }

    private static let command = "virt-cpu hook pre-commit"
    private static let all = [
        Hook(name: "pre-commit", comment: "Rejects commits that break the policy or change the CPU of an installed Windows guest."),
        Hook(name: "pre-merge-commit", comment: "Does the same for a merge without conflicts, for which git runs no pre-commit."),
    ]
    /// The most bytes of a script that is looked at.
    private static let mostBytes = 1 << 20

    private let directory: FilePath
    /// The hooks that are to be written.
    private let missing: [Hook]

    /// - Throws: `IOFailure` if a hook exists that does not run virt-cpu: another program's hook is left alone. It is also thrown
    ///   if a hook runs virt-cpu and is not executable.
    init(of repository: GitRepository) throws {
        let directory = try repository.hooks()
        self.directory = directory
        var foreign: [String] = [], idle: [String] = []
        missing = try Self.all.filter { hook in
            let file = directory.appending(hook.name)
            guard Files.exists(file) else { return true }
            if try !Self.runs(Files.read(file, limit: Self.mostBytes)) {
                foreign.append(printable(file.string))
            } else if file.withPlatformString({ access($0, X_OK) }) != 0 {
                idle.append(printable(file.string))
            }
            return false
        }
        let them = foreign.count == 1 ? "it" : "each of them"
        let faults = [
            foreign.isEmpty ? nil : "\(foreign.joined(separator: ", ")): \(foreign.count == 1 ? "a hook exists" : "hooks exist") already: add "
                + "the line \"\(Self.command)\" to \(them)",
            idle.isEmpty ? nil : "\(idle.joined(separator: ", ")): not executable, so git does not run \(idle.count == 1 ? "it" : "them"): use chmod +x",
        ].compactMap { $0 }
        if !faults.isEmpty { throw IOFailure(message: faults.joined(separator: "; ")) }
    }

    /// Whether a script has a line that runs virt-cpu.
    private static func runs(_ script: [UInt8]) -> Bool {
        script.split(separator: 0x0a).contains { line in
            line.first { $0 != 0x20 && $0 != 0x09 } != UInt8(ascii: "#") && line.firstOccurrence(of: command.utf8) != nil
        }
    }

    /// All hooks are there already.
    var areInstalled: Bool { missing.isEmpty }

    /// The paths of all hooks.
    var files: [FilePath] { Self.all.map { directory.appending($0.name) } }

    /// Writes the hooks that are missing.
    /// - Parameter create: creates a file with this text that can be executed.
    func install(_ create: (_ file: FilePath, _ text: String) throws -> Void) throws {
        if areInstalled { return }
        // A repository made without git's templates has no directory for hooks.
        _ = directory.withPlatformString { mkdir($0, 0o777) }
        for hook in missing { try create(directory.appending(hook.name), hook.script) }
    }
}
