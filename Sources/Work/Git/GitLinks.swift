import Reports
import SystemPackage

/// The symbolic links of one version whose names are those of definitions, and what they lead to in that version. A clone
/// follows such a link, so that libvirt is given the definition behind it.
struct GitLinks {
    /// What a link leads to.
    enum Target: Equatable {
        /// A regular file of the version, by the id of its content.
        case file(String)
        /// A directory, or nothing: a clone has no definition there.
        case nothing
        /// A place whose content the version does not determine. The id is the link's own.
        case refused(link: String, Refusal)
    }

    /// Why it cannot be told which file a link leads to.
    enum Refusal: Error {
        case leadsOut
        /// The target contains a NUL byte, at which Linux ends it. Whether git creates such a link depends on git's version.
        case hasNUL
        /// More bytes than Linux allows, but perhaps with a NUL byte before.
        case isTooLong

        /// What is wrong with the link, and what to do.
        var text: String {
            switch self {
            case .leadsOut:
                "the symbolic link leads out of the repository's files: put the definition in its place, or exclude it in the policy"
            case .hasNUL: "the target of the symbolic link contains a NUL byte: create the link again"
            case .isTooLong: "the target of the symbolic link has more bytes than Linux allows: create the link again"
            }
        }
    }

    /// The links, by their paths from the top of the tree.
    let targets: [[UInt8]: Target]

    /// What the links lead to, each by the link's path.
    var files: [GitRepository.Entry] {
        targets.compactMap { path, target in
            if case .file(let id) = target { GitRepository.Entry(path: path, id: id) } else { nil }
        }
    }

    static let none = GitLinks(targets: [:])

    private init(targets: [[UInt8]: Target]) { self.targets = targets }

    /// - Parameters:
    ///   - tree: nil for the index.
    ///   - isWanted: whether a path is a definition's.
    /// - Throws: `IOFailure` where git fails.
    init(of tree: String?, in repository: GitRepository, where isWanted: ([UInt8]) -> Bool) throws {
        let records = try repository.records(of: tree)
        let version = Version(records)
        let wanted = version.links.filter { isWanted($0.key) }
        var targets: [[UInt8]: Target] = [:]
        if !wanted.isEmpty {
            let resolution = Resolution(version: version, files: Version.files(records), objects: try GitObjects())
            for (path, id) in wanted {
                do throws(Refusal) { targets[path] = try resolution.target(of: path) } catch { targets[path] = .refused(link: id, error) }
            }
        }
        self.init(targets: targets)
    }

    /// The ids of the links and submodules of a version, by their paths.
    private struct Version {
        var links: [[UInt8]: String] = [:]
        var submodules: Set<[UInt8]> = []

        init(_ records: [GitRepository.Record]) {
            for record in records where !record.isRegular {
                if record.isLink { links[record.path] = record.id } else { submodules.insert(record.path) }
            }
        }

        static func files(_ records: [GitRepository.Record]) -> [[UInt8]: String] {
            Dictionary(records.lazy.filter(\.isRegular).map { ($0.path, $0.id) }) { first, _ in first }
        }
    }

    private struct Resolution {
        let version: Version
        let files: [[UInt8]: String]
        let objects: GitObjects

        /// The most links that Linux follows for one path.
        private static let mostLinks = 40
        /// The longest path that Linux follows: PATH_MAX, without the NUL that ends it.
        private static let longest = 4095

        func target(of link: [UInt8]) throws(Refusal) -> Target {
            let slash = UInt8(ascii: "/")
            // The components that are still to be walked, the next one last, and the place that is reached.
            var ahead = link.split(separator: slash).map(Array.init).reversed() as [[UInt8]]
            var place: [[UInt8]] = []
            var followed = 0
            while let component = ahead.popLast() {
                if component.elementsEqual(".".utf8) { continue }
                if component.elementsEqual("..".utf8) {
                    if place.popLast() == nil { throw .leadsOut }
                    continue
                }
                place.append(component)
                let path = Array(place.joined(separator: [slash]))
                // A clone has files there that are no part of the version.
                if component.map({ $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }).elementsEqual(".git".utf8) || version.submodules.contains(path) { throw .leadsOut }
                guard let id = version.links[path] else { continue }
                followed += 1
                guard followed <= Self.mostLinks else { return .nothing }
                guard let target = try? objects.content(of: id, limit: Self.longest) else { throw .isTooLong }
                if target.contains(0) { throw .hasNUL }
                if target.first == slash { throw .leadsOut }
                place.removeLast()
                ahead += target.split(separator: slash).map(Array.init).reversed()
            }
            return files[Array(place.joined(separator: [slash]))].map { .file($0) } ?? .nothing
        }
    }
}

extension GitLinks {
    /// Adds what links make of the differences between two versions: a link counts as the file that it leads to, on either
    /// side. So a link is changed if its target is.
    ///
    /// - Returns: the changes, and the new side's links that are refused and were not before.
    static func changes(
        _ changes: [GitRepository.Change], from old: GitLinks, to new: GitLinks
    ) -> (changes: [GitRepository.Change], refused: [(path: [UInt8], why: Refusal)]) {
        let paths = Set(old.targets.keys).union(new.targets.keys)
        guard !paths.isEmpty else { return (changes, []) }
        let known = Dictionary(changes.map { ($0.path, $0) }) { first, _ in first }
        var result = changes.filter { !paths.contains($0.path) }
        var refused: [(path: [UInt8], why: Refusal)] = []
        func file(_ target: Target?) -> String? { if case .file(let id) = target { id } else { nil } }
        for path in paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let before = old.targets[path], after = new.targets[path]
            if before == after { continue }
            if case .refused(_, let why) = after { refused.append((path, why)) }
            let change = GitRepository.Change(
                path: path, old: file(before) ?? known[path]?.old, new: file(after) ?? known[path]?.new)
            if change.old != nil || change.new != nil { result.append(change) }
        }
        result.sort { $0.path.lexicographicallyPrecedes($1.path) }
        return (result, refused)
    }
}
