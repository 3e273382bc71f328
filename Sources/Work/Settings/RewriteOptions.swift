import LibvirtWords
import Lint

extension Settings {
    /// The options that decide what a guest is rewritten to, each with its value, as a shell takes them.
    var rewriteOptions: [String] {
        var options: [String] = []
        if let policyFile { options.append("--config \(shellWord(policyFile))") }
        if ignoresPolicies { options.append("--no-config") }
        if let target = overrides.target { options.append("--default \(shellWord(target.description))") }
        if let windows { options.append("--windows \(windows.rawValue)") }
        if judgesNewGuests { options.append("--new-guest") }
        if let libvirt { options.append("--libvirt \(libvirt)") }
        options += hosts.count > Self.mostHosts ? ["--host HOST…"] : hosts.map { "--host \(shellWord($0))" }
        return options
    }

    /// More hosts are not repeated: nobody would find the advice among them.
    private static let mostHosts = 4

    /// A word as a shell takes it: in quotation marks if it has a character that means something there.
    private func shellWord(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789_-+=./:,@%".unicodeScalars.contains($0) }
        return isPlain ? word : "'" + word.replacingEach("'", with: "'\\''") + "'"
    }
}
