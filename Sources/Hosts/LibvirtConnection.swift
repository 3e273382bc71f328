import Synchronization

/// A libvirt daemon, asked through `virsh` by a connection URI.
///
/// Each query is put once and its answer kept, an error too. The calls block: not for use inside a task.
public final class LibvirtConnection: Sendable {
    /// As it was given, for `virsh -c` and for messages.
    public let uri: String
    private let virsh: Virsh
    private let answers: Mutex<[[String]: Result<[UInt8], HostError>]> = Mutex([:])

    /// - Parameters:
    ///   - uri: what `virsh -c` takes. A URI can run commands (`qemu+ext://…?command=`): whether its author is trusted
    ///     is for the caller to know.
    ///   - virsh: the program, looked for in PATH when it has no slash.
    ///   - timeout: how long a query may take; then virsh and what it has started are killed.
    /// - Throws: `HostError` for what virsh would not take for a URI: nothing, a leading `-`, control characters.
    public init(uri: String, virsh: String = "virsh", timeout: Duration = .seconds(30)) throws(HostError) {
        if uri.isEmpty { throw HostError(file: "''", message: "a libvirt URI is missing") }
        if uri.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw HostError(file: "a libvirt URI", message: "control characters cannot stand in a URI")
        }
        if uri.utf8.first == UInt8(ascii: "-") {
            throw HostError(file: uri, message: "a libvirt URI does not start with '-'")
        }
        self.uri = uri
        self.virsh = Virsh(program: virsh, uri: uri, timeout: timeout)
    }

    /// The host: `virsh capabilities` now, domain capabilities when a guest asks for them.
    ///
    /// - Throws: `HostError` with virsh's own words, or for an answer that is none.
    public func host() throws(HostError) -> Host {
        var host = try HostFiles.read([(uri, try answer(to: ["capabilities"]))])[0]
        host.name = hostName
        host.connection = self
        return host
    }

    /// `virsh domcapabilities` for a platform.
    ///
    /// - Throws: `HostError`; also where the hypervisor does not run that platform, in libvirt's words.
    public func domainCapabilities(for platform: DomainPlatform) throws(HostError) -> DomainCapabilities {
        var query = ["domcapabilities"]
        let options = [
            ("arch", platform.architecture), ("virttype", platform.virtType), ("machine", platform.machine),
            ("emulatorbin", platform.emulator),
        ]
        // Joined by '=', a value that begins with '-' is still a value.
        for case (let name, let value?) in options { query.append("--\(name)=\(value)") }
        let hosts = try HostFiles.read([(uri, try answer(to: query))])
        guard let answer = hosts.first?.domainCapabilities.first else {
            throw HostError(file: uri, message: "virsh domcapabilities answered with something else")
        }
        return answer
    }

    /// The daemon's release, such as `9.0.0`; nil where it does not say.
    public func version() -> String? {
        guard let bytes = try? answer(to: ["version", "--daemon"]) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("Running against daemon: ") }?.split(separator: " ")
        return words?.last.map(String.init)
    }

    /// A domain that libvirt has defined, by its name, and its inactive XML or why there is none.
    public typealias DefinedDomain = (name: String, xml: Result<[UInt8], HostError>)

    /// The persistent domains: `virsh list`, and for each `virsh dumpxml --inactive`, which is what the next start
    /// uses.
    ///
    /// - Throws: `HostError` with virsh's own words where the list cannot be had.
    public func definedDomains() throws(HostError) -> [DefinedDomain] {
        let lines = try answer(to: ["list", "--all", "--persistent", "--uuid", "--name"]).split(separator: 0x0a)
        // UUID, white space, NAME: asked by uuid, since a name may look like an id.
        let domains = lines.compactMap { line -> (name: String, uuid: String)? in
            let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
            return words.count == 2 ? (String(words[1].drop { $0 == " " }), String(words[0])) : nil
        }
        return domains.sorted { $0.name < $1.name }.map { domain in
            do throws(HostError) {
                return (domain.name, .success(try answer(to: ["dumpxml", "--inactive", "--domain=\(domain.uuid)"])))
            } catch {
                return (domain.name, .failure(error))
            }
        }
    }

    private func answer(to query: [String]) throws(HostError) -> [UInt8] {
        if query.contains(where: { $0.utf8.contains(0) }) {
            throw HostError(file: uri, message: "a NUL cannot be passed to virsh")
        }
        return try answers.withLock { answers in
            if let known = answers[query] { return known }
            let new = virsh.answer(to: query)
            answers[query] = new
            return new
        }.get()
    }

    /// `hv01` of `qemu+ssh://root@hv01:22/system`; the whole URI where it names no host.
    private var hostName: String {
        let parts = uri.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return uri }
        let authority = parts[1].prefix { !"/?#".contains($0) }
        let address = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        if address.hasPrefix("[") { return String(address.prefix { $0 != "]" }) + "]" }
        let name = address.prefix { $0 != ":" }
        return name.isEmpty ? uri : String(name)
    }
}
