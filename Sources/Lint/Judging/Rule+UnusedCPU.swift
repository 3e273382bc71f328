extension Rule {
    /// The rule applies to a `<cpu>` that the guest does not get, because `<qemu:commandline>` passes another: it says
    /// whether libvirt accepts the definition, it is not about the CPU, or it compares with an earlier version, in which the
    /// guest may have had this `<cpu>`.
    var concernsUnusedCPU: Bool {
        concernsOnlyHost || tags.contains(.libvirt)
            || [
                Rule.commandlineCPU.id, Rule.liveDefinition.id, Rule.suppression.id, Rule.windowsCPUChange.id, Rule.guestCPUChange.id,
            ].contains(id)
    }
}
