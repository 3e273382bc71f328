import Glibc
import Hosts
import Synchronization

/// How the program ends by a signal: it first completes the replacement of a file, so that no temporary file is left
/// behind, and kills a virsh that it is waiting for. Then it ends by that signal. Nothing delays SIGKILL, and a crash.
package enum OrderlyEnd {
    /// Signals that end a program and that others send to it.
    private static let ends = [
        SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
        SIGSTKFLT,
    ] + Array(__libc_current_sigrtmin()...__libc_current_sigrtmax())
    /// Signals of a crash, which others can send as well.
    private static let crashes = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]
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
        for number in ends { install(handler, for: number) { $0 != .ignored } }
        for number in crashes { install(crashHandler, for: number) { $0 == .byDefault } }
    }

    /// What a signal did before.
    private enum Disposition {
        case byDefault, ignored, handled

        init(_ handler: __sighandler_t?) {
            func bits(_ handler: __sighandler_t?) -> Int { unsafeBitCast(handler, to: Int.self) }
            self = bits(handler) == bits(SIG_DFL) ? .byDefault : bits(handler) == bits(SIG_IGN) ? .ignored : .handled
        }
    }

    private typealias Handler = @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void

    private static let handler: Handler = { number, info, _ in
        // The kernel sends it in the program's own name, for a write beyond the limit of a file's size. The write fails, and
        // the program says so.
        if number == SIGXFSZ, OrderlyEnd.isOwn(info) { return }
        OrderlyEnd.receive(number)
    }

    private static let crashHandler: Handler = { number, info, _ in
        guard OrderlyEnd.isOwn(info) else { return OrderlyEnd.receive(number) }
        // The instruction that failed is executed again.
        signal(number, SIG_DFL)
    }

    /// The signal comes from the program itself: from the kernel because of what a thread did, or from `abort`.
    private static func isOwn(_ info: UnsafeMutablePointer<siginfo_t>?) -> Bool {
        guard let info else { return false }
        return info.pointee.si_code > 0 || info.pointee._sifields._kill.si_pid == getpid()
    }

    private static func receive(_ number: Int32) {
        // The program ends by the first signal that arrives.
        _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        sem_post(arrival)
    }

    /// A signal that is ignored stays so. A crash is left to whoever handles it already, as sanitizers do; Swift's own
    /// backtraces begin with SIGQUIT too, which is no crash.
    private static func install(_ handler: @escaping Handler, for number: Int32, where isOurs: (Disposition) -> Bool) {
        var old = sigaction()
        sigaction(number, nil, &old)
        guard isOurs(Disposition(old.__sigaction_handler.sa_handler)) else { return }
        var new = sigaction()
        // Interrupted reads and writes continue.
        new.sa_flags = SA_RESTART | SA_SIGINFO
        new.__sigaction_handler.sa_sigaction = handler
        sigaction(number, &new, nil)
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
