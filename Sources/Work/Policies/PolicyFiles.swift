import SystemPackage

/// Where a policy and the host files that it names are read from.
protocol PolicyFiles {
    /// - Parameter limit: in bytes.
    func read(_ path: FilePath, limit: Int) throws -> [UInt8]
    /// The name of a file in messages.
    func name(of path: FilePath) -> String
    /// The files that match a pattern of a policy in `directory`.
    func files(matching pattern: String, in directory: FilePath) throws -> MatchingFiles
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
