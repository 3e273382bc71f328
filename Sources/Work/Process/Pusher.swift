import Glibc

/// Who pushes, as git tells its hooks.
package enum Pusher {
    /// The signer of a signed push (git-receive-pack(1)), or the user that a web server has authenticated (git-http-backend(1));
    /// nil if git tells neither.
    ///
    /// - Parameter variable: the value of a variable of the environment.
    package static func name(by variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }) -> String? {
        func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let status = value("GIT_PUSH_CERT_STATUS"), ["G", "U"].contains(status), let signer = value("GIT_PUSH_CERT_SIGNER") {
            return "\(signer) (signed)"
        }
        return value("REMOTE_USER")
    }
}
