import Glibc
import Reports
import SystemPackage

/// The editor that `virt-cpu edit` runs.
struct EditorCommand: Equatable {
    /// A line for the shell, which may have options. The file's name is never part of it.
    var line: String

    /// The variables that can name the editor, in the order in which they are asked.
    static let variables = ["VIRT_CPU_EDITOR", "VISUAL", "EDITOR"]
    /// The variable that tells an editor's children which file is being edited.
    private static let mark = "VIRT_CPU_EDITING"

    /// The editor that the variables name, or vi. A line that runs virt-cpu is passed over: it is how virsh was told to run
    /// this program.
    static func chosen(_ variable: (String) -> String?) -> EditorCommand {
        let lines = variables.compactMap(variable).filter { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            return !words.isEmpty && !words.contains { $0.split(separator: "/").last == "virt-cpu" }
        }
        return EditorCommand(line: lines.first ?? "vi")
    }

    /// Runs the editor on a file, and waits for its end.
    ///
    /// - Throws: `IOFailure` for an editor that cannot be run, that fails, or that runs `virt-cpu edit` on the same file.
    func run(on file: FilePath, _ channels: Channels) throws {
        // A name that begins with a hyphen would be an option.
        let name = file.string.hasPrefix("-") ? FilePath(".").pushing(file) : file
        guard getenv(Self.mark).map({ FilePath(platformString: $0) }) != name else {
            throw IOFailure(message: "the editor runs virt-cpu edit again: name another one in VIRT_CPU_EDITOR")
        }
        // Keys come from a terminal. Without one, nothing is ignored, which other programs that are started would inherit.
        let start = { try spawn(name, channels) }
        let status = try isatty(channels.input) == 1 ? Self.ignoringKeys { try Self.status(of: start()) } : Self.status(of: start())
        guard status == 0 else {
            throw IOFailure(message: "the editor (\(printable(line))) \(Self.words(for: status)), so nothing is checked")
        }
    }

    /// The shell reads the line, as it does for virsh and git. The name is an argument, so that no character of it has a
    /// meaning.
    private func spawn(_ name: FilePath, _ channels: Channels) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, target) in [(channels.input, 0), (channels.output, 1), (channels.errors, 2)] as [(Int32, Int32)] {
            posix_spawn_file_actions_adddup2(&actions, descriptor, target)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGQUIT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let words: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup("\(line) \"$1\""), strdup("sh")]
            + [name.withPlatformString { strdup($0) }, nil]
        defer { words.forEach { free($0) } }
        let variables = Self.environment(marking: name)
        defer { variables.forEach { free($0) } }
        var process: pid_t = 0
        let error = posix_spawn(&process, "/bin/sh", &actions, &attributes, words, variables)
        guard error == 0 else { throw IOFailure("cannot run the editor", error) }
        return process
    }

    /// The variables of this process, and the one that states the file. The caller frees them.
    private static func environment(marking name: FilePath) -> [UnsafeMutablePointer<CChar>?] {
        let prefix = mark + "="
        var variables: [UnsafeMutablePointer<CChar>?] = []
        var place = environ
        while let variable = place.pointee {
            if strncmp(variable, prefix, prefix.utf8.count) != 0 { variables.append(strdup(variable)) }
            place += 1
        }
        let value = name.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
        return variables + [strdup(prefix.utf8.map { CChar(bitPattern: $0) } + value), nil]
    }

    /// Keys that would end this program (Ctrl-C) are for the editor alone meanwhile.
    private static func ignoringKeys<R>(_ work: () throws -> R) rethrows -> R {
        var ignore = sigaction(), interrupt = sigaction(), quit = sigaction()
        ignore.__sigaction_handler.sa_handler = SIG_IGN
        sigaction(SIGINT, &ignore, &interrupt)
        sigaction(SIGQUIT, &ignore, &quit)
        defer {
            sigaction(SIGINT, &interrupt, nil)
            sigaction(SIGQUIT, &quit, nil)
        }
        return try work()
    }

    /// Waits for a process.
    private static func status(of process: pid_t) throws -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw IOFailure("cannot wait for the editor") }
        }
        return status
    }

    private static func words(for status: Int32) -> String {
        let signal = status & 0x7f
        return signal == 0 ? "ended with status \(status >> 8 & 0xff)" : "was ended by signal \(signal)"
    }
}
