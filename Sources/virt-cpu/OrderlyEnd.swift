import Glibc
import Hosts
import Synchronization

/// A signal that ends the program waits until no file is half replaced, so that no temporary file is left behind, and kills
/// a virsh that is being asked. Then the program ends by that signal, as it would have. SIGKILL waits for nothing.
enum OrderlyEnd {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE]
    private static let received = Atomic<Int32>(0)
    // Behind pointers that never move; POSIX has both used by several threads.
    nonisolated(unsafe) private static let arrival = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    nonisolated(unsafe) private static let replacing = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
    private static let isInstalled = Atomic<Bool>(false)

    /// Signals that are ignored (nohup) stay so. Programs that are started meanwhile get them as ever. To be called by
    /// one thread at a time; a second time it does nothing.
    static func install() throws {
        if isInstalled.load(ordering: .acquiring) { return }
        // What a handler uses is made before there is one.
        received.store(0, ordering: .relaxed)
        sem_init(arrival, 0, 0)
        // One replacement after another on several threads must not keep the signal waiting.
        var preference = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&preference)
        pthread_rwlockattr_setkind_np(&preference, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
        pthread_rwlock_init(replacing, &preference)
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, { _ in OrderlyEnd.wait() }, nil)
        if failure != 0 { throw IOFailure("cannot start a thread", failure) }
        pthread_detach(thread)
        isInstalled.store(true, ordering: .releasing)
        for number in signals {
            var old = sigaction()
            sigaction(number, nil, &old)
            if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            var new = sigaction()
            // What a read or a write was about goes on meanwhile.
            new.sa_flags = SA_RESTART
            new.__sigaction_handler.sa_handler = { number in
                // The first one counts.
                _ = OrderlyEnd.received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
                sem_post(OrderlyEnd.arrival)
            }
            sigaction(number, &new, nil)
        }
    }

    /// Does something that no signal cuts short.
    static func uninterrupted<R>(_ work: () throws -> R) rethrows -> R {
        guard isInstalled.load(ordering: .acquiring) else { return try work() }
        pthread_rwlock_rdlock(replacing)
        defer { pthread_rwlock_unlock(replacing) }
        return try work()
    }

    /// For a thread that has nothing left to do because of a signal: it is not to get in first with an exit status.
    static func awaitSignal() {
        while received.load(ordering: .relaxed) != 0 { pause() }
    }

    private static func wait() -> UnsafeMutableRawPointer? {
        while sem_wait(arrival) != 0 {}
        // Held until the end: nobody begins another one.
        pthread_rwlock_wrlock(replacing)
        let number = received.load(ordering: .relaxed)
        RunningVirsh.killAll {
            signal(number, SIG_DFL)
            kill(getpid(), number)
            while true { pause() }
        }
        return nil
    }
}

extension LibvirtConnection {
    /// A libvirt whose virsh a signal ends together with the program.
    ///
    /// - Parameter timeout: of a query, in seconds.
    static func orderly(uri: String, timeout: Int) throws -> LibvirtConnection {
        try OrderlyEnd.install()
        return try LibvirtConnection(uri: uri, timeout: .seconds(timeout))
    }
}
