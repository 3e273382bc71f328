import Lint
import SystemPackage

/// The definitions that policies include (`include:`) although their names are not `*.xml`, or lie in hidden directories.
///
/// Of the policies, only this key is read here, before there is anything to judge. What is wrong with a policy is
/// reported when its definitions are judged, or by `failures(notUsedBy:)` if there are none.
final class IncludedFiles {
    /// The patterns for the files of one directory.
    private struct Patterns {
        var list: IgnoreList
        /// The path of the directory from the policy's, with a slash at its end; empty for the policy's own.
        var prefix: [UInt8]

        /// - Parameter name: of a file in the directory.
        func include(_ name: [UInt8]) -> Bool { list.covers(file: prefix + name) }
    }

    private let settings: Settings
    private let tree: PolicyTree?
    private var places: PolicyPlaces
    private var lists: [PolicyPlaces.Place: (list: IgnoreList, directory: FilePath)] = [:]
    private var inVersion: [FilePath: Patterns?] = [:]
    /// What is wrong with policies. The files that they include are not known.
    private var failures: [(place: PolicyPlaces.Place, error: any Error)] = []

    /// - Parameter tree: the revision that policies are taken from; nil for this machine's files.
    init(_ settings: Settings, tree: PolicyTree? = nil) {
        self.settings = settings
        self.tree = tree
        places = PolicyPlaces(settings, tree: tree)
    }

    /// Tells names of included files in a directory of this machine; nil if its policy includes nothing.
    func names(in directory: FilePath) -> (([UInt8]) -> Bool)? {
        patterns(of: places.place(forDirectory: directory)) { Files.real(directory) }?.include
    }

    /// Whether a policy includes a file of a version.
    ///
    /// - Parameter path: from the top of the tree.
    func includes(_ path: [UInt8], in repository: GitRepository) -> Bool {
        let path = FilePath(bytes: path)
        guard let name = path.lastComponent, let patterns = patterns(in: path.removingLastComponent(), repository) else { return false }
        return patterns.include(FilePath(root: nil, [name]).bytes)
    }

    /// What is wrong with policies that apply to none of the inputs, so that nothing else reports it.
    func failures(notUsedBy inputs: [InputFile]) -> [any Error] {
        guard !failures.isEmpty else { return [] }
        let used = Set(inputs.map { places.place(for: $0) })
        return failures.filter { !used.contains($0.place) }.map(\.error)
    }

    /// The patterns for a directory of a version. A search of the work tree enters a hidden directory only if the policy
    /// above it includes something, so this does too.
    private func patterns(in directory: FilePath, _ repository: GitRepository) -> Patterns? {
        if let known = inVersion[directory] { return known }
        let above = directory.removingLastComponent()
        let isHidden = directory.lastComponent?.string.utf8.first == UInt8(ascii: ".")
        var found: Patterns?
        if !isHidden || patterns(in: above, repository) != nil {
            // A file of any name in the directory.
            let input = InputFile(path: directory.appending(PolicyFile.name).bytes, blob: "", in: repository)
            let place = places.place(for: input)
            found = patterns(of: place) { place.origin == .tree ? directory : repository.top?.pushing(directory) }
        }
        inVersion[directory] = .some(found)
        return found
    }

    private func patterns(of place: PolicyPlaces.Place, in directory: () -> FilePath?) -> Patterns? {
        let (list, start) = list(of: place)
        guard !list.isEmpty, var below = directory(), start.isEmpty || below.removePrefix(start) else { return nil }
        return Patterns(list: list, prefix: below.isEmpty ? [] : below.bytes + [UInt8(ascii: "/")])
    }

    private func list(of place: PolicyPlaces.Place) -> (list: IgnoreList, directory: FilePath) {
        if let known = lists[place] { return known }
        var known = (list: IgnoreList([]), directory: FilePath())
        do {
            let found = try FoundPolicy(place.file, place.origin, tree: tree)
            known.directory = found.directory
            if let policy = try found.chain?.policy(origin: found.origin) { known.list = IgnoreList(policy.include) }
        } catch {
            failures.append((place, error))
        }
        lists[place] = known
        return known
    }
}
