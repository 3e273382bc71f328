import LibvirtWords
import Lint
import Reports

/// The words that can stand at a place (LSP 3.17, `textDocument/completion`).
struct Completion {
    /// The characters behind which an editor asks by itself.
    static let triggers = ["<", "'", "\"", ">", " ", ":", "{", "["]

    let names: NameDescription

    func answer(at offset: Int, in document: OpenDocument) -> JSONValue {
        var proposals: [Proposal] = []
        var word = offset..<offset
        switch document.kind {
        case .definition:
            let place = XMLPlace(at: offset, in: document.text.bytes)
            (proposals, word) = (definition(place), place.word)
        case .policy:
            if let place = PolicyPlace(at: offset, in: document.text) { (proposals, word) = (policy(place), place.word) }
        case .other: break
        }
        let range = document.text.json(word)
        return .array(proposals.enumerated().map { $1.json(replacing: range, at: $0) })
    }

    // MARK: Definitions

    private func definition(_ place: XMLPlace) -> [Proposal] {
        let isCPU = XMLPlace.isCPU(place.path + ["cpu"])
        switch place.kind {
        case .text where place.path.last == "model" && XMLPlace.isCPU(place.path.dropLast()): return models
        case .text where place.path.last == "vendor" && XMLPlace.isCPU(place.path.dropLast()):
            return names.vendors.map { Proposal(word: $0, kind: .value) }
        case .value("feature", "name") where place.isInCPU: return features
        case .value(let element, let attribute) where element == "cpu" && isCPU || place.isInCPU:
            return Self.proposals(WordMeaning.values(of: attribute, in: element))
        case .attribute(let element, let present) where element == "cpu" && isCPU || place.isInCPU:
            return (Self.attributes[element] ?? []).filter { !present.contains($0) }.map { Proposal(word: $0, kind: .property) }
        case .element where place.isInCPU: return Self.elements.map { Proposal(word: $0, kind: .property) }
        case .element where ["domain", "inactiveDomain"].contains(place.path.last): return [Proposal(word: "cpu", kind: .property)]
        default: return []
        }
    }

    /// The attributes and children of `<cpu>` (libvirt, docs/formatdomain.rst, "CPU model and topology").
    private static let attributes = [
        "cpu": ["mode", "match", "check", "migratable", "deprecated_features"], "model": ["fallback", "vendor_id"], "feature": ["policy", "name"],
        "topology": ["sockets", "dies", "clusters", "cores", "threads"], "cache": ["level", "mode"], "maxphysaddr": ["mode", "bits", "limit"],
    ]
    private static let elements = ["model", "vendor", "topology", "feature", "cache", "maxphysaddr", "numa"]

    private static func proposals(_ words: [(word: String, meaning: String)]) -> [Proposal] {
        words.map { Proposal(word: $0.word, kind: .enumMember, documentation: $0.meaning) }
    }

    /// Models that all hosts start come first.
    private var models: [Proposal] {
        names.models.map { model in
            let starts = names.allStart(model.name)
            let note = starts == true ? "all hosts start it" : starts == false ? "not every host starts it" : ""
            return Proposal(
                word: model.name, kind: .value, detail: [model.detail, note].filter { !$0.isEmpty }.joined(separator: "; "),
                rank: starts == false ? 1 : 0)
        }
    }

    private var features: [Proposal] { names.features.map { Proposal(word: $0.name, kind: .value, detail: $0.detail) } }

    // MARK: Policies

    private func policy(_ place: PolicyPlace) -> [Proposal] {
        switch place.role {
        case .key: keys(in: place.path)
        case .value: values(of: place.path)
        case .either: keys(in: place.path) + (place.path.isEmpty ? [] : values(of: place.path))
        }
    }

    private func keys(in path: [String]) -> [Proposal] {
        func keys(_ words: [String]) -> [Proposal] { words.map { Proposal(word: $0, kind: .property) } }
        switch path.last {
        case nil: return keys(PolicyKeys.policy)
        case "guests"?: return keys(PolicyKeys.guest)
        case "match"?: return keys(PolicyKeys.match)
        case "hosts"? where path.count == 1: return keys(PolicyKeys.host)
        case "default"?: return keys(PolicyKeys.target)
        case "features"?: return features
        case "rules"?:
            return Rule.all.map { Proposal(word: $0.id, kind: .property, detail: $0.severity.rawValue, documentation: $0.summary) }
                + RuleTag.allCases.map { Proposal(word: "tag:\($0.rawValue)", kind: .property, documentation: $0.meaning) }
        default: return []
        }
    }

    private func values(of path: [String]) -> [Proposal] {
        func words(_ words: [String]) -> [Proposal] { words.map { Proposal(word: $0, kind: .enumMember) } }
        switch path.last {
        case "default"?:
            return Target.keywords.map { Proposal(word: $0, kind: .enumMember, documentation: WordMeaning.meaning(ofTarget: $0) ?? "") } + models
        case "model"?: return models
        case "features"?: return features
        case "vendor"?: return words(names.vendors)
        case "fallback"?: return Self.proposals(WordMeaning.fallbacks)
        case "profile"?: return words(Profile.allCases.map(\.rawValue))
        case "windows"?: return words(WindowsPolicy.allCases.map(\.rawValue))
        case "os"?: return words(path.dropLast().last == "match" ? ["windows"] : GuestOS.allCases.map(\.rawValue))
        case "migration"?: return words(["true", "false"])
        case "libvirt"?, "hosts"?, "clusters"?, nil: return []
        default:
            switch path.dropLast().last {
            case "rules"?: return words(RuleSetting.words)
            case "features"?: return Self.proposals(WordMeaning.featurePolicies)
            default: return []
            }
        }
    }
}
