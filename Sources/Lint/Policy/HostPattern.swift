/// Where a policy comes from, and so how far it is trusted.
public enum PolicyOrigin: Equatable, Sendable {
    /// Found beside the input, which may be a checkout of somebody else's: it may name files below its own directory
    /// and this machine, nothing else.
    case discovered
    /// Named by the user with `--config`.
    case named
    /// `/etc/virt-cpu.yaml`.
    case system
}

/// One entry of a policy's `hosts`.
public struct HostPattern: Equatable, Sendable {
    /// As it stands in the policy.
    public var spec: String
    /// Counted from 1.
    public var line: Int
    /// In characters, counted from 1.
    public var column: Int

    /// What an entry names, told from its spelling alone.
    public enum Kind: Equatable, Sendable {
        /// This machine.
        case local
        /// What `virsh -c` takes.
        case uri
        /// A path or a glob.
        case files
    }

    /// Nothing is checked: what a policy may not name, `Policy.parse` refuses.
    public init(spec: String, line: Int, column: Int) {
        self.spec = spec
        self.line = line
        self.column = column
    }

    /// Anything with `:/` in it is a URI.
    public var kind: Kind {
        // Anything that could pass for a URI is one ("qemu:/system" too), so that no odd spelling reaches virsh
        // unchecked. Bytes and not characters are compared, here and below: a slash with an accent on it is no
        // slash to Swift, but it is to everybody else.
        let bytes = Array(spec.utf8)
        let isURI = bytes.indices.contains { bytes[$0...].starts(with: ":/".utf8) }
        return spec == "local" ? .local : isURI ? .uri : .files
    }

    /// Why a policy of this origin may not name this host, or nil.
    func refusal(in origin: PolicyOrigin) -> Refusal? {
        if spec.isEmpty { return Refusal("a host is missing") }
        if spec.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return Refusal("\(quoted(spec)) has control characters")
        }
        switch (kind, origin) {
        case (.local, _): return nil
        case (.uri, .discovered):
            return Refusal(
                "a policy found beside its input cannot name a libvirt URI",
                help: "a URI can run commands: give \(quoted(spec)) with --host, or the policy with --config")
        case (.uri, _): return LibvirtURI(spec).refusal
        case (.files, .discovered): return directoryRefusal
        case (.files, _): return nil
        }
    }

    struct Refusal: Equatable {
        var message: String
        var help: String?

        init(_ message: String, help: String? = nil) {
            self.message = message
            self.help = help
        }
    }

    /// A discovered policy's patterns stay inside its directory.
    private var directoryRefusal: Refusal? {
        let help = "give it with --host, or the policy with --config"
        if spec.utf8.first == UInt8(ascii: "/") || spec.utf8.first == UInt8(ascii: "~") {
            return Refusal(
                "\(quoted(spec)) leaves the policy's directory: a policy found beside its input names files below it",
                help: help)
        }
        // A pattern such as '.*' matches '..' for some shells; a literal dot must come first for any of them.
        let leaves = spec.unicodeScalars.split(separator: "/").contains {
            $0.first == "." && Glob(String($0)).matches("..")
        }
        return leaves
            ? Refusal(
                "\(quoted(spec)) can leave the policy's directory through '..': a policy found beside its input names "
                    + "files below it", help: help)
            : nil
    }
}
