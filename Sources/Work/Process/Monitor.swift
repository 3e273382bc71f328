import Glibc

/// A lock, and a way to wait until what it guards has changed, which `Mutex` does not have.
final class Monitor: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(changed)
        lock.deallocate()
        changed.deallocate()
    }

    /// Does work while no other thread is in such work.
    func locked<R>(_ work: () throws -> R) rethrows -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try work()
    }

    /// Waits while something is so. Call this inside `locked`; other threads do their work meanwhile.
    func wait(while isSo: () -> Bool) {
        while isSo() { pthread_cond_wait(changed, lock) }
    }

    /// Tells all that wait to look again. Call this inside `locked`.
    func signal() { pthread_cond_broadcast(changed) }
}
