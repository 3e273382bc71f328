import CPUModel
import DomainXML
import Hosts
import Lint
import Reports
import SystemPackage

/// A run of `kinds`: descriptions of hosts in, a line for each kind and each host out.
package struct KindsJob {
    private let arguments: HostArguments
    private let channels: Channels
    /// The cluster of each host, by its name.
    private let clusters: [String: String]

    /// - Parameters:
    ///   - clusters: a file with a host and its cluster on each line, separated by a tab; nil for none.
    /// - Throws: what is wrong with that file.
    package init(_ map: CPUMapSource, libvirt: LibvirtVersion?, timeout: Int, clusters: String?, _ channels: Channels = .standard) throws {
        arguments = HostArguments(try map.knowledge(), timeout: timeout, libvirt: libvirt)
        self.channels = channels
        self.clusters = try clusters.map { try Self.readClusters($0) } ?? [:]
    }

    private static func readClusters(_ file: String) throws -> [String: String] {
        var clusters: [String: String] = [:]
        let bytes = try Files.read(FilePath(file), limit: Files.sizeLimit)
        for (index, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let text = line.last == 0x0d ? line.dropLast() : line
            let fields = String(decoding: text, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
            if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
            guard fields.count > 1, !fields[0].isEmpty, !fields[1].isEmpty else {
                throw IOFailure(file: file, position: SourcePosition(line: index + 1, column: 1), message: "expected a host and its cluster, separated by a tab")
            }
            clusters[String(fields[0])] = String(fields[1])
        }
        return clusters
    }

    /// Prints the kinds and the hosts.
    ///
    /// - Throws: `ExitStatus` where a host could not be read: a line with the error stands for it.
    package func run(_ specs: [String]) throws {
        var state = State(output: OutputStream(channels.output))
        // Files of one host can be named by themselves, as a shell does it.
        var paths: [FilePath] = []
        for spec in specs {
            let pattern = HostPattern(spec: spec, line: 0, column: 0)
            switch pattern.kind {
            case .local: try add("local", &state) { _ in try Host.local(map: arguments.knowledge.map) }
            case .uri:
                try add(spec, &state) { _ in
                    var host = try LibvirtConnection.orderly(uri: spec, timeout: arguments.timeout).host()
                    host.domainCapabilities = try host.nativeCapabilities()
                    host.libvirt = host.libvirtRelease
                    return host
                }
            case .files where spec == "-": try addInput(&state)
            case .files:
                do {
                    paths += try HostArguments.files(for: spec)
                } catch {
                    try add(spec, &state) { _ in throw error }
                }
            }
        }
        try addFiles(paths, &state)
        try state.output.flush()
        channels.complain("virt-cpu kinds: \(count(state.hosts, "host")) of \(count(state.kinds.count, "kind"))")
        if state.hasFailed { throw ExitStatus.failed }
    }

    private struct State {
        let output: OutputStream
        var kinds: Set<String> = []
        /// The hosts that were compared, and the key of each kind of them.
        var equal = EqualHosts()
        var keys: [String] = []
        var known = KnownDomainCapabilities()
        var hosts = 0
        var names: Set<String> = []
        var files: Set<FilePath> = []
        /// The name of the host with each UUID.
        var uuids: [String: String] = [:]
        var hasFailed = false
    }

    /// Adds the host or the packed hosts on the input channel.
    private func addInput(_ state: inout State) throws {
        let name = "<stdin>", bytes = try StandardInput(channels).all()
        if PackedHosts.mayBe(bytes) { return try addPacked(name, &state) { bytes } }
        try add(name, &state) { try HostFiles.read([(name, bytes)], map: arguments.knowledge.map(for: arguments.libvirt), &$0)[0] }
    }

    /// Adds the hosts of files: those whose names differ only by the kind of the document describe one host.
    private func addFiles(_ paths: [FilePath], _ state: inout State) throws {
        var order: [String] = []
        var groups: [String: [FilePath]] = [:]
        for path in paths where state.files.insert(path).inserted {
            let stem = HostFiles.stem(of: path.string)
            if groups[stem] == nil { order.append(stem) }
            groups[stem, default: []].append(path)
        }
        for stem in order {
            let files = groups[stem]!
            if PackedHosts.mayBe(at: files[0]) {
                try addPacked(files[0].string, &state) { try Files.read(files[0], limit: PackedHosts.sizeLimit) }
                continue
            }
            // Hosts of one name in several directories are called by their paths.
            let name = HostFiles.name(of: stem)
            try add(state.names.contains(name) ? stem : name, &state) {
                let contents = try files.map { ($0.string, try Files.read($0, limit: Files.sizeLimit)) }
                return try HostFiles.read(contents, map: arguments.knowledge.map(for: arguments.libvirt), &$0)[0]
            }
        }
    }

    /// Adds the hosts of packed hosts, and again a line for each that was unreadable.
    private func addPacked(_ file: String, _ state: inout State, _ bytes: () throws -> [UInt8]) throws {
        let packed: PackedHosts.Content
        do {
            packed = try PackedHosts.read(bytes(), file: file)
        } catch {
            return try add(file, &state) { _ in throw error }
        }
        for host in packed.hosts { try add(host.name, &state) { _ in host } }
        for name in packed.unreadable { try add(name, &state) { _ in throw HostError(file: file, message: "host \(name) was unreadable when it was packed") } }
    }

    private func add(_ name: String, _ state: inout State, _ read: (inout KnownDomainCapabilities) throws -> Host) throws {
        let line: JSONValue
        do {
            var host = try read(&state.known)
            if let libvirt = arguments.libvirt { host.libvirt = libvirt }
            guard state.names.insert(name).inserted else { throw IOFailure(message: "\(printable(name)): another host has this name") }
            let key = try writeKind(of: host, &state)
            if let uuid = host.uuid, let other = state.uuids.updateValue(name, forKey: canonical(uuid: uuid)) {
                channels.sendErrors(note("hosts \(other) and \(name) have one UUID, \(printable(uuid)): they may be one machine"))
            }
            state.hosts += 1
            line = [
                "host": JSONValue(name), "uuid": JSONValue(uuid: host.uuid), "cluster": JSONValue(clusters[name] ?? host.cluster), "kind": JSONValue(key),
            ]
        } catch {
            channels.complain(shown(error))
            state.hasFailed = true
            let problem = (error as? HostError)?.message ?? (error as? IOFailure)?.problem.message ?? "\(error)"
            line = ["host": JSONValue(name), "error": ["code": "unreadable", "message": JSONValue(problem)]]
        }
        try state.output.write(line.text + "\n")
    }

    /// Writes the kind of a host, unless an equal host came before.
    /// - Returns: the key of the kind.
    private func writeKind(of host: Host, _ state: inout State) throws -> String {
        let (index, isNew) = state.equal.add(host)
        if !isNew { return state.keys[index] }
        let kind = PackedHosts.kind(of: host)
        state.keys.append(kind.key)
        if state.kinds.insert(kind.key).inserted { try state.output.write(kind.line + "\n") }
        return kind.key
    }
}
