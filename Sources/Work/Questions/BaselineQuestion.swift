import CPUModel
import Hosts
import Lint
import Reports
import SystemPackage

extension HostQuestion {
    /// The CPU that runs on all the hosts, as `virsh cpu-baseline` computes it.
    ///
    /// - Parameters:
    ///   - specs: hosts, or files of CPUs: `<cpu>` elements of hosts or guests, domains; a directory stands for the `*.xml` in
    ///     it, and `-` for standard input.
    ///   - migratable: leave out features that keep a guest from migrating.
    ///   - expand: list every feature, including those of the model.
    /// - Throws: `NoBaseline` where the CPUs have none; `HostError` for a host that cannot be judged; `IOFailure` for a
    ///   file that cannot be read or has no CPU.
    package func baseline(of specs: [String], migratable: Bool, expand: Bool) throws -> CPUDefinition {
        var named: [NamedCPU] = []
        let (hostSpecs, files) = try sorted(specs)
        let known = try hosts(hostSpecs)
        for host in known.hosts {
            guard let cpu = try host.comparedCPU(known), cpu.model != nil else {
                throw NamedCPU(host, CPUDefinition(kind: .host)).unjudged("nothing is known of its CPU")
            }
            named.append(NamedCPU(host, cpu))
        }
        for file in files { named += try cpus(in: file, known.knowledge) }
        // A <cpu> without <arch> is of the same architecture as the others.
        let architecture = named.lazy.compactMap(\.cpu.architecture).first
        for index in named.indices where named[index].cpu.architecture == nil { named[index].cpu.architecture = architecture }
        // Each host is expanded by its own map, and the result is in words that all of them know.
        let maps = known.hosts.map(known.map) + (known.hosts.isEmpty ? [known.knowledge.map(for: arguments.libvirt)] : [])
        let map = maps.min { $0.x86.features.count < $1.x86.features.count }!
        var baseline: CPUDefinition
        do {
            let own = known.hosts.map(known.map) + named.dropFirst(known.hosts.count).map { _ in map }
            baseline = try map.baseline(named.map(\.cpu), by: own, migratable: migratable, expand: expand)
        } catch {
            if let culprit = Self.unjudged(error, named) { throw culprit.unjudged("\(error)") }
            let reason = if case .vendorsDiffer = error { vendors(named, map) } else { "\(error)" }
            throw NoBaseline(hosts: named.map(\.name), reason: reason)
        }
        let releases = known.hosts.compactMap { $0.libvirtRelease(oldest: nil, known.knowledge) }
        let ignored = X86Map.ignoredByQEMUDriver(of: releases.max() ?? arguments.libvirt)
        baseline.features.removeAll { ignored.contains($0.name) }
        return baseline
    }

    /// The CPU that an error is about, if the error is that it cannot be judged. Nil if the CPUs have no baseline.
    private static func unjudged(_ error: CPUModelError, _ named: [NamedCPU]) -> NamedCPU? {
        switch error {
        case .notJudged: named[0]
        case .unknownModel(let name), .modelKnownByNameOnly(let name): named.first { $0.cpu.model == name }
        case .unknownFeature(let name): named.first { $0.cpu.features.contains { $0.name == name } }
        case .unknownVendor(let name): named.first { $0.cpu.vendor == name }
        default: nil
        }
    }

    /// The CPU of a host, or of a file, with the words that errors call it by.
    private struct NamedCPU {
        var name: String
        var file: String
        /// `host hv01`, or the name.
        var words: String
        var cpu: CPUDefinition

        init(_ host: Host, _ cpu: CPUDefinition) {
            (name, file, words, self.cpu) = (host.name, host.file ?? host.name, "host \(host.name)", cpu)
        }

        init(_ guest: ComparedGuest, in file: String) {
            (name, self.file, words, cpu) = (guest.name, file, guest.name, guest.cpu ?? CPUDefinition(kind: .guest))
        }

        func unjudged(_ why: String) -> HostError {
            HostError(file: file, message: words == file ? why : "\(words): \(why)")
        }
    }

    /// The specs that name hosts, and the files that have CPUs of other kinds, with their contents.
    private func sorted(_ specs: [String]) throws -> (hosts: [String], files: [InputFile]) {
        var hosts: [String] = []
        var files: [InputFile] = []
        for spec in try specs.flatMap({ spec in Files.isDirectory(FilePath(spec)) ? try HostArguments.files(for: spec).map(\.string) : [spec] }) {
            let isFile = spec == "-"
                || HostPattern(spec: spec, line: 0, column: 0).kind == .files && Files.exists(FilePath(spec))
                    && !Files.isDirectory(FilePath(spec))
            guard isFile else {
                hosts.append(spec)
                continue
            }
            var input = InputFile.file(Files.named(by: [spec])[0], channels)
            let bytes = try input.bytes()
            // Standard input can be read only once.
            input.content = .bytes(bytes)
            if spec != "-", !StrangeInput.beginsWithDomain(bytes), Host.isOneHost(bytes, file: spec) { hosts.append(spec) } else { files.append(input) }
        }
        return (hosts, files)
    }

    private func cpus(in file: InputFile, _ knowledge: CPUKnowledge) throws -> [NamedCPU] {
        try ComparedGuest.read(file, knowledge, libvirt: arguments.libvirt).map { guest in
            let named = NamedCPU(guest, in: file.name)
            if guest.isRefused { throw named.unjudged("libvirt would refuse its <cpu>; run virt-cpu check to see why") }
            guard named.cpu.model != nil, named.cpu.mode == .custom else {
                throw named.unjudged("it names no CPU model, so its CPU depends on the host or the hypervisor")
            }
            return named
        }
    }

    /// The vendors that differ, each with its first host.
    private func vendors(_ named: [NamedCPU], _ map: CPUMap) -> String {
        var seen: Set<String> = []
        let words = named.compactMap { named -> String? in
            guard let vendor = named.cpu.vendor ?? named.cpu.model.flatMap({ map.x86.model(named: $0)?.vendor }),
                seen.insert(vendor).inserted
            else { return nil }
            return "\(named.name) is \(vendor)"
        }
        return "the vendors differ (\(words.joined(separator: ", ")))"
    }
}

/// The hosts have no baseline. That is an answer: the exit status is 1.
package struct NoBaseline: Error {
    var hosts: [String]
    package var reason: String

    package var shown: String {
        printable("virt-cpu: error: \(hosts.joined(separator: ", ")) have no baseline: \(reason)")
    }
}
