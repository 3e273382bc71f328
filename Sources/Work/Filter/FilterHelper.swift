import DomainXML
import Glibc

/// The filter's second thread.
final class FilterHelper {
    let queue: BatchQueue
    private let thread: pthread_t

    /// Starts the thread. Returns nil if the system cannot start one.
    ///
    /// - Parameters: belong to the new thread. No other thread may use them.
    init?(_ stream: FilterStream, _ reader: DomainReader) {
        let queue = BatchQueue()
        let worker = Worker(stream: stream, reader: reader)
        guard let thread = try? Threads.start({
            while let batch = queue.takeWaiting() {
                worker.stream.filter(batch, with: worker.reader)
                queue.finished(batch)
            }
        }).get() else { return nil }
        self.queue = queue
        self.thread = thread
    }

    /// Waits for the end of the thread.
    func stop() {
        queue.stop()
        pthread_join(thread, nil)
    }

    /// Unchecked, because only the new thread uses the stream and the reader.
    private struct Worker: @unchecked Sendable {
        let stream: FilterStream
        let reader: DomainReader
    }
}
