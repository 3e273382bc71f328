import DomainXML
import Lint
import Reports
import SystemPackage

/// libvirt's qemu hook.
///
/// The contract is that of libvirt's docs/hooks.rst. libvirt waits for the hook, without a time limit, and the hook
/// must not call libvirt. A failing operation can cost the guest: `reconnect` kills it, and `prepare` of an incoming
/// migration aborts an evacuation. Therefore only `prepare begin` can fail, and only to refuse a guest.
package struct LibvirtHook: Sendable {
    /// The policy file that was named; nil for `/etc/virt-cpu.yaml`.
    package var policyFile: String?
    /// Files that describe this host; empty for `savedHost`, or else this machine's CPUID.
    package var hosts: [String] = []
    /// The directory of the notes about incoming guests.
    package var stateDirectory = "/run/virt-cpu"
    /// Refuse a fresh start also when the policy, the host or the domain cannot be read.
    package var isStrict = false

    package init() {}

    /// One call by libvirt.
    package struct Call: Sendable {
        package var guest: String
        /// `prepare`, `start`, `migrate`…
        package var operation: String
        /// `begin` or `end`.
        package var suboperation: String

        package init(guest: String, operation: String, suboperation: String) {
            self.guest = guest
            self.operation = operation
            self.suboperation = suboperation
        }
    }

    /// Handles a call. The domain is read from the input channel.
    ///
    /// - Throws: `ExitStatus.found` to refuse the guest, and nothing else.
    package func run(_ call: Call, _ channels: Channels = .standard) throws {
        let guest = call.guest
        let incoming = IncomingGuests(directory: FilePath(stateDirectory))
        switch (call.operation, call.suboperation) {
        case ("migrate", "begin"), ("restore", "begin"):
            do { try incoming.note(guest) } catch { SystemLog.report(shown(error), channels) }
        case ("prepare", "begin"):
            let isUsable = incoming.isUsable
            if !isUsable {
                SystemLog.report(
                    "\(printable(stateDirectory)) is not writable, so \(printable(guest)) is treated as an incoming "
                        + "guest: its start is not checked against the policy",
                    channels)
            }
            try prepare(guest, isIncoming: incoming.take(guest) || !isUsable, channels)
        default: return
        }
    }

    private func prepare(_ guest: String, isIncoming: Bool, _ channels: Channels) throws {
        let judges = LibvirtHookJudges(policyFile: policyFile, hosts: hosts)
        let stream = Stream(isRunning: isIncoming, judge: judges.judge)
        do {
            try InputFile.file("-", channels).read(with: DomainReader(), into: stream)
            guard let verdict = stream.verdict else { throw IOFailure(message: "no domain on stdin") }
            let refusals = verdict.findings.filter { $0.severity == .error }
            guard !refusals.isEmpty else { return }
            channels.complain(
                HookRefusal.text(
                    stream.isRunning
                        ? "\(guest) cannot run on this host" : "\(guest) was not started, because it breaks the policy",
                    refusals, helps: !stream.isRunning))
            throw ExitStatus.found
        } catch let failure as any Failure {
            // Otherwise the author of a definition could exceed a limit of the reader, and start it unchecked.
            let isRefused = (isStrict || (failure as? IOFailure)?.isFaultOfDefinition ?? false) && !stream.isRunning
            SystemLog.report("\(failure.shown)\(isRefused ? "" : "; \(printable(guest)) was not checked")", channels)
            if isRefused { throw ExitStatus.found }
        }
    }

    private final class Stream: DomainStreamHandler {
        private(set) var isRunning: Bool
        private(set) var verdict: Verdict?
        private let judge: (_ isRunning: Bool) throws -> Judge

        init(isRunning: Bool, judge: @escaping (_ isRunning: Bool) throws -> Judge) {
            self.isRunning = isRunning
            self.judge = judge
        }

        func passThrough(_ bytes: UnsafeRawBufferPointer) {}

        func document(_ document: Document) throws -> Bool {
            guard verdict == nil, let domain = document.domains.first else { return true }
            isRunning = isRunning || Guest(domain, in: document).hasMemory
            verdict = try judge(isRunning).judge(document)
            return true
        }
    }
}
