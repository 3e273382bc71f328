import CPUModel
import Hosts
import Lint
import Reports
import SystemPackage

/// Finds the hosts that the command line and policies name.
package struct HostArguments {
    let knowledge: CPUKnowledge
    /// Seconds that a libvirt URI may take for each answer.
    var timeout: Int
    /// The release of every host's libvirt; nil if each host's own is found out.
    var libvirt: LibvirtVersion?
    /// What the host `-` is read from; nil where stdin holds something else.
    var standardInput: StandardInput?
    let leftOut = LeftOut()

    package init(
        _ knowledge: CPUKnowledge, timeout: Int = Settings.defaultTimeout, libvirt: LibvirtVersion? = nil
    ) {
        self.knowledge = knowledge
        self.timeout = timeout
        self.libvirt = libvirt
    }

    /// The hosts that the command line names: files, directories of files, patterns, `local`, libvirt URIs.
    ///
    /// - Parameter scope: the guests that the hosts are named for.
    package func hosts(for specs: [String], scope: Host.Scope = .any) throws -> [Host] {
        let patterns = specs.map { HostPattern(spec: $0, line: 0, column: 0) }
        var hosts = try hosts(patterns, LocalPolicyFiles(foundIn: nil), namesPacked: true) { try Self.files(for: $0.spec) }
        for index in hosts.indices { hosts[index].scope = scope }
        return hosts
    }

    /// The files that a part of the command line stands for.
    static func files(for spec: String) throws -> [FilePath] {
        let path = FilePath(spec)
        if Files.isDirectory(path) { return try files(in: path) }
        if spec == "-" {
            throw IOFailure(message: "-: a host cannot be read from stdin here: name a file")
        }
        let paths = Files.exists(path) ? [path] : try FilePattern(spec).files(in: "")
        guard !paths.isEmpty else { throw IOFailure(file: spec, message: "no such file") }
        return paths
    }

    /// The host files that a directory stands for: `*.xml` in it, and nothing below it.
    private static func files(in directory: FilePath) throws -> [FilePath] {
        let files = try FilePattern("*.xml").files(in: directory)
        guard files.isEmpty else { return files }
        throw IOFailure(
            message: "\(printable(directory.string)): contains no *.xml file; a directory stands for the host files *.xml "
                + "directly in it")
    }

    /// The hosts of a policy.
    ///
    /// - Parameters:
    ///   - chain: the files of the policy. Patterns start from the directory of the file that states them, and if the
    ///     policy was found beside its input, the host files must lie below that.
    ///   - source: where the files are read from.
    func hosts(
        of patterns: [HostPattern], in chain: PolicyChain, origin: PolicyOrigin, _ source: any PolicyFiles
    ) throws -> [Host] {
        func wrong(_ pattern: HostPattern, _ message: String) -> PolicyError {
            PolicyError(file: chain.documents[pattern.document].file, line: pattern.line, column: pattern.column, message: message, help: nil)
        }
        // PolicyReader has already refused such a policy. This check is a second safeguard.
        if origin == .discovered, let uri = patterns.first(where: { $0.kind == .uri }) {
            throw wrong(uri, "a policy that was found beside its input must not name a URI")
        }
        return try hosts(patterns, source) { pattern in
            switch try source.files(matching: pattern.spec, in: chain.directory(of: pattern.document)) {
            case .files(let paths) where paths.isEmpty: throw wrong(pattern, "no file matches \(printable(pattern.spec))")
            case .files(let paths): return paths
            case .outside:
                throw wrong(pattern, "\(printable(pattern.spec)) leads out of the policy's directory")
            case .link(let name):
                throw wrong(
                    pattern,
                    "\(printable(pattern.spec)) leads to the symbolic link \(printable(name)), which is not followed in a revision")
            }
        }
    }

    /// Reads the hosts. Several files of one host (`hv01.capabilities.xml`, `hv01.domcapabilities.xml`) make one host,
    /// even if different patterns name them.
    ///
    /// - Parameters:
    ///   - namesPacked: the user names the files, so packed hosts may be long.
    ///   - paths: finds the files that a pattern names.
    private func hosts(
        _ patterns: [HostPattern], _ source: any PolicyFiles, namesPacked: Bool = false, paths: (HostPattern) throws -> [FilePath]
    ) throws -> [Host] {
        // Without hosts, the CPU map need not be decoded.
        if patterns.isEmpty { return [] }
        var files: [HostFiles.File] = []
        var seen: Set<FilePath> = []
        var others: [Host] = []
        var size = 0
        // Hosts of a fleet have many equal files, which are in memory once.
        var contents: Set<FileContent> = []
        // By what the paths of a host's files have in common.
        var stated: [String: LibvirtVersion] = [:]
        for pattern in patterns {
            switch pattern.kind {
            case .local, .uri:
                var host = pattern.kind == .local
                    ? try Host.local(map: knowledge.map)
                    : try LibvirtConnection.orderly(uri: pattern.spec, timeout: timeout).host()
                if let libvirt = pattern.libvirt { host.libvirt = libvirt }
                others.append(host)
            case .files:
                let isInput = pattern.spec == "-" && standardInput != nil
                for path in isInput ? ["-"] : try paths(pattern) {
                    let name = isInput ? "<stdin>" : source.name(of: path)
                    if let libvirt = pattern.libvirt { try Self.state(libvirt, for: name, in: &stated) }
                    // `hosts/*.xml` and `hosts/hv01.xml` may stand beside each other.
                    guard seen.insert(path).inserted else { continue }
                    if !isInput, namesPacked, PackedHosts.mayBe(at: path) {
                        others += try packed(Files.read(path, limit: PackedHosts.sizeLimit), file: name)
                        continue
                    }
                    let bytes = try isInput ? standardInput!.all() : source.read(path, limit: Files.sizeLimit)
                    if PackedHosts.mayBe(bytes) {
                        others += try packed(bytes, file: name)
                        continue
                    }
                    size += bytes.count
                    files.append((name, contents.insert(FileContent(bytes)).memberAfterInsert.bytes))
                    // All files are in memory at once, and a stranger's policy must not decide how much that is.
                    guard files.count <= Self.mostFiles, size <= Self.mostBytes else {
                        let what = size > Self.mostBytes
                            ? "more than \(Self.mostBytes >> 20) MiB of host files" : "more than \(Self.mostFiles) host files"
                        throw IOFailure(file: name, message: what)
                    }
                }
            }
        }
        var hosts = Self.distinct(try HostFiles.read(files, map: knowledge.map(for: libvirt)) + others)
        for index in hosts.indices {
            let own = hosts[index].file.flatMap { stated[HostFiles.stem(of: $0)] }
            if let release = libvirt ?? own { hosts[index].libvirt = release }
        }
        return hosts
    }

    private func packed(_ bytes: [UInt8], file: String) throws(HostError) -> [Host] {
        let content = try PackedHosts.read(bytes, file: file)
        leftOut.names += content.unreadable
        return content.hosts
    }

    /// Hosts that packed hosts name, and that could not be read when they were packed.
    final class LeftOut {
        fileprivate(set) var names: [String] = []
    }

    /// Notes the release that a pattern states for the host that a file is about.
    /// - Throws: `HostError` if another release was stated for another file of the host.
    private static func state(
        _ release: LibvirtVersion, for file: String, in stated: inout [String: LibvirtVersion]
    ) throws(HostError) {
        if let other = stated.updateValue(release, forKey: HostFiles.stem(of: file)), other != release {
            throw HostError(
                file: file, message: "the libvirt of host \(HostFiles.name(of: file)) is stated as \(other) and as \(release)")
        }
    }

    /// Enough for capabilities and domain capabilities of two thousand hosts.
    private static let mostFiles = 4096
    private static let mostBytes = 256 << 20

    /// The hosts with distinct names: where two share one, the second is called by its URI or gets a number.
    private static func distinct(_ hosts: [Host]) -> [Host] {
        var taken: Set<String> = []
        return hosts.map { host in
            var host = host
            let choices = [host.name, host.connection?.uri].compactMap { $0 }
            host.name = choices.first { !taken.contains($0) }
                ?? (2...).lazy.map { "\(choices.last!) (\($0))" }.first { !taken.contains($0) }!
            taken.insert(host.name)
            return host
        }
    }
}
