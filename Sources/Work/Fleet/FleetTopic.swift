/// The questions of `virt-cpu fleet`.
package enum FleetTopic: String, Sendable, CaseIterable {
    case matrix, drain, sets, baseline, windows
    case whatIf = "what-if"
    case report
}
