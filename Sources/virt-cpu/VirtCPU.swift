import ArgumentParser
import Glibc
import Reports
import Work

@main
struct VirtCPU: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "virt-cpu",
        abstract: "Check and rewrite the <cpu> of libvirt domain XML.",
        discussion: """
            Exit status: 0 if nothing was found at or above --fail-on, 1 if something was found, 2 if the work could \
            not be done (wrong usage, unreadable or malformed input, broken policy).

            If an answer is wrong, tell the maintainers of the repository or package that you have virt-cpu from. They \
            need the output of virt-cpu --version, the command line, the definition, the policy, and the output of \
            virsh capabilities and virsh domcapabilities of each host.
            """,
        version: Program.version,
        subcommands: [
            FilterCommand.self, CheckCommand.self, DiffCommand.self, HostCommand.self, CompareCommand.self,
            BaselineCommand.self, RecommendCommand.self, ModelsCommand.self, ExplainCommand.self, ShowCommand.self, InitCommand.self, FactsCommand.self, KindsCommand.self, VerdictsCommand.self, FleetCommand.self,
            HookCommand.self, EditCommand.self, LSPCommand.self,
        ])

    static func main() {
        if LibvirtHookCommand.isCalled(by: CommandLine.arguments) {
            Glibc.exit(LibvirtHookCommand.status(of: CommandLine.arguments))
        }
        do {
            if let line = PlainLine(CommandLine.arguments) { return try line.run() }
            var command = try quicklyParsed(CommandLine.arguments) ?? parseAsRoot()
            try command.run()
        } catch let status as ExitStatus {
            Glibc.exit(status.rawValue)
        } catch let failure as any Failure {
            fail(failure.shown)
        } catch {
            guard exitCode(for: error) == .success else {
                let message = fullMessage(for: error), arguments = CommandLine.arguments
                fail(
                    UnknownCommand(in: arguments)?.message
                        ?? UnknownCommand.message(forOptionIn: arguments, message) ?? InvalidValue.message(message) ?? message)
            }
            // Help, the version, or a completion script.
            do { try Channels.standard.print(CompletionScript.completed(fullMessage(for: error)) + "\n") } catch { fail(shown(error)) }
        }
    }

    private static func fail(_ message: String) -> Never {
        Channels.standard.complain(message)
        Glibc.exit(ExitStatus.failed.rawValue)
    }

    /// Parses a subcommand by itself, without ArgumentParser's tree of all commands, which takes longer to build. nil
    /// where that fails, so that messages and help are those of the whole command line.
    private static func quicklyParsed(_ arguments: [String]) -> (any ParsableCommand)? {
        guard arguments.count > 1,
            let subcommand = configuration.subcommands.first(where: { $0._commandName == arguments[1] })
        else { return nil }
        guard let parsed = try? subcommand.parseAsRoot(Array(arguments[2...])), type(of: parsed) == subcommand
        else { return nil }
        return parsed
    }
}
