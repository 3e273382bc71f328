import DomainXML
import Hosts
import Lint

/// Filters a stream: a short stream on one thread, a long one on two.
///
/// Two threads work on batches that are cut where a document seems to end. Only the parser can tell whether it really
/// ends there, because the end tag may stand in a comment or in a list. A batch's result is therefore written only
/// after the batch before it has ended, according to the parser, exactly where this batch starts. Otherwise the result
/// is thrown away, and the bytes go to the reader that is still inside the document. The output is the same to the
/// byte.
final class StreamFilter {
    /// Bytes that are read before the second thread is started. Most inputs are one definition.
    private static let shortStream = 1 << 20
    /// The most batches at a time. Each takes 0.4 MiB.
    private static let most = 4
    /// The number of wrong cuts in a row after which one thread does the rest, because the stream is probably a list.
    private static let patience = 3

    private let settings: Settings
    private let judge: Judge
    private let path: String?
    private let input: StandardInput
    private let output: FilterOutput
    private let stream: FilterStream
    private let reader: DomainReader
    /// The stream of the second thread.
    private var other: FilterStream?

    /// - Parameter path: what the policy's `path` patterns are matched against; nil if the stream is no file.
    init(_ settings: Settings, _ judge: Judge, path: String? = nil, from input: StandardInput, to output: FilterOutput) {
        self.settings = settings
        self.path = path
        self.judge = judge
        self.input = input
        self.output = output
        stream = FilterStream(settings, judge, path: path, output)
        reader = DomainReader(maximumDomainSize: settings.maximumDomainSize, handler: stream)
    }

    /// The input holds a domain.
    var hasDomains: Bool { stream.hasDomains || other?.hasDomains ?? false }

    /// Hosts that did not answer questions about a guest's platform.
    var hostFailures: [HostError] { stream.hostFailures }

    func run() throws {
        var length = 0
        let mayBeLong = Threads.cores > 1 && !judge.asksHosts
        while true {
            let more = try reader.read(upTo: StandardInput.chunk) { buffer in
                let count = try input.read(into: buffer)
                length += count
                return count
            }
            guard more else { break }
            try output.flush()
            if mayBeLong, length >= Self.shortStream {
                let other = FilterStream(settings, judge, path: path, output)
                self.other = other
                if let helper = FilterHelper(
                    other, DomainReader(maximumDomainSize: settings.maximumDomainSize, handler: other))
                {
                    defer { helper.stop() }
                    if try runBatches(helper.queue) { return }
                }
                // The stream does not fit batches: never try again.
                length = Int.min / 2
            }
        }
        try reader.finish()
        try output.flush()
    }

    // MARK: Batches

    /// - Returns: false when one thread should read the rest. The reader then has everything that was read so far.
    private func runBatches(_ queue: BatchQueue) throws -> Bool {
        var pending: [FilterBatch] = []
        var free: [FilterBatch] = []
        var isAtEnd = false
        var carried: [UInt8] = []
        var next = reader.end
        // The reader is inside a document, so that the next bytes belong to it.
        var isInside = true
        var dropped = false
        var mistakes = 0

        while true {
            if !isAtEnd, mistakes < Self.patience, pending.count < Self.most, pending.isEmpty || input.isReadable {
                let batch = try free.popLast() ?? FilterBatch()
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
                    stream.filter(batch, with: reader)
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

    /// - Returns: true at the end of the stream.
    private func fill(_ batch: FilterBatch) throws -> Bool {
        while batch.count < FilterBatch.size {
            let count = try input.read(into: batch.room)
            if count == 0 {
                batch.isLast = true
                return true
            }
            batch.grow(by: count)
            if !input.isReadable { break }
        }
        return false
    }
}
