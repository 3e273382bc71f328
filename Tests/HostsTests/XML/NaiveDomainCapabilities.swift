/// Another reader of domain capabilities, which relies on libvirt printing one element per line.
struct NaiveDomainCapabilities {
    var texts: [String: String] = [:]
    var models: [(attributes: [String: String], name: String)] = []
    var blockers: [String: [String]] = [:]
    var hostModel: (attributes: [String: String], name: String)?
    var hostModelVendor: String?
    var hostModelFeatures: [String] = []
    var modes: [String: String] = [:]

    init(_ text: String) {
        var mode = "", blocked = ""
        for line in text.split(separator: "\n") {
            let attributes = Self.attributes(line)
            let content = line.split(separator: ">").dropFirst().first?.split(separator: "<").first.map(String.init)
            let tag = line.split(separator: " ").first.map { $0.prefix { $0 != ">" && $0 != "/" } + "" } ?? ""
            switch tag {
            case "<path", "<domain", "<machine", "<arch": texts[String(tag.dropFirst())] = content
            case "<mode":
                mode = attributes["name"] ?? ""
                modes[mode] = attributes["supported"]
            case "<model" where mode == "custom": models.append((attributes, content ?? ""))
            case "<model" where mode == "host-model": hostModel = (attributes, content ?? "")
            case "<vendor" where mode == "host-model": hostModelVendor = content
            case "<blockers": blocked = attributes["model"] ?? ""
            case "<feature" where mode == "host-model":
                hostModelFeatures.append("\(attributes["policy"] ?? "") \(attributes["name"] ?? "")")
            case "<feature" where mode == "custom": blockers[blocked, default: []].append(attributes["name"] ?? "")
            case "<" where line.contains("</cpu>"): return
            default: continue
            }
        }
    }

    private static func attributes(_ line: Substring) -> [String: String] {
        var found: [String: String] = [:]
        let parts = line.split(separator: "'", omittingEmptySubsequences: false)
        for index in stride(from: 1, to: parts.count, by: 2) {
            let name = parts[index - 1].split(separator: " ").last?.dropLast() ?? ""
            found[String(name)] = String(parts[index])
        }
        return found
    }
}
