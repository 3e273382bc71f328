import Glibc

/// A script that stands in for virsh. It writes down its arguments.
package struct FakeVirsh {
    /// The directory of the script, for a PATH. It is removed when this value goes away.
    package let directory = TemporaryDirectory()

    /// - Parameter script: for /bin/sh, which finds the system's programs.
    package init(_ script: String) {
        let text = "#!/bin/sh\nPATH=/usr/bin:/bin\nprintf '%s\\n' \"$*\" >> '\(directory.path)/calls'\n\(script)\n"
        chmod(directory.write("virsh", text), 0o755)
    }

    package var program: String { "\(directory.path)/virsh" }

    /// The arguments of each call.
    package var calls: [String] { directory.text("calls").split(separator: "\n").map(String.init) }

    /// The process whose number the script has written to the file `pid`; nil while there is none.
    package var pid: pid_t? {
        access("\(directory.path)/pid", F_OK) == 0 ? pid_t(directory.text("pid").prefix { $0.isNumber }) : nil
    }
}
