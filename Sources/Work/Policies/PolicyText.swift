import Lint
import Reports
import SystemPackage

extension PolicyLookup {
    /// The policy for an input, as a policy file that says where each value comes from.
    mutating func listing(for input: InputFile) throws -> String {
        let place = place(for: input)
        let found = try FoundPolicy(place.file, place.origin, tree: tree)
        let hosts = try found.read(settings, commandLineHosts, knowledge).hosts
        var listing = try PolicyListing(found.labelled, overrides: overrides)
        if !settings.hosts.isEmpty {
            listing.hosts = settings.hosts.map { Self.hostSpec($0, from: ".", below: found.directory, isInTree: false) }
        }
        listing.libvirt = settings.libvirt
        listing.migrates = hosts.count > 1
        listing.path = { pattern in
            guard pattern.document > 0, pattern.document < found.labelled.count, let chain = found.chain else {
                return pattern.spec
            }
            return Self.hostSpec(
                pattern.spec, from: chain.directory(of: pattern.document), below: chain.directory(of: 0),
                isInTree: found.place == .tree)
        }
        let name = found.name.map { "that of \($0)" } ?? "virt-cpu's own, because no policy file was found"
        return "# The policy for \(printable(input.name)): \(printable(name)).\n" + listing.text
    }

    /// An entry of `hosts` that is stated in one directory, as a policy in another directory states it.
    private static func hostSpec(
        _ spec: String, from directory: FilePath, below start: FilePath, isInTree: Bool
    ) -> String {
        guard HostPattern(spec: spec, line: 0, column: 0).kind == .files, !FilePath(spec).isAbsolute else { return spec }
        return path(to: spec, in: directory, from: start, isInTree: isInTree) ?? spec
    }

    /// The path from one directory to a file or pattern in another; nil where one of the directories does not exist.
    static func path(to file: String, in directory: FilePath, from start: FilePath, isInTree: Bool) -> String? {
        func whole(_ path: FilePath) -> FilePath? { isInTree ? path : Files.real(path.isEmpty ? "." : path) }
        guard let place = whole(directory), let first = whole(start) else { return nil }
        let to = Array(place.pushing(FilePath(file)).lexicallyNormalized().components), from = Array(first.components)
        let common = zip(to, from).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: from.count - common) + to.dropFirst(common).map(\.string)).joined(separator: "/")
    }
}

extension FoundPolicy {
    /// The documents with the names by which the listing calls them.
    fileprivate var labelled: [PolicyDocument] {
        guard let chain else { return [] }
        return chain.documents.enumerated().map { index, document in
            var document = document
            if index == 0 {
                document.label = printable(name ?? document.file)
            } else {
                let file = chain.files[index].lastComponent?.string ?? ""
                let path = PolicyLookup.path(
                    to: file, in: chain.directory(of: index), from: chain.directory(of: 0), isInTree: place == .tree)
                document.label = "extends: " + printable(path ?? document.file)
            }
            return document
        }
    }
}
