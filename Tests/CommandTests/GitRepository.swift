import Glibc

/// A repository made by real git, for one test.
struct TestRepository {
    let directory = TemporaryDirectory()
    /// Where commands run.
    var path: String { directory.path }

    init(bare: Bool = false) {
        git("init", "-q", "-b", "main", bare ? "--bare" : "")
    }

    /// Runs git and expects it to succeed.
    @discardableResult
    func git(_ arguments: String...) -> String {
        let outcome = attempt(arguments)
        precondition(outcome.status == 0, "git \(arguments): \(outcome.errors)\(outcome.text)")
        return outcome.text
    }

    func attempt(_ arguments: [String]) -> Outcome {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        var program = Program(identity + arguments.filter { !$0.isEmpty }, in: path)
        program.executable = "/usr/bin/git"
        program.environment = ["HOME=\(path)", "GIT_CONFIG_NOSYSTEM=1"]
        return program.run()
    }

    func write(_ name: String, _ text: String) { directory.write(name, text) }

    /// Commits all that is there.
    func commit(_ message: String = "edit") {
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", message)
    }

    func check(_ arguments: String..., in place: String = "") -> Outcome {
        var program = Program(["check"] + arguments, in: path + place)
        program.environment = ["HOME=\(path)", "GIT_CONFIG_NOSYSTEM=1"]
        return program.run()
    }
}
