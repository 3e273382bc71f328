#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Synchronization

/// The virsh processes that are running. Each leads a session of its own, so a signal to this program does not reach
/// it. Therefore the program must kill these processes before it ends.
package enum RunningVirsh {
    private struct Sessions {
        /// How many processes are being started. Their process IDs are not known yet.
        var beginning = 0
        /// The process IDs of the others.
        var leaders: Set<pid_t> = []
    }
    private static let sessions = Mutex(Sessions())

    /// A process is about to be started.
    static func begins() { sessions.withLock { $0.beginning += 1 } }

    /// The process was started.
    static func began(_ leader: pid_t) {
        sessions.withLock {
            $0.beginning -= 1
            $0.leaders.insert(leader)
        }
    }

    /// The process has ended.
    ///
    /// - Parameter leader: nil when the process was never started.
    static func ended(_ leader: pid_t?) {
        sessions.withLock {
            if let leader { $0.leaders.remove(leader) } else { $0.beginning -= 1 }
        }
    }

    /// Kills all virsh processes and what they have started, and then calls `end`. Until `end` has returned no other
    /// process is started, and a thread that waits for an answer gets none.
    ///
    /// A process that is just being started is waited for, at most 0.1 s. A process that has just ended may be killed
    /// again. That is harmless, because the system does not reuse a process ID so soon.
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
