import Glibc
import Synchronization
import TestSupport
import Work

/// Trials on two threads, block by block.
///
/// Unchecked: a thread has its own place in `current`; the one that watches may read there while it is written.
final class Driver: @unchecked Sendable {
    /// libvirt's definitions, else the examples.
    static let corpus: [[UInt8]] = {
        let files = Corpus.domains.isEmpty
            ? Corpus.xmlFiles(in: "\(Corpus.repository)/Examples").map { Corpus.read($0) } : Corpus.domains.map(\.bytes)
        return files.filter { !$0.isEmpty }
    }()

    private static let threads = 2
    /// A definition takes a millisecond at most; this is for a machine that does something else meanwhile.
    private static let patience = 30
    private static let mostFailures = 20

    private let seed: UInt64
    private let count: Int
    private let block: Int
    private let directory: String

    /// What came out so far.
    private struct Tally: Sendable {
        var kinds: [String: Int] = [:]
        var failures = 0
        var verdicts: [String] = []
        var longest = 0, longestIndex = 0
        var bytes = 0
    }
    private let tally = Mutex(Tally())
    private let next = Atomic(0)
    private let end = Atomic(0)
    /// What each thread works on, in memory that outlives a crash: the index, and when it began.
    private let current: UnsafeMutablePointer<(index: Int, since: Int)>

    init(seed: UInt64, count: Int, block: Int, directory: String) {
        self.seed = seed
        self.count = count
        self.block = block
        self.directory = directory
        let size = Self.threads * MemoryLayout<(index: Int, since: Int)>.stride
        let file = open("\(directory)/current", O_RDWR | O_CREAT, 0o644)
        precondition(file >= 0 && ftruncate(file, size) == 0, "cannot write in \(directory)")
        current = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0).bindMemory(to: (index: Int, since: Int).self, capacity: Self.threads)
        for thread in 0..<Self.threads { current[thread] = (-1, 0) }
    }

    /// - Returns: whether nothing was wrong.
    func run() -> Bool {
        mkdir("\(directory)/files", 0o755)
        mkdir("\(directory)/outputs", 0o755)
        mkdir("\(directory)/kept", 0o755)
        spawn { $0.watch() }
        var early: Int?
        for start in stride(from: 0, to: count, by: block) {
            end.store(min(start + block, count), ordering: .relaxed)
            next.store(start, ordering: .relaxed)
            let workers = (0..<Self.threads).map { number in spawn { $0.work(number) } }
            workers.forEach { pthread_join($0, nil) }
            writeVerdicts()
            let done = min(start + block, count)
            if early == nil, done * 10 >= count { early = Self.memory }
            say("block \(start) \(done) \(Self.memory)")
            if readLine() == nil { return false }
            if tally.withLock({ $0.failures >= Self.mostFailures }) { break }
        }
        report(early ?? 0)
        return tally.withLock { $0.failures == 0 }
    }

    @discardableResult
    private func spawn(_ work: @escaping @Sendable (Driver) -> Void) -> pthread_t {
        try! Threads.start { work(self) }.get()
    }

    private func work(_ number: Int) {
        var mutator = Mutator(corpus: Self.corpus, seed: seed)
        let judges = Configuration.all.map { try! $0.judge() }
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < end.load(ordering: .relaxed) else { break }
            let began = Self.now
            current[number] = (index, began)
            let choice = index % judges.count
            let trial = Trial(mutator.input(index), Configuration.all[choice], judges[choice], choice: index)
            keep(trial, index, Self.now - began)
        }
        current[number] = (-1, 0)
    }

    private func keep(_ trial: Trial, _ index: Int, _ milliseconds: Int) {
        let name = String(index)
        Self.write(trial.input, to: "\(directory)/files/\(name).xml")
        // For what is filtered by the executable too.
        if index % 1000 < Configuration.all.count { Self.write(trial.filtered.output, to: "\(directory)/outputs/\(name)") }
        let error = trial.filtered.error.map { "\($0.position): error: \($0.message)" } ?? ""
        if let failure = trial.failure {
            Self.write(trial.input, to: "\(directory)/kept/\(seed)-\(name).xml")
            say("FAILED \(index) with \(Configuration.all[index % Configuration.all.count].arguments.joined(separator: " ")): \(failure)")
        }
        tally.withLock { tally in
            tally.kinds[trial.failure == nil ? trial.kind : "WRONG", default: 0] += 1
            if trial.failure != nil { tally.failures += 1 }
            tally.verdicts.append("\(index)\t\(trial.filtered.status)\t\(error)")
            if milliseconds > tally.longest { (tally.longest, tally.longestIndex) = (milliseconds, index) }
            tally.bytes += trial.input.count
        }
    }

    private func writeVerdicts() {
        let lines = tally.withLock { tally in
            defer { tally.verdicts.removeAll(keepingCapacity: true) }
            return tally.verdicts
        }
        Self.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "\(directory)/verdicts")
    }

    private func report(_ early: Int) {
        let late = Self.memory
        tally.withLock { tally in
            say("bytes \(tally.bytes)")
            say("longest \(tally.longest) \(tally.longestIndex)")
            say("memory \(early) \(late)")
            for (kind, count) in tally.kinds.sorted(by: { $0.value > $1.value }) { say("kind \(count) \(kind)") }
        }
    }

    /// Ends the run when an input takes for ever; it is in `current` then.
    private func watch() {
        while true {
            sleep(1)
            for thread in 0..<Self.threads {
                let (index, since) = current[thread]
                if index >= 0, since > 0, Self.now - since > Self.patience * 1000 {
                    say("HANGS \(index)")
                    _exit(3)
                }
            }
        }
    }

    // MARK: The system

    /// Milliseconds of a clock that nobody sets.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Resident now, in KiB.
    private static var memory: Int {
        let words = String(decoding: Corpus.read("/proc/self/statm"), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * (Int(sysconf(Int32(_SC_PAGESIZE))) >> 10) : 0
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        precondition(file >= 0, "cannot write \(path)")
        send(bytes, to: file)
        close(file)
    }
}

func send(_ bytes: [UInt8], to file: Int32) { precondition(writeAll(bytes, to: file), "cannot write") }

/// A line on stdout, at once.
func say(_ line: String) { send(Array((line + "\n").utf8), to: STDOUT_FILENO) }
