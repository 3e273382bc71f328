/// The batches that wait for a thread, oldest first.
///
/// Unchecked, because the compiler cannot see that `monitor` guards all state.
final class BatchQueue: @unchecked Sendable {
    private let monitor = Monitor()
    private var waiting: [FilterBatch] = []
    private var isStopped = false

    func add(_ batch: FilterBatch) {
        monitor.locked {
            waiting.append(batch)
            monitor.signal()
        }
    }

    /// The oldest batch that no thread works on; nil where there is none.
    func take() -> FilterBatch? {
        monitor.locked { takeFirst() }
    }

    /// Waits for a batch; nil after `stop()`.
    func takeWaiting() -> FilterBatch? {
        monitor.locked {
            monitor.wait { waiting.isEmpty && !isStopped }
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
        monitor.locked {
            batch.state = .done
            monitor.signal()
        }
    }

    func isDone(_ batch: FilterBatch) -> Bool { monitor.locked { batch.state == .done } }

    /// Waits until no thread works on the batch.
    func wait(for batch: FilterBatch) {
        monitor.locked {
            monitor.wait { batch.state == .taken }
        }
    }

    /// Takes the batch back: afterwards no thread works on it.
    func withdraw(_ batch: FilterBatch) {
        monitor.locked { waiting.removeAll { $0 === batch } }
        wait(for: batch)
    }

    func stop() {
        monitor.locked {
            isStopped = true
            monitor.signal()
        }
    }
}
