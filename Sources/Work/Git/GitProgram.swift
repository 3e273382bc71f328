import Hosts
import LibvirtWords
import Reports
import Subprocess
import SystemPackage

/// Runs the installed git, without a shell and without anything that a repository's configuration could start.
enum GitProgram {
    /// The most bytes that git may print: the names of a tree of a million files.
    private static let outputLimit = 256 << 20

    /// What git prints.
    ///
    /// - Parameter directory: the directory whose repository git reads, whatever the environment says. Nil for that of the
    ///   current directory, or of the hook that runs the program.
    /// - Throws: `IOFailure` in git's own words where it fails.
    static func run(_ arguments: [String], in directory: FilePath? = nil) throws -> [UInt8] {
        let answer = try output(of: arguments, in: directory)
        guard answer.isSuccess else { throw answer.failure(of: arguments[0]) }
        return answer.output
    }

    /// What git printed, and whether it succeeded.
    struct Answer {
        /// The exit status; nil if a signal ended git.
        var status: Int32?
        var output: [UInt8]
        var errors: [UInt8]

        var isSuccess: Bool { status == 0 }

        /// What git says about its failure.
        func failure(of command: String) -> IOFailure {
            let words = GitProgram.line(errors).replacingEach("fatal: ", with: "")
            return IOFailure(message: words.isEmpty ? "git \(command) failed" : "git: \(printable(words))")
        }
    }

    static func output(of arguments: [String], in directory: FilePath? = nil) throws -> Answer {
        let result: Result<Answer, IOFailure> = waitFor {
            do {
                let result = try await Subprocess.run(
                    .name("git"), arguments: Arguments(common + arguments),
                    environment: directory == nil ? environment : environment.updating(ofOtherRepositories),
                    workingDirectory: directory, output: .bytes(limit: outputLimit), error: .bytes(limit: 1 << 16))
                let status: Int32? = if case .exited(let code) = result.terminationStatus { code } else { nil }
                return .success(Answer(status: status, output: result.standardOutput, errors: result.standardError))
            } catch {
                return .failure(notRun(error))
            }
        }
        return try result.get()
    }

    /// core.fsmonitor names a program that git would start.
    static let common = [
        "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "diff.relative=false",
    ]
    /// git then holds no content of more than 1 MiB as a whole, unless it is stored as a difference from another.
    static let inPieces = ["-c", "core.bigFileThreshold=1m"]
    /// The environment of git. Variables that would make git read `:/` as a file's name are removed. Replacement objects
    /// and grafts do not count: whoever may push can push `refs/replace`, which clones do not fetch, so that git here would
    /// read other objects than the clones get.
    static var environment: Environment {
        .inherit.updating([
            "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": nil, "GIT_GLOB_PATHSPECS": nil,
            "GIT_NOGLOB_PATHSPECS": nil, "GIT_ICASE_PATHSPECS": nil, "GIT_NO_REPLACE_OBJECTS": "1",
            // A file that cannot exist. About an empty one, git prints advice.
            "GIT_GRAFT_FILE": "/dev/null/none",
        ])
    }

    /// What makes git read the repository of its directory: a hook's variables name another one. Nothing is fetched.
    private static let ofOtherRepositories: [Environment.Key: String?] = [
        "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil, "GIT_PREFIX": nil, "GIT_COMMON_DIR": nil,
        "GIT_OBJECT_DIRECTORY": nil, "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
    ]

    static func notRun(_ error: any Error) -> IOFailure {
        guard let error = error as? SubprocessError else { return IOFailure(message: "cannot run git: \(error)") }
        switch error.code {
        case .executableNotFound:
            return IOFailure(message: "git is not installed, and is needed to read other versions of files")
        case .outputLimitExceeded: return IOFailure(message: "git printed more than \(outputLimit >> 20) MiB")
        default: return IOFailure(message: "cannot run git: \(error)")
        }
    }

    /// The first line.
    static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
}
