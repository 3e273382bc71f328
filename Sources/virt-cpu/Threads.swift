import CCPUID
import Glibc

/// Threads that block, which tasks may not.
enum Threads {
    /// Cores that this process may use.
    static var cores: Int { Int(ccpuid_usable_cores()) }

    /// Runs `work` on several threads, the calling one among them, and returns when all have ended.
    static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) {
        let others = (1..<max(count, 1)).compactMap { _ -> pthread_t? in
            let box = Unmanaged.passRetained(Box(work))
            var thread = pthread_t()
            let error = pthread_create(&thread, nil, { argument in
                Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
            // Without another thread this one does it all.
            if error != 0 { box.release() }
            return error == 0 ? thread : nil
        }
        work()
        others.forEach { pthread_join($0, nil) }
    }

    private final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}
