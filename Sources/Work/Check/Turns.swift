import Glibc

/// Whose turn it is to write: the reports of inputs are written in the order of the inputs, and a thread that has more to
/// write than memory should hold waits for its turn.
///
/// Unchecked, because the compiler cannot see that `lock` guards the state.
final class Turns: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var current = 0

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

    /// Waits for the turn of an input. The thread that has the inputs before it never waits for this one.
    func wait(for input: Int) {
        pthread_mutex_lock(lock)
        while current < input { pthread_cond_wait(changed, lock) }
        pthread_mutex_unlock(lock)
    }

    /// Every input before this one is written.
    func advance(to input: Int) {
        pthread_mutex_lock(lock)
        current = max(current, input)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }

    /// Nothing more can be written, so that nobody needs to wait.
    func end() { advance(to: .max) }
}
