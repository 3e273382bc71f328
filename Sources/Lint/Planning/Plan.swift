/// What a target means for one guest.
enum Plan {
    /// The guest already has the target's CPU, or keeps its own.
    case asItIs
    /// The CPU should be rewritten.
    case rewrite(Rewriting)
    /// The target cannot be applied to the guest, for this reason. The domain stays as it is.
    case refused(target: Target, reason: String)
    /// The CPU would be rewritten, but a Windows guest keeps its CPU.
    case withheld(Rewriting, evidence: String)
    /// The CPU would be rewritten, but the definition would then have an error that it does not have now.
    case faulty(Rewriting, error: String)
    /// The CPU would be rewritten, but a running domain is never edited.
    case running
}
