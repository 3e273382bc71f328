import DomainXML
import LibvirtWords

/// Which Windows a guest runs, as far as its definition tells: a server, or a client of some edition.
enum WindowsEdition: Equatable {
    case server
    /// The sockets are nil if Microsoft does not say how many the edition uses.
    case client(name: String, sockets: Int?)
    /// A client of an unknown edition.
    case someClient

    /// The edition of a guest that is taken for Windows; nil if it can be a server or a client.
    static func find(_ guest: Guest) -> WindowsEdition? {
        let domain = guest.domain
        var found: WindowsEdition?
        if let id = guest.osinfoID, let start = id.firstOccurrence(of: "://microsoft.com/win/")?.upperBound {
            guard clientIDs.contains(String(id[start...])) else { return .server }
            found = .someClient
        }
        let texts = [domain.title?.text, domain.descriptionText?.text, domain.templateOS]
        var editions = texts.compactMap { SystemWords($0, in: domain).flatMap { find(in: $0.words) } }
        // "win10-home" is more often a Windows at home than a Windows Home.
        if let name = domain[domain.name?.text], let edition = find(in: SystemWords(name).words) {
            editions.append(edition == home ? .someClient : edition)
        }
        for edition in editions where found == nil || found == .someClient && edition != .server { found = edition }
        return found
    }

    private static let home = client(name: "Home", sockets: 1)

    /// The clients among libosinfo's ids: the part after `http://microsoft.com/win/`.
    private static let clientIDs = ["xp", "vista", "7", "8", "8.1", "10", "11"]

    /// The edition that words name directly behind the name and version of Windows: `windows 11 pro for workstations`.
    private static func find(in words: [Substring]) -> WindowsEdition? {
        guard let index = words.firstIndex(where: { SystemWords.namesWindows($0) }) else { return nil }
        var isClient = false
        let own = words[index].drop { !$0.isNumber && $0 != "x" && $0 != "v" }
        if words[index].includes("2k") || isServer(own) || words[index].includes("srv") || words[index].includes("server") {
            return .server
        }
        if clientVersions.contains(own) { isClient = true }
        for (place, word) in words[(index + 1)...].enumerated() {
            if word == "server" || isServer(word) { return .server }
            switch word {
            case "home": return home
            case "pro", "professional":
                let isForWorkstations = words[(index + 1)...].contains { $0.hasPrefix("workstation") }
                return .client(name: isForWorkstations ? "Pro for Workstations" : "Pro", sockets: isForWorkstations ? 4 : 2)
            case "education": return .client(name: "Education", sockets: 2)
            case "enterprise": return .client(name: "Enterprise", sockets: nil)
            case _ where clientVersions.contains(word): isClient = true
            // `8.1` is two words.
            case "1" where place == 1: continue
            default: return isClient ? .someClient : nil
            }
        }
        return isClient ? .someClient : nil
    }

    private static let clientVersions: Set<Substring> = ["xp", "vista", "7", "8", "10", "11"]

    /// A year that servers have in their names: 2003 to 2025.
    private static func isServer(_ version: Substring) -> Bool {
        version.count >= 4 && version.hasPrefix("20") && version.prefix(4).allSatisfy(\.isNumber)
    }
}
