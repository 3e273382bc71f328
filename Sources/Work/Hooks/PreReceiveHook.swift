import Reports
import SystemPackage

/// A git server's pre-receive hook.
package struct PreReceiveHook {
    private var settings: Settings
    private let usesPushedPolicy: Bool
    private let channels: Channels
    private let repository: GitRepository

    /// - Parameter usesPushedPolicy: judge by the policy that is pushed, and not by the one before the push.
    /// - Throws: `IOFailure` outside a repository.
    package init(_ settings: Settings, usesPushedPolicy: Bool, _ channels: Channels = .standard) throws {
        self.settings = settings
        self.settings.ignoresLocalMachine = true
        self.usesPushedPolicy = usesPushedPolicy
        self.channels = channels
        repository = try GitRepository()
    }

    /// Checks what a push changes, branch by branch; git's `OLD NEW REF` lines are read from stdin.
    ///
    /// - Throws: `ExitStatus` of the worst branch; `IOFailure` for other lines.
    package func run() throws {
        var worst: ExitStatus?
        var done: Set<Comparison> = []
        let updates = try BranchUpdate.all(in: StandardInput(channels).all())
        let head = try HeadBranch(of: repository)
        let moved = updates.filter { $0.new != nil }
        do {
            try head.checkDeletion(of: Set(updates.filter { $0.new == nil }.map(\.reference)))
        } catch {
            channels.complain(shown(error))
            worst = .failed
        }
        for update in moved {
            guard let new = update.new else { continue }
            do {
                // A new branch must not choose for itself: its author would choose the laxest policy in its history. Nor is it
                // compared with its merge base: only the last commit of a push is checked, and not those before it.
                let governing = try update.old ?? head.commitGoverning(update)
                // What is in HEAD was judged when it came there.
                let comparison = Comparison(
                    base: governing, new: new, policy: usesPushedPolicy ? new : governing, replacedPolicies: governing,
                    head: head.commit == new ? nil : head.commit)
                // Several branches with one commit are checked once.
                guard done.insert(comparison).inserted else { continue }
                if settings.format.isText { channels.complain("virt-cpu: \(update.name)") }
                try check(comparison)
            } catch let status as ExitStatus {
                worst = worst == .failed ? worst : status
            } catch {
                channels.complain(shown(error))
                worst = .failed
            }
        }
        if settings.format.isText, !settings.isQuiet, worst == nil, let remark = head.remark(afterCreating: moved) {
            channels.complainProse(note(remark))
        }
        if let worst { throw worst }
    }

    /// Commits; nil for the empty tree, and for no policy.
    private struct Comparison: Hashable {
        var base: String?
        var new: String
        var policy: String?
        /// The policies that the pushed ones take the place of; nil for none.
        var replacedPolicies: String?
        /// The server's HEAD before the push, in which guests that seem to be new are looked for; nil for none.
        var head: String?
    }

    private func check(_ comparison: Comparison) throws {
        // A broken policy must not get in: it would cause the next push to be refused, even one that repairs it.
        if settings.policyFile == nil, !settings.ignoresPolicies {
            try PolicyLookup.validatePolicies(
                of: comparison.new, changedFrom: comparison.base, in: repository, settings)
        }
        try GitAttributes.check(comparison.new, changedFrom: comparison.base, in: repository)
        var request = CheckRequest()
        request.revision = comparison.new
        // git's word for a commit that does not exist.
        request.against = comparison.base ?? String(repeating: "0", count: comparison.new.utf8.count)
        request.policyRevision = comparison.policy
        request.replacedPolicies = comparison.replacedPolicies
        request.nextPolicies = comparison.new
        request.head = comparison.head
        // A guest is recognized by its UUID and a hash that is quick, but no protection against somebody who looks for
        // collisions.
        var settings = settings
        settings.knownFindings = .none
        try request.run(settings, channels)
    }
}
