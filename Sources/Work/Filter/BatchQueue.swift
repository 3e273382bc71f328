import Glibc

/// The batches that wait for a thread, oldest first.
///
/// Unchecked, because the compiler cannot see that `lock` guards all state.
final class BatchQueue: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [FilterBatch] = []
    private var isStopped = false

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

    private func locked<R>(_ work: () -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return work()
    }

    func add(_ batch: FilterBatch) {
        locked {
            waiting.append(batch)
            pthread_cond_broadcast(changed)
        }
    }

    /// The oldest batch that no thread works on; nil where there is none.
    func take() -> FilterBatch? {
        locked { takeFirst() }
    }

    /// Waits for a batch; nil after `stop()`.
    func takeWaiting() -> FilterBatch? {
        locked {
            while waiting.isEmpty && !isStopped { pthread_cond_wait(changed, lock) }
            return isStopped ? nil : takeFirst()
        }
    }

    private func takeFirst() -> FilterBatch? {
        guard !waiting.isEmpty else { return nil }
        let batch = waiting.removeFirst()
        batch.state = .taken
        return batch
    }

    func finished(_ batch: FilterBatch) {
        locked {
            batch.state = .done
            pthread_cond_broadcast(changed)
        }
    }

    func isDone(_ batch: FilterBatch) -> Bool { locked { batch.state == .done } }

    /// Waits until no thread works on the batch.
    func wait(for batch: FilterBatch) {
        locked {
            while batch.state == .taken { pthread_cond_wait(changed, lock) }
        }
    }

    /// Takes the batch back: afterwards no thread works on it.
    func withdraw(_ batch: FilterBatch) {
        locked { waiting.removeAll { $0 === batch } }
        wait(for: batch)
    }

    func stop() {
        locked {
            isStopped = true
            pthread_cond_broadcast(changed)
        }
    }
}
