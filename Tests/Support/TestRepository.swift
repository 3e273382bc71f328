import Glibc

/// A repository that the installed git makes, for one test.
package struct TestRepository {
    package let directory = TemporaryDirectory()
    /// The top of the work tree, where commands run.
    package var path: String { directory.path }

    package init(bare: Bool = false) {
        git("init", "-q", "-b", "main", bare ? "--bare" : "")
    }

    /// A repository with a policy and guests with host-passthrough, none of it staged.
    ///
    /// - Parameter files: the names of the definitions, which are the guests' names, too.
    package init(policy: String, guestsIn files: [String]) {
        self.init()
        write(".virt-cpu.yaml", policy)
        for file in files { write(file, Definitions.guest("<cpu mode='host-passthrough'/>", name: file)) }
    }

    /// Runs git and expects it to succeed.
    @discardableResult
    package func git(_ arguments: String...) -> String {
        let outcome = attempt(arguments)
        precondition(outcome.status == 0, "git \(arguments): \(outcome.errors)\(outcome.text)")
        return outcome.text
    }

    /// The id of the current commit.
    package var head: String { String(git("rev-parse", "HEAD").dropLast()) }

    /// Runs git, which may fail.
    package func attempt(_ arguments: [String]) -> Outcome {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        var program = Program(identity + arguments.filter { !$0.isEmpty }, in: path)
        program.executable = "/usr/bin/git"
        program.environment = ["HOME=\(path)", "GIT_CONFIG_NOSYSTEM=1"]
        return program.run()
    }

    package func write(_ name: String, _ text: String) { directory.write(name, text) }

    /// Commits everything in the work tree.
    package func commit(_ message: String = "edit") {
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", message)
    }

    /// Runs `virt-cpu check`.
    ///
    /// - Parameter place: the directory, from the top: `/vms`.
    package func check(_ arguments: String..., in place: String = "") -> Outcome {
        var program = Program(["check"] + arguments, in: path + place)
        program.environment = ["HOME=\(path)", "GIT_CONFIG_NOSYSTEM=1"]
        return program.run()
    }
}
