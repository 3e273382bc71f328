import Glibc

/// The executable that was built beside these tests, or another program, run as a user runs it.
package struct Program {
    package enum Input {
        case bytes([UInt8])
        case text(String)
        case file(String)
        case descriptor(Int32)
        case closed
    }

    package enum Output {
        case captured
        case file(String)
        case descriptor(Int32)
        case closed
    }

    /// The built `virt-cpu`.
    package static let path: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let tests = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        return tests[..<(tests.lastIndex(of: "/") ?? tests.startIndex)] + "/virt-cpu"
    }()

    /// The directory that `virt-cpu` was built in.
    package static var buildDirectory: String { "/" + path.split(separator: "/").dropLast().joined(separator: "/") }

    package var executable = Program.path
    /// The arguments without the program's name. Names of files are bytes, and so are arguments.
    package var arguments: [[UInt8]]
    package var input = Input.bytes([])
    package var output = Output.captured
    /// Where stderr goes; nil to capture it.
    package var errors: Int32?
    /// The directory in which the program runs; nil for that of the tests.
    package var directory: String?
    /// Variables, each as `NAME=VALUE`. Without a `PATH`, the system's programs are found.
    package var environment: [String] = []
    /// Ignore SIGPIPE, as service managers do, so that a broken pipe is an error of writing.
    package var ignoresBrokenPipe = false

    package init(_ arguments: [String], input: Input = .bytes([]), output: Output = .captured, in directory: String? = nil) {
        self.arguments = arguments.map { Array($0.utf8) }
        self.input = input
        self.output = output
        self.directory = directory
    }

    /// Runs the program to its end.
    package func run() -> Outcome { start().wait() }

    /// Starts the program.
    package func start() -> RunningProgram {
        _ = Self.ignoreBrokenPipes
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var opened: [Int32] = []
        defer { opened.forEach { close($0) } }
        var scratch: [ScratchFile] = []
        defer { withExtendedLifetime(scratch) {} }

        func connect(_ descriptor: Int32, to target: Int32) { posix_spawn_file_actions_adddup2(&actions, descriptor, target) }
        func open(_ path: String, _ flags: Int32) -> Int32 {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC)
            precondition(descriptor >= 0, "cannot open \(path)")
            opened.append(descriptor)
            return descriptor
        }
        func provide(_ bytes: [UInt8]) {
            scratch.append(ScratchFile(bytes))
            connect(scratch.last!.descriptor, to: 0)
        }
        switch input {
        case .bytes(let bytes): provide(bytes)
        case .text(let text): provide(Array(text.utf8))
        case .file(let path): connect(open(path, O_RDONLY), to: 0)
        case .descriptor(let descriptor): connect(descriptor, to: 0)
        case .closed: posix_spawn_file_actions_addclose(&actions, 0)
        }
        var running = RunningProgram()
        switch output {
        case .captured:
            let file = ScratchFile()
            running.output = file
            connect(file.descriptor, to: 1)
        case .file(let path): connect(open(path, O_WRONLY), to: 1)
        case .descriptor(let descriptor): connect(descriptor, to: 1)
        case .closed: posix_spawn_file_actions_addclose(&actions, 1)
        }
        if let errors {
            connect(errors, to: 2)
        } else {
            let file = ScratchFile()
            running.errors = file
            connect(file.descriptor, to: 2)
        }
        running.process = spawn(actions)
        return running
    }

    private func spawn(_ actions: posix_spawn_file_actions_t) -> pid_t {
        var actions = actions
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads that run tests block nearly every signal, and a started program would inherit that.
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
        let path = environment.contains { $0.hasPrefix("PATH=") } ? [] : ["PATH=/usr/bin:/bin"]
        let variables = (path + Self.sanitizing + environment).map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let error = posix_spawn(&process, command[0], &actions, &attributes, words, variables)
        precondition(error == 0, "cannot run \(command[0]): \(String(cString: strerror(error)))")
        return process
    }

    /// The variables that `make sanitize` sets for the sanitizers.
    private static let sanitizing = ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"].compactMap { (name: String) in
        getenv(name).map { "\(name)=\(String(cString: $0))" }
    }

    private static let ignoreBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()
}

/// Runs `virt-cpu` with these arguments and this text on its stdin.
package func virtCPU(_ arguments: String..., input: String = "", in directory: String? = nil) -> Outcome {
    Program(arguments, input: .text(input), in: directory).run()
}
