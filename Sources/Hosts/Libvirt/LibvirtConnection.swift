import LibvirtWords
import Synchronization

/// A libvirt daemon that is asked through `virsh`.
///
/// Each query is made once. Its answer is kept, even if it is an error. The methods block the thread until virsh has
/// answered, so they must not be called from a task.
public final class LibvirtConnection: Sendable {
    /// The connection URI as it was given, for `virsh -c` and for messages.
    public let uri: String
    private let virsh: Virsh
    private let answers: Mutex<[[String]: Result<[UInt8], HostError>]> = Mutex([:])

    /// - Parameters:
    ///   - uri: a connection URI of libvirt. A URI can run commands (`qemu+ext://…?command=`), so the caller must trust
    ///     its author.
    ///   - virsh: the path of the program, or its name to be looked for in PATH.
    ///   - timeout: how long a query may take. After that, virsh and everything that it has started are killed.
    /// - Throws: `HostError` for text that virsh would not take as a URI: an empty one, one that begins with `-`, and
    ///   one with control characters.
    public init(uri: String, virsh: String = "virsh", timeout: Duration = .seconds(30)) throws(HostError) {
        if uri.isEmpty { throw HostError(file: "''", message: "the libvirt URI is empty") }
        if uri.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw HostError(file: "a libvirt URI", message: "a URI cannot contain control characters")
        }
        if uri.utf8.first == UInt8(ascii: "-") {
            throw HostError(file: uri, message: "a libvirt URI cannot start with '-'")
        }
        self.uri = uri
        self.virsh = Virsh(program: virsh, uri: uri, timeout: timeout)
    }

    /// The release of the daemon, such as `9.0.0`. Nil when virsh fails or does not print it.
    public func version() -> String? {
        guard let bytes = try? answer(to: ["version", "--daemon"]) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("Running against daemon: ") }?.split(separator: " ")
        return words?.last.map(String.init)
    }

    /// A domain that libvirt has defined: its name, and its inactive XML or the reason why that cannot be read.
    public typealias DefinedDomain = (name: String, xml: Result<[UInt8], HostError>)

    /// The persistent domains in the order of their names, each with the XML that its next start uses
    /// (`virsh dumpxml --inactive`).
    ///
    /// - Throws: `HostError` with the message of virsh when it cannot list the domains.
    public func definedDomains() throws(HostError) -> [DefinedDomain] {
        let lines = try answer(to: ["list", "--all", "--persistent", "--uuid", "--name"]).split(separator: 0x0a)
        // Each line is UUID, white space, NAME. The XML is asked for by UUID, because a name may look like an id.
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

    /// What virsh prints for a query.
    ///
    /// - Parameter query: the command of virsh and its arguments.
    /// - Throws: `HostError` with the message of virsh.
    func answer(to query: [String]) throws(HostError) -> [UInt8] {
        if query.contains(where: { $0.utf8.contains(0) }) {
            throw HostError(file: uri, message: "cannot pass a NUL byte to virsh")
        }
        return try answers.withLock { answers in
            if let known = answers[query] { return known }
            let new = virsh.answer(to: query)
            answers[query] = new
            return new
        }.get()
    }

    /// `hv01` for `qemu+ssh://root@hv01:22/system`, or the whole URI when it does not name a host.
    var hostName: String {
        let parts = uri.parts(separatedBy: "://", most: 2)
        guard parts.count == 2 else { return uri }
        let authority = parts[1].prefix { !"/?#".contains($0) }
        let address = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        if address.hasPrefix("[") { return String(address.prefix { $0 != "]" }) + "]" }
        let name = address.prefix { $0 != ":" }
        return name.isEmpty ? uri : String(name)
    }
}
