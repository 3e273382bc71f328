import LibvirtWords
import Lint
import Reports
import SystemPackage

/// A policy file and those that it extends: the file itself first, then what it extends, then what that extends.
struct PolicyChain {
    private(set) var documents: [PolicyDocument] = []
    /// The file of each document.
    private(set) var files: [FilePath] = []

    /// The most files that a policy and those that it extends may be.
    private static let mostFiles = 8

    /// - Parameters:
    ///   - source: where the files are read from.
    ///   - content: what the first file is taken to hold; nil to read it.
    /// - Throws: `IOFailure` where the policy itself cannot be read; `PolicyError` with the place of an `extends` that
    ///   cannot be followed; what is wrong with a file as YAML.
    init(_ file: FilePath, from source: any PolicyFiles, content: [UInt8]? = nil) throws {
        let bytes = try content ?? source.read(file, limit: PolicyFile.sizeLimit)
        try add(PolicyDocument(bytes, file: source.name(of: file)), file)
        while let reference = documents.last!.extends {
            func wrong(_ message: String, help: String? = nil) -> PolicyError {
                PolicyError(
                    file: documents.last!.file, line: reference.line, column: reference.column, message: message, help: help)
            }
            let next: FilePath
            switch source.file(extendedBy: reference.word, in: directory(of: files.count - 1)) {
            case .file(let file): next = file
            case .missing: throw wrong("\(printable(reference.word)): no such file")
            case .refused(let message, let help): throw wrong(message, help: help)
            }
            let name = source.name(of: next)
            if files.contains(where: { $0 == next || source.isSame($0, next) }) {
                let names = (documents.map(\.file) + [name]).map { printable($0) }
                throw wrong("policies extend each other: \(names.joined(separator: " extends "))")
            }
            guard files.count < Self.mostFiles else {
                throw wrong("more than \(Self.mostFiles) policies extend each other")
            }
            let bytes: [UInt8]
            do {
                bytes = try source.read(next, limit: PolicyFile.sizeLimit)
            } catch {
                throw wrong("cannot read \(printable(reference.word)): \(shown(error).replacingEach("virt-cpu: error: ", with: ""))")
            }
            try add(PolicyDocument(bytes, file: name), next)
        }
    }

    /// The files that decide what a policy says, also where it is broken: as far as `extends` can be followed, and the file
    /// that is missing.
    static func filesDeciding(_ file: FilePath, from source: any PolicyFiles) -> [FilePath] {
        var files = [file]
        while files.count <= mostFiles, let file = files.last, let bytes = try? source.read(file, limit: PolicyFile.sizeLimit),
            let reference = (try? PolicyDocument(bytes, file: source.name(of: file)))?.extends
        {
            let directory = file.removingLastComponent()
            switch source.file(extendedBy: reference.word, in: directory) {
            case .file(let next) where !files.contains(next): files.append(next)
            case .missing: return files + [directory.pushing(FilePath(reference.word))]
            default: return files
            }
        }
        return files
    }

    private mutating func add(_ document: PolicyDocument, _ file: FilePath) {
        documents.append(document)
        files.append(file)
    }

    /// The directory from which a document's paths start.
    func directory(of document: Int) -> FilePath { files[document].removingLastComponent() }

    /// The policy that the files make.
    func policy(origin: PolicyOrigin, names: TargetNames? = nil) throws(PolicyError) -> Policy {
        try Policy.parse(documents, origin: origin, knownRules: Rule.ids, names: names)
    }
}
