#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Subprocess

/// Runs virsh with an argument vector and without a shell. Time and output are limited.
struct Virsh: Sendable {
    /// The path of the program, or its name to be looked for in PATH.
    var program: String
    /// The connection URI.
    var uri: String
    /// How long a query may take.
    var timeout: Duration

    /// What virsh prints for a query, or an error. The thread is blocked until virsh has ended.
    ///
    /// - Parameter query: the command of virsh and its arguments.
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
            // Cancelling the task kills the process. The group waits for its tasks, so after it the process has ended.
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
        // In a session of its own, ssh cannot ask for a password on the terminal, and virsh can be killed together with
        // everything that it has started.
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
            return .failure(Self.message(in: text) ?? "virsh \(query[0]) failed: \(result.terminationStatus)")
        } catch let error as SubprocessError {
            switch error.code {
            case .executableNotFound: return .failure("\(program) is not installed, and is needed to query a libvirt URI")
            case .outputLimitExceeded: return .failure("virsh \(query[0]) printed more than \(HostLimits.bytes >> 20) MiB")
            default: return .failure("cannot run \(program): \(error)")
            }
        } catch {
            return .failure("cannot run \(program): \(error)")
        }
    }

    private func error(_ message: String) -> HostError { HostError(file: uri, message: message) }

    /// The error message of virsh in one line: `failed to connect to the hypervisor: …`. Nil when it printed nothing.
    private static func message(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.hasPrefix("error: ") ? line.dropFirst("error: ".count) : line
        }
        let message = lines.joined(separator: ": ").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return message.isEmpty ? nil : String(String.UnicodeScalarView(message.prefix(2000)))
    }
}
