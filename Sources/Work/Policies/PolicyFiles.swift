import SystemPackage

/// Where a policy, those that it extends, and the host files that they name are read from.
protocol PolicyFiles {
    /// - Parameter limit: in bytes.
    func read(_ path: FilePath, limit: Int) throws -> [UInt8]
    /// The name of a file in messages.
    func name(of path: FilePath) -> String
    /// The files that match a pattern of a policy in `directory`.
    func files(matching pattern: String, in directory: FilePath) throws -> MatchingFiles
    /// Whether two paths lead to one file.
    func isSame(_ file: FilePath, _ other: FilePath) -> Bool
    /// The file that a policy in `directory` extends.
    func file(extendedBy word: String, in directory: FilePath) -> ExtendedFile
}

/// The file that a policy extends.
enum ExtendedFile {
    case file(FilePath)
    case missing
    /// The policy must not extend the file. The text says why and what to do.
    case refused(message: String, help: String?)
}

/// The files that match a pattern.
enum MatchingFiles {
    /// In byte order; empty where nothing matches.
    case files([FilePath])
    /// The pattern leads to a place that the policy must not read.
    case outside
    /// The pattern leads to a symbolic link, which is not followed here; its name in messages.
    case link(String)
}
