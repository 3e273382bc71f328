public import LibvirtWords

/// What a policy file says: the hosts that must run the guests, what their `<cpu>` should be, and how bad it is when
/// it is not.
public struct Policy: Equatable, Sendable {
    /// Every one of them must run the guests.
    public var hosts: [HostPattern] = []
    /// What guests are rewritten to, where no entry of `guests` says otherwise.
    public var `default`: Target = .hostModelOnly
    /// What happens to Windows guests whose `<cpu>` is not the default.
    public var windows: WindowsPolicy = .keep
    /// Whether guests migrate between the hosts; nil where the policy does not say.
    public var migration: Bool?
    /// The oldest libvirt that reads these definitions; nil where the policy does not say.
    public var libvirt: LibvirtVersion?
    /// By rule id.
    public var rules: [String: RuleSetting] = [:]
    /// In the order of the file: the first that matches a guest is the guest's.
    public var guests: [GuestEntry] = []

    /// The policy of an empty file.
    public init() {}
}

/// What becomes of a Windows guest whose CPU is not what the policy's default would make of it.
public enum WindowsPolicy: String, Equatable, Sendable, CaseIterable {
    /// The CPU stays, and a finding says what it would have been.
    case keep
    /// The CPU is frozen as the host gives it today.
    case pin
    /// As any other guest.
    case rewrite
}

/// A policy's word on guests' operating systems.
public enum GuestOS: String, Equatable, Sendable, CaseIterable {
    /// `other` is anything but Windows.
    case windows, other
}

/// Settings for the guests that `match` describes.
public struct GuestEntry: Equatable, Sendable {
    /// Which guests the entry is for.
    public var match: GuestMatch
    /// What the guests are, whatever their definitions look like; nil: as the definitions say.
    public var os: GuestOS?
    /// nil: the policy's.
    public var `default`: Target?
    /// nil: the policy's.
    public var windows: WindowsPolicy?
    /// Over the policy's, rule by rule.
    public var rules: [String: RuleSetting]

    /// `os` is nil until it is set.
    public init(
        match: GuestMatch, default: Target? = nil, windows: WindowsPolicy? = nil, rules: [String: RuleSetting] = [:]
    ) {
        self.match = match
        self.default = `default`
        self.windows = windows
        self.rules = rules
    }
}

/// Which guests an entry is for. Everything that is stated must hold.
public struct GuestMatch: Equatable, Sendable {
    /// A glob for the domain's name.
    public let name: String?
    /// `windows`, or a glob for the libosinfo id in which `*` crosses slashes (`*redhat.com/rhel/9*`).
    public let os: String?
    /// A glob for the domain's type (`kvm`).
    public let type: String?
    /// A glob for the guest's architecture (`x86_64`).
    public let arch: String?
    /// A glob for the definition's path (`lab/**`), a leading `./` left out. One that ends in a slash means all that
    /// lies below.
    public let path: String?

    private let nameGlob, osGlob, typeGlob, archGlob, pathGlob: Glob?

    /// The word for `os` that means what virt-cpu takes for Windows, however it knows.
    static let windows = "windows"

    /// Any text is a pattern; nil fits every guest, one of which the fact is not known too.
    public init(
        name: String? = nil, os: String? = nil, type: String? = nil, arch: String? = nil, path: String? = nil
    ) {
        self.name = name
        self.os = os
        self.type = type
        self.arch = arch
        self.path = path
        nameGlob = name.map { Glob($0) }
        osGlob = os == Self.windows ? nil : os.map { Glob($0) }
        typeGlob = type.map { Glob($0) }
        archGlob = arch.map { Glob($0) }
        pathGlob = path.map {
            let relative = $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0
            return Glob(relative.hasSuffix("/") ? relative + "**" : relative, style: .path)
        }
    }

    /// Whether the entry is for a guest. What is not known (nil) does not match a pattern, not even `*`.
    ///
    /// - Parameters:
    ///   - isWindows: what classifying the guest has found.
    ///   - osinfoID: the id in the domain's libosinfo metadata, a URL.
    ///   - path: the definition's path, relative to the policy's directory where it lies below it.
    public func matches(
        name: String?, isWindows: Bool, osinfoID: String?, type: String?, arch: String?, path: String?
    ) -> Bool {
        func holds(_ glob: Glob?, _ text: String?) -> Bool {
            guard let glob else { return true }
            return text.map(glob.matches) ?? false
        }
        return (os != Self.windows || isWindows)
            && holds(nameGlob, name) && holds(osGlob, osinfoID) && holds(typeGlob, type)
            && holds(archGlob, arch) && holds(pathGlob, path)
    }
}
