import Dispatch

/// Runs blocking work on a thread that does not run tests. Work that waits for an asynchronous task, as starting git or
/// virsh does, could otherwise block all threads on which that task could run.
package func offPool<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: work()) }
    }
}
