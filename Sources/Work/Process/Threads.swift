import CCPUID
import Glibc

/// Threads that may block, which tasks must not.
package enum Threads {
    /// Cores that this process may use.
    package static var cores: Int { Int(ccpuid_usable_cores()) }

    /// Starts a thread.
    ///
    /// - Returns: the thread, which is to be joined or detached; the error number where the system has no other thread.
    package static func start(_ work: @escaping @Sendable () -> Void) -> Result<pthread_t, Errno> {
        let box = Unmanaged.passRetained(Box(work))
        var thread = pthread_t()
        let error = pthread_create(&thread, nil, { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().work()
            return nil
        }, box.toOpaque())
        if error == 0 { return .success(thread) }
        box.release()
        return .failure(Errno(number: error))
    }

    /// Why a thread could not be started.
    package struct Errno: Error { var number: Int32 }

    /// Runs `work` on several threads, including the calling one, and returns when all have ended. Where the system has
    /// no other thread, the calling one does everything.
    package static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) {
        let others = (1..<max(count, 1)).compactMap { _ in try? start(work).get() }
        work()
        others.forEach { pthread_join($0, nil) }
    }

    private final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}
