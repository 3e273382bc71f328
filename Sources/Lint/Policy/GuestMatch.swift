/// The conditions of an entry of `guests`. The entry is for the guests that meet all of them.
public struct GuestMatch: Equatable, Sendable {
    /// A glob for the domain's name.
    public let name: String?
    /// `windows`, or a glob for the libosinfo id in which `*` crosses slashes (`*redhat.com/rhel/9*`).
    public let os: String?
    /// A glob for the domain's type (`kvm`).
    public let type: String?
    /// A glob for the guest's architecture (`x86_64`).
    public let arch: String?
    /// A glob for the definition's path (`lab/**`). A leading `./` is ignored, and a pattern that ends in a slash
    /// matches everything below that directory.
    public let path: String?

    private let nameGlob, osGlob, typeGlob, archGlob, pathGlob: Glob?

    /// The word for `os` that matches the guests that virt-cpu recognises as Windows, by whatever evidence.
    static let windows = "windows"

    /// Every text is a valid pattern. Nil matches every guest, even one whose value is unknown.
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
        pathGlob = Self.pathPattern(path).map { Glob($0, style: .path) }
    }

    /// The whole pattern that `path` stands for.
    var pathPattern: String? { Self.pathPattern(path) }

    private static func pathPattern(_ path: String?) -> String? {
        path.map {
            let relative = $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0
            return relative.hasSuffix("/") ? relative + "**" : relative
        }
    }

    /// Whether the entry is for a guest. An unknown value (nil) matches no pattern, not even `*`.
    ///
    /// - Parameters:
    ///   - name: the domain's name.
    ///   - isWindows: whether the guest is recognised as Windows.
    ///   - osinfoID: the id in the domain's libosinfo metadata, a URL.
    ///   - type: the domain's type.
    ///   - arch: libvirt's name of the guest's architecture.
    ///   - path: the definition's path; if it is below the policy's directory, relative to that.
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
