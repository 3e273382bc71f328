import ArgumentParser
import Work

/// `virt-cpu hook libvirt`: libvirt's qemu hook.
struct LibvirtHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "libvirt",
        abstract: "libvirt's qemu hook: refuse to start guests that break the policy.",
        discussion: """
            libvirt passes the guest's name, the operation and two more words as arguments, and the domain on stdin. \
            If the guest has an error-level finding, a fresh start (prepare begin) is refused with exit status 1, and \
            libvirt shows stderr to its user. A running guest (incoming migration, restore, revert) is checked only \
            against what this host can do, never against the policy. Every other operation ends with 0, whatever \
            happens, and nothing is ever printed to stdout.

            The policy is --config or /etc/virt-cpu.yaml. The host is /etc/virt-cpu/host.xml (the output of virsh \
            capabilities and virsh domcapabilities), or else this machine's CPUID. If the policy or the host cannot be \
            read, the guest starts anyway and the failure goes to the system log; with --strict, a fresh start is \
            refused.
            """)

    @Option(
        name: .long, help: ArgumentHelp("Read the policy from FILE.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .long, parsing: .singleValue, help: ArgumentHelp("A file that describes this host. Repeatable.", valueName: "file"),
        completion: .file(extensions: ["xml"]))
    var host: [String] = []

    @Option(name: .long, help: ArgumentHelp("The directory for notes about incoming guests.", valueName: "directory"), completion: .directory)
    var state = "/run/virt-cpu"

    @Flag(name: .long, help: "Also refuse a fresh start if the policy, the host or the domain cannot be read.")
    var strict = false

    @Argument(help: ArgumentHelp("The guest's name.", valueName: "name"))
    var guest: String

    @Argument(help: ArgumentHelp("prepare, start, started, migrate, restore, reconnect…", valueName: "operation"))
    var operation: String

    @Argument(help: ArgumentHelp("begin or end.", valueName: "suboperation"))
    var suboperation: String

    @Argument(help: "Further arguments from libvirt; ignored.")
    var extra: [String] = []

    func run() throws {
        var hook = LibvirtHook()
        hook.policyFile = config
        hook.hosts = host
        hook.stateDirectory = state
        hook.isStrict = strict
        try hook.run(LibvirtHook.Call(guest: guest, operation: operation, suboperation: suboperation))
    }
}

extension LibvirtHookCommand {
    /// Whether libvirt calls the program: `hook libvirt [OPTIONS] NAME OPERATION SUBOPERATION EXTRA`. The last four
    /// words are libvirt's, whatever they look like: a guest may be named `--help`.
    static func isCalled(by arguments: [String]) -> Bool {
        arguments.count >= 7 && arguments[1] == "hook" && arguments[2] == "libvirt"
    }

    /// The exit status of such a call: 1 to refuse the guest, otherwise 0, also for wrong options.
    static func status(of arguments: [String]) -> Int32 {
        let own = arguments[3..<(arguments.count - 4)].filter { $0 != "--" }
        do {
            try parse(own + ["--"] + arguments.suffix(4)).run()
            return 0
        } catch ExitStatus.found {
            return ExitStatus.found.rawValue
        } catch {
            SystemLog.report("hook libvirt: \(fullMessage(for: error))")
            return 0
        }
    }
}
