import CPUModel
import Hosts
import Reports

extension HostQuestion {
    /// Compares the guests of files with hosts and prints a line for each pair, file by file.
    ///
    /// - Throws: `ExitStatus`: failed where a file cannot be read or a comparison fails, found where a guest is incompatible.
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
                // The answers about other files are valid all the same.
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
            self = line(.error, "libvirt does not take its <cpu>: virt-cpu check says why")
            return
        }
        // On ppc64, <model> under host-model is a compatibility mode, which can be compared.
        let isPPC64 = CPUFamily(architecture: host.cpu?.architecture ?? "") == .ppc64
        guard let cpu = guest.cpu, isPPC64 && cpu.mode == .hostModel || cpu.model != nil && cpu.mode == .custom else {
            self = line(.notJudged, "the guest names no CPU model: it gets what the host or the hypervisor gives")
            return
        }
        guard let native = host.cpu else {
            self = line(
                .notJudged,
                host.domainCapabilities.isEmpty
                    ? "nothing is known of the host's CPU"
                    : "only the host's domain capabilities are known: virt-cpu check judges by them")
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
                self = line(.notJudged, "CPUs of \(architecture) are not in libvirt's CPU map")
            }
        } catch {
            self = line(.error, "\(error)")
        }
    }
}
