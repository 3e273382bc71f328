import ArgumentParser
import CPUModel
import Glibc
import Hosts
import Lint

@main
struct VirtCPU: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "virt-cpu",
        abstract: "Judge and rewrite the <cpu> of libvirt domain XML.",
        discussion: """
            Exit status: 0 nothing found at or above --fail-on, 1 something found, 2 the work could not be done \
            (usage, unreadable or malformed input, bad policy).
            """,
        version: "0.1.0",
        subcommands: [
            Filter.self, Check.self, Diff.self, HostCommand.self, Compare.self, Baseline.self, Models.self, Explain.self,
            Show.self, Init.self, Hook.self,
        ])

    static func main() {
        if LibvirtHook.isCalled(by: CommandLine.arguments) {
            Glibc.exit(LibvirtHook.status(of: CommandLine.arguments))
        }
        do {
            if let filter = Filter(plain: CommandLine.arguments) {
                try filter.run()
                return
            }
            var command = try quicklyParsed(CommandLine.arguments) ?? parseAsRoot()
            try command.run()
        } catch let status as ExitStatus {
            Glibc.exit(status.rawValue)
        } catch let failure as any Failure {
            complain(failure.shown)
            Glibc.exit(ExitStatus.failed.rawValue)
        } catch {
            let message = fullMessage(for: error)
            if exitCode(for: error) == .success {
                StandardOutput.write(message + "\n")
                Glibc.exit(0)
            }
            complain(message)
            Glibc.exit(ExitStatus.failed.rawValue)
        }
    }
}

extension VirtCPU {
    /// A subcommand parsed by itself: without the tree of all commands a start takes 4.3 ms instead of 4.7. `nil` where
    /// that does not give the subcommand, so that messages and help are those of the whole command line.
    static func quicklyParsed(_ arguments: [String]) -> (any ParsableCommand)? {
        guard arguments.count > 1,
            let subcommand = configuration.subcommands.first(where: { $0._commandName == arguments[1] })
        else { return nil }
        guard let parsed = try? subcommand.parseAsRoot(Array(arguments[2...])), type(of: parsed) == subcommand
        else { return nil }
        return parsed
    }
}

/// What keeps the work from being done, in words that say so themselves: where, what, and the way out.
protocol Failure: Error, CustomStringConvertible {
    /// As a terminal can bear it.
    var shown: String { get }
}

extension Failure {
    /// What stands in a host's file or a CPU map is anybody's text.
    var shown: String { printable("\(self)") }
}

extension IOFailure: Failure {
    var shown: String { description }
}
extension PolicyError: Failure {
    /// Its help is on a line of its own.
    var shown: String { description }
}
extension HostError: Failure {}
extension CPUMapError: Failure {}
extension CPUElementError: Failure {}
extension CPUModelError: Failure {}

/// How the program ends when it is not with 0.
enum ExitStatus: Int32, Error {
    /// Something was found at or above `--fail-on`.
    case found = 1
    /// The work could not be done.
    case failed = 2
}

/// Writes a line to stderr. There is nobody to tell when that fails.
func complain(_ message: String) {
    write(message.hasSuffix("\n") ? message : message + "\n", to: STDERR_FILENO)
}

func write(_ text: String, to descriptor: Int32) {
    Array(text.utf8).withUnsafeBytes { bytes in
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            if written <= 0 { return }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }
}
