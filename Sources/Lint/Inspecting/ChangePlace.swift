import DomainXML

extension Inspection {
    /// The evidence that the guest is Windows, now or in its earlier version; nil if it is not Windows.
    ///
    /// A guest that has lost the evidence still has Windows installed, unless the policy states another operating system. A
    /// libosinfo id that comes with the change is believed only against a guess: a stranger can write any.
    var windowsThenOrNow: String? {
        if let evidence = guest.windows { return evidence }
        guard !guest.isOSStated, let old = change?.old, guest.osinfoID == nil || old.windowsGrade != .possible else { return nil }
        return old.windows.map { "\($0), in the earlier version" }
    }

    /// A severity for a finding that is right only if the guest is Windows: one step less where that is merely possible, now and
    /// in the earlier version.
    func ifWindows(_ severity: Severity) -> Severity {
        let grade = [guest.windowsGrade, change?.old.windowsGrade].compactMap { $0 }.max()
        guard grade == .possible else { return severity }
        return severity == .error ? .warning : .note
    }

    /// The part of the definition that decides about an aspect of the CPU.
    func place(of aspect: GuestChange.Aspect?) -> ByteRange {
        let part: ByteRange? = switch aspect {
        case .topology: cpu?.topology?.element.span ?? domain.vcpu?.element.span
        case .physicalAddresses: cpu?.maxPhysAddr?.element.span
        case .caches: cpu?.caches.first?.element.span
        case .hypervisor, .enlightenments: domain.hyperv?.startTag
        case .machine: domain.machine?.span
        case .virtualisation: domain.type?.span
        case .architecture: domain.arch?.span
        case .commandLine, .globals: domain.qemuArguments.first?.span
        default: nil
        }
        return part ?? cpuPlace
    }
}
