public import LibvirtWords

/// One entry of a policy's `hosts`.
public struct HostPattern: Equatable, Sendable {
    /// The entry as it is written in the policy.
    public var spec: String
    /// The line of the entry, counted from 1.
    public var line: Int
    /// The column of the entry in characters, counted from 1.
    public var column: Int
    /// The release of the hosts' libvirt, if the entry states it.
    public var libvirt: LibvirtVersion?
    /// Which of the policy's documents states the entry: files are looked for from its directory.
    public var document: Int

    /// What an entry names. Its spelling alone decides that.
    public enum Kind: Equatable, Sendable {
        /// This machine.
        case local
        /// A libvirt URI, which is passed to `virsh -c`.
        case uri
        /// A path or a glob.
        case files
    }

    /// Nothing is checked here; `Policy.parse` refuses hosts that a policy may not name.
    public init(spec: String, line: Int, column: Int, libvirt: LibvirtVersion? = nil, document: Int = 0) {
        self.spec = spec
        self.line = line
        self.column = column
        self.libvirt = libvirt
        self.document = document
    }

    /// `local`, a URI if the entry contains `:/`, or else files.
    public var kind: Kind {
        // A spec that only resembles a URI ("qemu:/system") counts as one, so that no unusual spelling reaches virsh
        // unchecked. The comparison is by bytes: to Swift, a slash with a combining accent is another character than a
        // slash, but to virsh it is a slash.
        let bytes = Array(spec.utf8)
        let isURI = bytes.indices.contains { bytes[$0...].starts(with: ":/".utf8) }
        return spec == "local" ? .local : isURI ? .uri : .files
    }

    /// Why a policy of this origin may not name the host; nil if it may.
    func refusal(in origin: PolicyOrigin) -> HostRefusal? {
        if spec.isEmpty { return HostRefusal("an entry of 'hosts' is empty") }
        if spec.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return HostRefusal("\(quoted(spec)) contains control characters")
        }
        switch (kind, origin) {
        case (.local, _): return nil
        case (.uri, .discovered):
            return HostRefusal(
                "a policy found beside its input cannot name a libvirt URI",
                help: "a URI can run commands: pass \(quoted(spec)) with --host, or this policy with --config")
        case (.uri, _): return LibvirtURI(spec).refusal
        case (.files, .discovered): return directoryRefusal
        case (.files, _): return nil
        }
    }

    /// Why a discovered policy may not name these files: its patterns must stay inside its directory.
    private var directoryRefusal: HostRefusal? {
        let help = "pass it with --host, or this policy with --config"
        if spec.utf8.first == UInt8(ascii: "/") || spec.utf8.first == UInt8(ascii: "~") {
            return HostRefusal(
                "\(quoted(spec)) is not relative to the policy's directory: a policy found beside its input can only name files below it",
                help: help)
        }
        // In some shells a pattern such as '.*' matches '..'. Only a component that begins with a literal dot can match
        // '..'.
        let leaves = spec.unicodeScalars.split(separator: "/").contains {
            $0.first == "." && Glob(String($0)).matches("..")
        }
        return leaves
            ? HostRefusal(
                "\(quoted(spec)) can leave the policy's directory through '..': a policy found beside its input can only name "
                    + "files below it", help: help)
            : nil
    }
}
