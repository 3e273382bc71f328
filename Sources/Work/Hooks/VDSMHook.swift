import Reports
import SystemPackage

/// oVirt's hook point `before_vm_start`.
///
/// The contract is that of vdsm's lib/vdsm/common/hooks.py: the environment names the file with the domain, which the
/// hook edits in place. Exit status 2 stops the start; 1 stops it too, after the other hooks have run. stderr is
/// logged.
package enum VDSMHook {
    /// Rewrites the domain in a file to the policy's default. A definition that cannot be read stops the start.
    ///
    /// - Parameters:
    ///   - file: the value of `_hook_domxml`; nil where the variable is not set.
    ///   - strict: a failure stops the start.
    /// - Throws: `ExitStatus.failed` to stop the start.
    package static func run(
        file: FilePath?, strict: Bool, _ settings: Settings, _ channels: Channels = .standard
    ) throws {
        do {
            guard let file else {
                throw IOFailure(
                    message: "hook vdsm: the environment variable _hook_domxml is not set; VDSM sets it when it calls "
                        + "the hook")
            }
            try rewrite(file, settings, channels)
        } catch let failure as any Failure {
            channels.complain(failure.shown)
            // Otherwise the author of a definition could exceed a limit of the reader, and start it unchecked.
            if strict || (failure as? IOFailure)?.isFaultOfDefinition ?? false { throw ExitStatus.failed }
        }
    }

    private static func rewrite(_ file: FilePath, _ settings: Settings, _ channels: Channels) throws {
        let bytes = try Files.read(file, limit: Files.definitionLimit)
        let rewriting = try HookRewriting(bytes, named: file.string, settings)
        rewriting.remarks.forEach(channels.complain)
        guard rewriting.refusals.isEmpty else {
            channels.complain(HookRefusal.text("\(rewriting.guest) was not started", rewriting.refusals))
            throw ExitStatus.failed
        }
        guard rewriting.isChanged else { return }
        try FileReplacement.replace(file, from: bytes, with: rewriting.output)
    }
}
