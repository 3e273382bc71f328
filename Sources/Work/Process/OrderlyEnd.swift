import Glibc
import Hosts
import Synchronization

/// How the program ends by a signal: it first completes the replacement of a file, so that no temporary file is left
/// behind, and kills a virsh that it is waiting for. Then it ends by that signal. Nothing delays SIGKILL.
package enum OrderlyEnd {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE]
    private static let received = Atomic<Int32>(0)
    // Unchecked by the compiler, but safe: POSIX allows several threads to use a semaphore and a lock, and these
    // pointers never change.
    nonisolated(unsafe) private static let arrival = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    nonisolated(unsafe) private static let replacing = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
    private static let isInstalled = Atomic<Bool>(false)
    private static let installation = Mutex(())

    /// Installs the signal handlers; a second call does nothing. Ignored signals (nohup) stay ignored, and programs
    /// that are started afterwards get their signals as usual.
    package static func install() throws {
        try installation.withLock { _ in
            if !isInstalled.load(ordering: .acquiring) { try installHandlers() }
        }
    }

    private static func installHandlers() throws {
        // Everything that a handler uses is created before the first handler.
        received.store(0, ordering: .relaxed)
        sem_init(arrival, 0, 0)
        // Without this preference, threads that replace one file after another could keep the signal waiting.
        var preference = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&preference)
        pthread_rwlockattr_setkind_np(&preference, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
        pthread_rwlock_init(replacing, &preference)
        switch Threads.start({ OrderlyEnd.wait() }) {
        case .success(let thread): pthread_detach(thread)
        case .failure(let error): throw IOFailure("cannot start a thread", error.number)
        }
        isInstalled.store(true, ordering: .releasing)
        for number in signals {
            var old = sigaction()
            sigaction(number, nil, &old)
            if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                continue
            }
            var new = sigaction()
            // Interrupted reads and writes continue.
            new.sa_flags = SA_RESTART
            new.__sigaction_handler.sa_handler = { number in
                // The program ends by the first signal that arrives.
                _ = OrderlyEnd.received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
                sem_post(OrderlyEnd.arrival)
            }
            sigaction(number, &new, nil)
        }
    }

    /// Does work that no signal interrupts.
    package static func uninterrupted<R>(_ work: () throws -> R) rethrows -> R {
        guard isInstalled.load(ordering: .acquiring) else { return try work() }
        pthread_rwlock_rdlock(replacing)
        defer { pthread_rwlock_unlock(replacing) }
        return try work()
    }

    /// Blocks a thread that failed because of a signal, so that it cannot end the program with an exit status first.
    package static func awaitSignal() {
        while received.load(ordering: .relaxed) != 0 { pause() }
    }

    private static func wait() {
        while sem_wait(arrival) != 0 {}
        // Never unlocked: no other replacement starts.
        pthread_rwlock_wrlock(replacing)
        let number = received.load(ordering: .relaxed)
        RunningVirsh.killAll {
            signal(number, SIG_DFL)
            kill(getpid(), number)
            while true { pause() }
        }
    }
}
