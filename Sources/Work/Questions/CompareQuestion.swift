import CPUModel
import Hosts
import Lint
import Reports

extension HostQuestion {
    /// Compares the guests of files with hosts, those that were named or those of each file's policy, and answers with a line
    /// for each pair, file by file. Files that cannot be read and comparisons that fail are a part of the answer.
    ///
    /// - Parameters:
    ///   - files: a directory stands for the definitions below it.
    ///   - origin: the host on which guests that follow their host were started: the name of one of the hosts, or a host
    ///     as in `specs`. Nil if they start on each of the hosts.
    /// - Throws: `ExitStatus`: failed where a comparison fails, found where a guest is incompatible; what is wrong with the
    ///   named hosts.
    package func compare(_ files: [String], with specs: [String], from origin: String? = nil, to answer: Answer) throws {
        try checkInput(of: files, specs + (origin.map { [$0] } ?? []))
        var isIncompatible = false, isFailed = false, hasGuest = false
        // What is wrong with a policy or a host is wrong for each of many files.
        var failures = SaidOnce<String>()
        let inputs = try inputs(named: files, answer)
        let showsFiles = inputs.count > 1 || inputs.contains { $0.foundBelow != nil }
        var hosts = ComparedHosts(question: self, specs: specs, origin: origin)
        if !specs.isEmpty { _ = try hosts.hosts(for: ".") }
        for input in inputs {
            do {
                let (known, start) = try hosts.hosts(for: input.directory ?? ".")
                for guest in try ComparedGuest.read(input, known.knowledge, libvirt: arguments.libvirt) {
                    hasGuest = true
                    for host in known.hosts {
                        var line = FollowingGuest(guest, on: host, isStarted: start != nil)?.line(on: host, from: start, known)
                            ?? ComparisonLine(guest, on: host, known)
                        (line.file, line.name, line.uuid) = (input.name, guest.hasName ? guest.name : nil, guest.uuid)
                        if line.result == .incompatible { isIncompatible = true }
                        if line.result == .error { isFailed = true }
                        try answer.add(prose: line.text(withFile: showsFiles && guest.hasName), [line.json])
                    }
                }
            } catch let failure as any Failure {
                // The answers about other files are valid.
                hasGuest = true
                if failures.isNew(failure.shown) { try answer.add(failure) }
            }
        }
        if !inputs.isEmpty, !hasGuest { try addNoGuest(in: files, to: answer) }
        if isFailed { throw ExitStatus.failed }
        if isIncompatible { throw ExitStatus.found }
    }

    /// Adds that no file describes a guest, for each file or directory that was named.
    func addNoGuest(in files: [String], to answer: Answer) throws {
        for file in files { try answer.add(IOFailure(file: file, message: "no file describes a guest")) }
    }

    /// The files that were named, and those below the directories that were named. What cannot be read is added to the answer.
    func inputs(named files: [String], _ answer: Answer) throws -> [InputFile] {
        var failures: [IOFailure] = []
        let paths = Files.named(by: files)
        let inputs = InputFile.files(named: paths, channels, including: included.names, untold: { channels.sendErrors(note($0)) }, failed: { failures.append($0) })
        for directory in paths where Files.isDirectory(directory) && !inputs.contains(where: { $0.foundBelow == directory }) {
            failures.append(IOFailure(file: directory.string, message: "contains no *.xml file"))
        }
        for failure in failures { try answer.add(failure) }
        return inputs
    }
}

extension Host {
    /// The CPU that guests and hosts are compared with: the one in the capabilities, as for `virsh cpu-compare`, or else
    /// the host-model of the domain capabilities, as for `virsh hypervisor-cpu-compare`. Nil if neither is known.
    ///
    /// - Throws: `HostError` when a host named by a URI does not answer.
    func comparedCPU(_ known: KnownHosts) throws(HostError) -> CPUDefinition? {
        if let cpu, cpu.model != nil { return cpu }
        let release = libvirtRelease ?? shownLibvirt(known.knowledge)
        let models = try nativeCapabilities().lazy.compactMap { $0.startedHostModel(known.map(of: self).x86, release: release) }
        guard var cpu = models.first else { return cpu }
        (cpu.mode, cpu.architecture) = (.custom, architecture)
        return cpu
    }
}

extension ComparisonLine {
    fileprivate init(_ guest: ComparedGuest, on host: Host, _ known: KnownHosts) {
        let map = known.map(of: host)
        func line(_ result: Result, _ reason: String? = nil) -> ComparisonLine {
            ComparisonLine(guest: guest.name, host: host.name, result, reason: reason)
        }
        if guest.isRefused {
            self = line(.error, "libvirt would refuse its <cpu>; run virt-cpu check to see why")
            return
        }
        // On ppc64, <model> under host-model is a compatibility mode, which can be compared.
        let isPPC64 = CPUDriver(architecture: host.cpu?.architecture) == .ppc64
        guard let cpu = guest.cpu, isPPC64 && cpu.mode == .hostModel || cpu.model != nil && cpu.mode == .custom else {
            self = line(.notJudged, "the guest names no CPU model, so its CPU depends on the host or the hypervisor")
            return
        }
        let native: CPUDefinition
        do {
            guard let cpu = try host.comparedCPU(known) else {
                self = line(.notJudged, "the host's CPU is unknown")
                return
            }
            native = cpu
        } catch {
            self = line(.error, "\(error)")
            return
        }
        if host.cpu?.model == nil, let platform = (try? host.nativeCapabilities())?.first?.platform {
            let check = StartCheck(hosts: [host], knowledge: known.knowledge)
            var question = StartQuestion(cpu: cpu, check: .partial, platform: platform)
            if check.isDecidedByHypervisor(question, host: 0) {
                // Unlike a start, this comparison does not look at forbidden features.
                question.cpu.features.removeAll { $0.policy == .forbid }
                let verdict = check.verdict(on: question, host: 0)
                let reasons = verdict.reasons.map(\.description).joined(separator: "; ")
                // A required feature that libvirt does not know is simply missing here.
                let isWithoutName = cpu.features(.require).contains { map.x86.feature(named: $0) == nil }
                self = switch verdict.answer {
                case .starts: line(.superset)
                case .unknown where !isWithoutName: line(.error, reasons)
                case .unknown, .refuses: line(.incompatible, reasons)
                }
                missing = verdict.features
                return
            }
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
