#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Runs asynchronous work for a caller that is not asynchronous. The caller's thread is blocked until the work is done,
/// so the caller must not be a task.
package func waitFor<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
    let box = Box<Value>()
    Task.detached {
        box.value = await work()
        box.signal()
    }
    box.wait()
    return box.value!
}

/// A value that one thread hands to another. The semaphore orders the two accesses.
private final class Box<Value: Sendable>: @unchecked Sendable {
    var value: Value?
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() { while sem_wait(semaphore) != 0 {} }
}
