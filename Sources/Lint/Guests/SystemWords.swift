import DomainXML
import LibvirtWords

/// The words of a name or a description, for a guess at the system that it names.
struct SystemWords {
    /// The words in lower case: runs of letters and digits. Only the beginning of a long text counts.
    let words: [Substring]

    init(_ text: String) {
        words = String(decoding: text.utf8.prefix(Self.mostBytes), as: UTF8.self).lowercased().split { !$0.isLetter && !$0.isNumber }
    }

    /// The words of a value of a domain; nil for nil.
    init?(_ text: DecodedText?, in domain: Domain) {
        guard let text else { return nil }
        self.init(domain.beginning(of: text, bytes: Self.mostBytes))
    }

    /// The bytes of a text that count.
    static let mostBytes = 4096

    /// A word names Windows: `windows`, `win`, `win11`, `w2k`, `winsrv`. "darwin", "twin" and "winterfell" do not.
    var nameWindows: Bool { words.contains(where: Self.namesWindows) }

    /// A word could name Windows: `windc01`, `winsql`. Only a guess, for names of guests.
    var couldNameWindows: Bool {
        nameWindows || words.contains { word in word.hasPrefix("win") && !Self.otherWords.contains { word.hasPrefix($0) } }
    }

    /// Windows is named with a version or an edition, or by nothing else: `Windows Server 2019`, `win10`. "Maintenance windows"
    /// and "for Windows clients" are not such texts.
    var stateWindows: Bool {
        words.indices.contains { index in
            let word = words[index]
            guard Self.namesWindows(word) else { return false }
            if words.count == 1 || word.contains(where: \.isNumber) { return true }
            guard index + 1 < words.count else { return false }
            let next = words[index + 1]
            return next.first?.isNumber == true || Self.versions.contains(next)
        }
    }

    /// The beginnings of English words and of names that have nothing to do with Windows.
    private static let otherWords = ["winter", "wing", "winston", "winn", "winch", "wink", "windmill", "windsor"]
    private static let versions: Set<Substring> = ["server", "xp", "vista", "nt", "pro", "professional", "enterprise", "education", "ltsc", "iot"]

    /// A word names a system that is not Windows.
    var nameAnotherSystem: Bool {
        words.contains { word in Self.otherSystems.contains { word.hasPrefix($0) } || Self.wholeWords.contains(word) }
    }

    static func namesWindows(_ word: Substring) -> Bool {
        if word.includes("windows") || word == "win" || word.hasPrefix("w2k") { return true }
        guard word.hasPrefix("win") else { return false }
        let rest = word.dropFirst(3)
        return rest.first?.isNumber == true || endings.contains { rest.hasPrefix($0) }
    }

    private static let endings = [
        "xp", "nt4", "vista", "srv", "svr", "server", "pc", "vm", "client", "desktop", "guest",
    ]

    /// The beginnings of words for other systems.
    private static let otherSystems = [
        "linux", "ubuntu", "debian", "centos", "fedora", "rhel", "redhat", "suse", "opensuse", "sles", "almalinux", "rockylinux",
        "archlinux", "alpine", "gentoo", "nixos", "freebsd", "openbsd", "netbsd", "macos", "darwin", "hackintosh", "raspbian",
    ]
    /// Words for other systems, and for programs of Linux, that begin other words too.
    private static let wholeWords: Set<Substring> = ["rocky", "alma", "arch", "kali", "mint", "osx", "wine", "bsd", "unix"]
}
