#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Subprocess
import Synchronization

/// Runs virsh: argument vectors, no shell, bounded in time and output.
struct Virsh: Sendable {
    var program: String
    var uri: String
    var timeout: Duration

    /// What virsh prints, or why there is nothing.
    func answer(to query: [String]) -> Result<[UInt8], HostError> {
        waitFor { await self.run(query) }
    }

    private func run(_ query: [String]) async -> Result<[UInt8], HostError> {
        let outcome = await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await self.outcome(of: query) }
            group.addTask {
                try? await Task.sleep(for: self.timeout)
                return nil
            }
            // The process is killed when its task is cancelled, and gone when the group is left.
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        switch outcome {
        case nil: return .failure(error("virsh \(query[0]) did not answer within \(timeout.components.seconds) s"))
        case .answer(let bytes): return .success(bytes)
        case .failure(let message): return .failure(error(message))
        }
    }

    private enum Outcome: Sendable {
        case answer([UInt8])
        case failure(String)
    }

    private func outcome(of query: [String]) async -> Outcome {
        var platform = PlatformOptions()
        // A session of its own: ssh cannot wait for a password on the terminal, and all of it can be killed.
        platform.createSession = true
        platform.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        var leader: pid_t?
        RunningVirsh.begins()
        defer { RunningVirsh.ended(leader) }
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(.init(program)) : .name(program),
                arguments: Arguments(["-q", "-c", uri] + query), environment: .inherit.updating(["LC_ALL": "C"]),
                platformOptions: platform, input: .none, output: .bytes(limit: HostLimits.bytes), error: .bytes(limit: 1 << 16)
            ) { execution in
                leader = execution.processIdentifier.value
                RunningVirsh.began(execution.processIdentifier.value)
            }
            if result.terminationStatus.isSuccess { return .answer(result.standardOutput) }
            let text = String(decoding: result.standardError, as: UTF8.self)
            return .failure(Self.message(in: text) ?? "virsh \(query[0]) ended with \(result.terminationStatus)")
        } catch let error as SubprocessError {
            switch error.code {
            case .executableNotFound: return .failure("\(program) is not installed: it is needed to ask a libvirt URI")
            case .outputLimitExceeded: return .failure("virsh \(query[0]) printed more than \(HostLimits.bytes >> 20) MiB")
            default: return .failure("cannot run \(program): \(error)")
            }
        } catch {
            return .failure("cannot run \(program): \(error)")
        }
    }

    private func error(_ message: String) -> HostError { HostError(file: uri, message: message) }

    /// virsh's own words, in one line: `failed to connect to the hypervisor: …`.
    private static func message(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.hasPrefix("error: ") ? line.dropFirst("error: ".count) : line
        }
        let message = lines.joined(separator: ": ").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return message.isEmpty ? nil : String(String.UnicodeScalarView(message.prefix(2000)))
    }
}

/// The sessions of virsh that are running, for a program that a signal ends: it does not reach them.
package enum RunningVirsh {
    private struct Sessions {
        /// Asked for, and not known yet.
        var beginning = 0
        var leaders: Set<pid_t> = []
    }
    private static let sessions = Mutex(Sessions())

    fileprivate static func begins() { sessions.withLock { $0.beginning += 1 } }

    fileprivate static func began(_ leader: pid_t) {
        sessions.withLock {
            $0.beginning -= 1
            $0.leaders.insert(leader)
        }
    }

    /// - Parameter leader: nil where none began.
    fileprivate static func ended(_ leader: pid_t?) {
        sessions.withLock {
            if let leader { $0.leaders.remove(leader) } else { $0.beginning -= 1 }
        }
    }

    /// Kills them all, with what they have started. Until `end` has returned no other one begins, and whoever waits for one
    /// is told nothing.
    ///
    /// One that is just being started is waited for, 0.1 s at most. One that has ended this moment may be killed again:
    /// the system does not give its number to another so soon.
    package static func killAll(_ end: () -> Void) {
        for turn in 0...100 {
            let isOver = sessions.withLock {
                if $0.beginning > 0, turn < 100 { return false }
                for leader in $0.leaders { kill(-leader, SIGKILL) }
                end()
                return true
            }
            if isOver { return }
            usleep(1000)
        }
    }
}
