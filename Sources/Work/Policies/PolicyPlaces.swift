import SystemPackage

/// Finds the policy file for an input, and keeps its place for the next input of the same directory.
struct PolicyPlaces {
    /// Where a policy lies, and how it was found.
    struct Place: Hashable {
        /// nil for no policy.
        var file: FilePath?
        var origin: FoundPolicy.Place
    }

    private let settings: Settings
    private let tree: PolicyTree?
    /// The first directory, which is often the only one: the type of a dictionary alone takes a tenth of a start.
    private var first: (directory: FilePath?, place: Place)?
    private var byDirectory: [FilePath?: Place] = [:]
    /// Policies that were passed over, because they belong to somebody else and lie above the input's repository.
    private(set) var strangers: Set<FilePath> = []

    /// - Parameter tree: look for policies in it and not on this machine.
    init(_ settings: Settings, tree: PolicyTree?) {
        self.settings = settings
        self.tree = tree
    }

    mutating func place(for input: InputFile) -> Place {
        guard let tree, !settings.ignoresPolicies, settings.policyFile == nil else {
            return place(forDirectory: input.directory)
        }
        return tree.policy(for: input).map { Place(file: $0, origin: .tree) } ?? Self.system
    }

    /// The place for inputs in a directory of this machine; nil for content that has no place on it.
    mutating func place(forDirectory directory: FilePath?) -> Place {
        guard let first else {
            let place = find(from: directory)
            first = (directory, place)
            return place
        }
        if first.directory == directory { return first.place }
        if let known = byDirectory[directory] { return known }
        let place = find(from: directory)
        byDirectory[directory] = place
        return place
    }

    private mutating func find(from directory: FilePath?) -> Place {
        if settings.ignoresPolicies { return Place(file: nil, origin: .none) }
        if let file = settings.policyFile { return Place(file: FilePath(file), origin: .named) }
        guard let directory else { return Self.system }
        let file = discover(from: directory) ?? (directory == "." ? nil : discover(from: "."))
        return file.map { Place(file: $0, origin: .discovered) } ?? Self.system
    }

    private mutating func discover(from directory: FilePath) -> FilePath? {
        let search = PolicySearch(from: directory)
        strangers.formUnion(search.strangers)
        return search.file
    }

    private static var system: Place {
        Files.exists(PolicyFile.system) ? Place(file: PolicyFile.system, origin: .system) : Place(file: nil, origin: .none)
    }
}
