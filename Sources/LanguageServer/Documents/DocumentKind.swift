import SystemPackage
import Work

/// What a document is to the server.
enum DocumentKind {
    /// XML, which may hold domains.
    case definition
    case policy
    /// Something else, about which the server says nothing.
    case other

    /// - Parameters:
    ///   - path: nil for a document that is no file.
    ///   - language: what the editor calls it.
    ///   - policy: the policy file that the command line names.
    init(path: FilePath?, language: String, text: String, policy: String?) {
        if let path, PolicyFile.isPolicy(path) || policy.map({ FilePath($0) == path }) == true {
            self = .policy
        } else if path?.extension == "xml" || language == "xml" || text.drop(while: \.isWhitespace).first == "<" && language != "html" {
            self = .definition
        } else {
            self = .other
        }
    }
}
