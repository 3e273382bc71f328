import Glibc
import TestSupport
import Testing

/// A script that stands in for virsh. It writes down its arguments.
struct FakeVirsh {
    let directory: String
    var program: String { "\(directory)/virsh" }

    init(_ script: String) throws {
        var template = Array("/tmp/virt-cpu-virsh-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&template)))
        let text = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \(directory)/calls\n\(script)\n"
        let file = try #require(fopen(program, "w"))
        fputs(text, file)
        fclose(file)
        chmod(program, 0o755)
    }

    /// The arguments of each call.
    var calls: [String] {
        String(decoding: Corpus.read("\(directory)/calls"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The process whose number the script has written to the file `pid`; nil while there is none.
    var pid: pid_t? {
        guard access("\(directory)/pid", F_OK) == 0 else { return nil }
        return pid_t(String(decoding: Corpus.read("\(directory)/pid"), as: UTF8.self).prefix { $0.isNumber })
    }

    func remove() {
        for name in ["virsh", "calls", "pid", "domcapabilities.xml"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }
}
