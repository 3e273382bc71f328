import Glibc

/// The executable that was built beside these tests, run as a user runs it.
struct Program {
    enum Input {
        case bytes([UInt8])
        case text(String)
        case file(String)
        case descriptor(Int32)
        case closed
    }

    enum Output {
        case captured
        case file(String)
        case descriptor(Int32)
        case closed
    }

    static let path: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let tests = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        return tests[..<(tests.lastIndex(of: "/") ?? tests.startIndex)] + "/virt-cpu"
    }()

    var executable = Program.path
    /// The arguments behind the program's name: bytes, because names of files are.
    var arguments: [[UInt8]]
    var input = Input.bytes([])
    var output = Output.captured
    /// A descriptor in place of the captured stderr.
    var errors: Int32?
    var directory: String?
    var environment: [String] = []
    /// As under a service manager: a broken pipe is an error and not the end.
    var ignoresBrokenPipe = false

    init(_ arguments: [String], input: Input = .bytes([]), output: Output = .captured, in directory: String? = nil) {
        self.arguments = arguments.map { Array($0.utf8) }
        self.input = input
        self.output = output
        self.directory = directory
    }

    /// Runs it to its end.
    func run() -> Outcome { start().wait() }

    func start() -> RunningProgram {
        _ = Self.ignoreBrokenPipes
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var opened: [Int32] = []
        defer { opened.forEach { close($0) } }

        func connect(_ descriptor: Int32, to target: Int32) { posix_spawn_file_actions_adddup2(&actions, descriptor, target) }
        func open(_ path: String, _ flags: Int32) -> Int32 {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC)
            precondition(descriptor >= 0, "cannot open \(path)")
            opened.append(descriptor)
            return descriptor
        }
        switch input {
        case .bytes(let bytes): connect(Self.scratch(holding: bytes, &opened), to: 0)
        case .text(let text): connect(Self.scratch(holding: Array(text.utf8), &opened), to: 0)
        case .file(let path): connect(open(path, O_RDONLY), to: 0)
        case .descriptor(let descriptor): connect(descriptor, to: 0)
        case .closed: posix_spawn_file_actions_addclose(&actions, 0)
        }
        var running = RunningProgram()
        switch output {
        case .captured:
            running.output = Self.scratch()
            connect(running.output, to: 1)
        case .file(let path): connect(open(path, O_WRONLY), to: 1)
        case .descriptor(let descriptor): connect(descriptor, to: 1)
        case .closed: posix_spawn_file_actions_addclose(&actions, 1)
        }
        if let errors {
            connect(errors, to: 2)
        } else {
            running.errors = Self.scratch()
            connect(running.errors, to: 2)
        }
        running.process = spawn(actions)
        return running
    }

    private func spawn(_ actions: posix_spawn_file_actions_t) -> pid_t {
        var actions = actions
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads that run tests block nearly every signal, and a program inherits that.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        var flags = POSIX_SPAWN_SETSIGMASK
        if !ignoresBrokenPipe {
            sigaddset(&signals, SIGPIPE)
            posix_spawnattr_setsigdefault(&attributes, &signals)
            flags |= POSIX_SPAWN_SETSIGDEF
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let leader = directory.map { ["/usr/bin/env", "-C", $0] } ?? []
        let command = leader + [executable]
        let words = (command.map { Array($0.utf8) } + arguments).map { strdup($0.map { CChar(bitPattern: $0) } + [0]) } + [nil]
        let variables = (["PATH=/usr/bin:/bin"] + Self.sanitizing + environment).map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let error = posix_spawn(&process, command[0], &actions, &attributes, words, variables)
        precondition(error == 0, "cannot run \(command[0]): \(String(cString: strerror(error)))")
        return process
    }

    /// A file without a name, at its beginning.
    private static func scratch(holding bytes: [UInt8], _ opened: inout [Int32]) -> Int32 {
        let descriptor = scratch()
        precondition(writeAll(bytes, to: descriptor))
        lseek(descriptor, 0, SEEK_SET)
        opened.append(descriptor)
        return descriptor
    }

    private static func scratch() -> Int32 {
        var name = Array("/tmp/virt-cpu-tests.XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        precondition(descriptor >= 0)
        unlink(name)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// What `make sanitize` tells the sanitizers.
    private static let sanitizing = ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"].compactMap { (name: String) in
        getenv(name).map { "\(name)=\(String(cString: $0))" }
    }

    private static let ignoreBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()
}

/// What a run came to.
struct Outcome {
    /// `nil` when a signal ended it.
    var status: Int32?
    var signal: Int32?
    var output: [UInt8] = []
    var errors = ""
    var text: String { String(decoding: output, as: UTF8.self) }
    /// stderr without the closing line of `check`, which counts what was found.
    var complaints: String {
        let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1, lines[lines.count - 2].contains(/\ in \d+ domains? of \d+ files?$/) else { return errors }
        return (lines.dropLast(2) + [""]).joined(separator: "\n")
    }
}

struct RunningProgram {
    fileprivate(set) var process: pid_t = 0
    fileprivate var output: Int32 = -1
    fileprivate var errors: Int32 = -1

    func wait() -> Outcome {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return Outcome(
            status: signal == 0 ? (status >> 8) & 0xff : nil, signal: signal == 0 ? nil : signal,
            output: Self.contents(output), errors: String(decoding: Self.contents(errors), as: UTF8.self))
    }

    /// The most memory that it has held so far, in bytes; `nil` once it has ended. (`ru_maxrss` would be no less than
    /// what these tests held themselves when they started it.)
    var peakMemory: Int? {
        guard let descriptor = Optional(open("/proc/\(process)/status", O_RDONLY | O_CLOEXEC)), descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = String(decoding: readAll(descriptor), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }

    private static func contents(_ descriptor: Int32) -> [UInt8] {
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        lseek(descriptor, 0, SEEK_SET)
        return readAll(descriptor)
    }
}

/// `virt-cpu` with these arguments and this on its stdin.
func virtCPU(_ arguments: String..., input: String = "", in directory: String? = nil) -> Outcome {
    Program(arguments, input: .text(input), in: directory).run()
}

/// - Returns: false when the reader is gone.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var place = 0
    while place < bytes.count {
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + place, bytes.count - place) }
        if written < 0 && errno == EINTR { continue }
        if written <= 0 { return false }
        place += written
    }
    return true
}

func readAll(_ descriptor: Int32) -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let got = read(descriptor, &buffer, buffer.count)
        if got < 0 && errno == EINTR { continue }
        if got <= 0 { return result }
        result += buffer[..<got]
    }
}

/// Both ends of a FIFO, which no program that another test starts meanwhile inherits.
func fifo() -> (read: Int32, write: Int32) {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/fifo"
    precondition(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    let writer = open(path, O_WRONLY | O_CLOEXEC)
    precondition(reader >= 0 && writer >= 0)
    _ = fcntl(reader, F_SETFL, 0)
    return (reader, writer)
}
