import DomainXML
import Glibc
import Hosts
import Lint
import SystemPackage

/// Filters stdin: on the one thread that there is, and a long stream on two.
///
/// Two threads work on batches cut where a document seems to end. Only the parser can tell whether it does: the end tag
/// may stand in a comment, or in a list. So what a batch came to is written when the one before it has ended, by its
/// own parser's word, exactly where this one was taken to begin; otherwise it is thrown away and its bytes go to the
/// reader that is inside the document. The output is the same to the byte.
final class StreamFilter {
    /// What is read before the second thread is started: most inputs are one definition.
    private static let shortStream = 1 << 20
    /// Batches in flight. Each takes 0.4 MiB.
    private static let most = 4
    /// Wrong cuts in a row after which one thread does the rest, as it is a list.
    private static let patience = 3

    private let options: JudgingOptions
    private let judge: Judge
    private let output: FilterOutput
    private let stream: FilterStream
    private let reader: DomainReader

    init(_ options: JudgingOptions, _ judge: Judge, _ output: FilterOutput) {
        self.options = options
        self.judge = judge
        self.output = output
        stream = FilterStream(options, judge, output)
        reader = DomainReader(maximumDomainSize: options.maxDomainSize.bytes, handler: stream)
    }

    /// Hosts that did not answer about a guest's platform.
    var hostFailures: [HostError] { stream.hostFailures }

    func run() throws {
        var length = 0
        let mayBeLong = Threads.cores > 1 && !judge.asksHosts
        while true {
            let more = try reader.read(upTo: StandardInput.chunk) { buffer in
                let count = try StandardInput.read(into: buffer)
                length += count
                return count
            }
            guard more else { break }
            try output.flush()
            if mayBeLong, length >= Self.shortStream {
                let other = FilterStream(options, judge, output)
                if let helper = FilterHelper(other, DomainReader(maximumDomainSize: options.maxDomainSize.bytes, handler: other)) {
                    defer { helper.stop() }
                    if try runBatches(helper.queue) { return }
                }
                // Batches do not help here.
                length = Int.min / 2
            }
        }
        try reader.finish()
        try output.flush()
    }

    // MARK: Batches

    /// - Returns: false when the rest is better read by one thread; the reader has all that was read.
    private func runBatches(_ queue: BatchQueue) throws -> Bool {
        var pending: [FilterBatch] = []
        var free: [FilterBatch] = []
        var isAtEnd = false
        var carried: [UInt8] = []
        var next = reader.end
        // The reader is inside a document and takes what comes.
        var isInside = true
        var dropped = false
        var mistakes = 0

        while true {
            if !isAtEnd, mistakes < Self.patience, pending.count < Self.most, pending.isEmpty || StandardInput.isReadable {
                let batch = free.popLast() ?? FilterBatch()
                carried.withUnsafeBytes { batch.begin(with: $0) }
                batch.start = next
                isAtEnd = try fill(batch)
                carried.removeAll(keepingCapacity: true)
                carried.append(contentsOf: batch.cut())
                next = batch.next
                pending.append(batch)
                queue.add(batch)
                continue
            }
            guard let first = pending.first else { break }
            if isInside {
                queue.withdraw(first)
                try reader.feed(first.bytes)
                if first.isLast { try reader.finish() }
                try output.flush()
                if reader.place == first.next {
                    isInside = false
                    dropped = reader.lastWasDropped
                    mistakes = 0
                } else {
                    mistakes += 1
                }
            } else if queue.isDone(first) {
                guard first.isProved else {
                    reader.resume(at: first.start, lastWasDropped: dropped)
                    isInside = true
                    continue
                }
                dropped = try first.write(to: output, dropped: dropped)
                try output.flush()
            } else {
                if let batch = queue.take() {
                    batch.filter(reader, stream)
                    queue.finished(batch)
                } else {
                    queue.wait(for: first)
                }
                continue
            }
            free.append(pending.removeFirst())
        }
        if isAtEnd { return true }
        try carried.withUnsafeBytes { try reader.feed($0) }
        return false
    }

    /// - Returns: whether the stream ended.
    private func fill(_ batch: FilterBatch) throws -> Bool {
        while batch.count < FilterBatch.size {
            let count = try StandardInput.read(into: batch.room)
            if count == 0 {
                batch.isLast = true
                return true
            }
            batch.grow(by: count)
            if !StandardInput.isReadable { break }
        }
        return false
    }
}

/// Batches that wait for a thread, oldest first.
///
/// Unchecked: `lock` guards everything.
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

    /// One that nobody works on.
    func take() -> FilterBatch? {
        locked { takeFirst() }
    }

    /// Waits for one; nil when there will be none.
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

    func wait(for batch: FilterBatch) {
        locked {
            while batch.state == .taken { pthread_cond_wait(changed, lock) }
        }
    }

    /// Nobody works on it any more, or will.
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

/// The second thread.
final class FilterHelper {
    let queue = BatchQueue()
    private let stream: FilterStream
    private let reader: DomainReader
    private var thread = pthread_t()

    /// Nil where there can be no other thread.
    ///
    /// - Parameters: nobody else's.
    init?(_ stream: FilterStream, _ reader: DomainReader) {
        self.stream = stream
        self.reader = reader
        let failure = pthread_create(
            &thread, nil,
            { raw in
                let helper = Unmanaged<FilterHelper>.fromOpaque(raw!).takeUnretainedValue()
                while let batch = helper.queue.takeWaiting() {
                    batch.filter(helper.reader, helper.stream)
                    helper.queue.finished(batch)
                }
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        if failure != 0 { return nil }
    }

    /// Waits for its end.
    func stop() {
        queue.stop()
        pthread_join(thread, nil)
    }
}
