import Glibc
import SystemPackage

/// The search for a policy, or another file of its kind, from a directory upwards. It ends at the border of a file system, at the home directory and
/// at the root; these directories themselves are searched, those above them are not.
///
/// In the directory where the search starts, a policy counts whoever owns it, and so it does in the repository of that
/// directory. Directories higher up may belong to anybody (`/tmp`), so there a policy counts only if its owner is the
/// user, root, or the owner of the first directory, who could have written a policy there anyway.
struct PolicySearch {
    /// The nearest policy that counts.
    private(set) var file: FilePath?
    /// The nearer ones that do not count, because they belong to somebody else.
    private(set) var strangers: [FilePath] = []

    /// - Parameter home: the home directory; nil if there is none.
    init(_ name: String = PolicyFile.name, from directory: FilePath, home: FilePath? = Self.home) {
        guard let start = Files.real(directory), let first = Self.status(of: start) else { return }
        let owners = [geteuid(), 0, first.st_uid]
        let repository = Files.repository(of: start).flatMap { top in
            // Anybody can make /tmp a repository, so its owner is that of `.git`.
            Self.status(of: top.appending(".git")).map { owners.contains($0.st_uid) } ?? false ? top : nil
        }
        var place = start
        while true {
            let policy = place.appending(name)
            if let status = Self.status(of: policy) {
                let isBeside = place == start || repository.map { place.starts(with: $0) } ?? false
                guard !isBeside && !owners.contains(status.st_uid) else {
                    file = policy
                    return
                }
                strangers.append(policy)
            }
            guard place != home, place.removeLastComponent(), let above = Self.status(of: place),
                above.st_dev == first.st_dev
            else { return }
        }
    }

    /// Whether a search from a directory comes to another one.
    ///
    /// - Parameter place: a directory without links.
    static func visits(_ place: FilePath, from directory: FilePath, home: FilePath? = Self.home) -> Bool {
        guard let start = Files.real(directory), let first = status(of: start) else { return false }
        var current = start
        while current != place {
            guard current != home, current.removeLastComponent(), let above = status(of: current), above.st_dev == first.st_dev else {
                return false
            }
        }
        return true
    }

    /// `$HOME`, with links resolved.
    static var home: FilePath? {
        getenv("HOME").flatMap { $0.pointee == 0 ? nil : Files.real(FilePath(platformString: $0)) }
    }

    /// A link that leads nowhere counts as a file, so that it is reported and not passed over.
    private static func status(of path: FilePath) -> stat? {
        var status = stat()
        return path.withPlatformString { stat($0, &status) == 0 || lstat($0, &status) == 0 } ? status : nil
    }
}
