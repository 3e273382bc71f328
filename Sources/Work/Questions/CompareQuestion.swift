import CPUModel
import Hosts
import Reports

extension HostQuestion {
    /// Compares the guests of files with hosts and prints a line for each pair, file by file.
    ///
    /// - Throws: `ExitStatus`: failed where a file cannot be read or a comparison fails, found where a guest is
    ///   incompatible.
    package func compare(
        _ files: [String], with specs: [String], isJSON: Bool, _ channels: Channels = .standard
    ) throws {
        let hosts = try self.hosts(specs)
        let output = OutputStream(channels.output)
        var isIncompatible = false, isFailed = false
        for file in files {
            let guests: [ComparedGuest]
            do {
                guests = try ComparedGuest.read(file)
            } catch let failure as any Failure {
                // Report the failure and go on: the answers about other files are valid.
                try output.flush()
                channels.complain(failure.shown)
                isFailed = true
                continue
            }
            for guest in guests {
                for host in hosts {
                    let line = ComparisonLine(guest, on: host, map: knowledge.map)
                    if line.result == .incompatible { isIncompatible = true }
                    if line.result == .error { isFailed = true }
                    try output.write(isJSON ? line.json.text + "\n" : line.text)
                }
            }
        }
        try output.flush()
        if isFailed { throw ExitStatus.failed }
        if isIncompatible { throw ExitStatus.found }
    }
}

extension ComparisonLine {
    fileprivate init(_ guest: ComparedGuest, on host: Host, map: CPUMap) {
        func line(_ result: Result, _ reason: String? = nil) -> ComparisonLine {
            ComparisonLine(guest: guest.name, host: host.name, result, reason: reason)
        }
        if guest.isRefused {
            self = line(.error, "libvirt would refuse its <cpu>; run virt-cpu check to see why")
            return
        }
        // On ppc64, <model> under host-model is a compatibility mode, which can be compared.
        let isPPC64 = CPUFamily(architecture: host.cpu?.architecture ?? "") == .ppc64
        guard let cpu = guest.cpu, isPPC64 && cpu.mode == .hostModel || cpu.model != nil && cpu.mode == .custom else {
            self = line(.notJudged, "the guest names no CPU model, so its CPU depends on the host or the hypervisor")
            return
        }
        guard let native = host.cpu else {
            self = line(
                .notJudged,
                host.domainCapabilities.isEmpty
                    ? "the host's CPU is unknown"
                    : "only the host's domain capabilities are known; use virt-cpu check instead")
            return
        }
        do {
            switch try map.compare(cpu, on: native) {
            case .identical: self = line(.identical)
            case .superset(let features):
                self = line(.superset)
                extra = map.x86.featureNames(in: features)
            case .incompatible(let cause):
                self = line(.incompatible, "\(cause)")
                if case .missingFeatures(let names) = cause { missing = names }
                if case .extraFeatures(let names) = cause { extra = names }
            case .notJudged(let architecture):
                self = line(.notJudged, "libvirt's CPU map has no \(architecture) CPUs")
            }
        } catch {
            self = line(.error, "\(error)")
        }
    }
}
