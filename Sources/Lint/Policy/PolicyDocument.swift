/// One policy file as YAML. With the files that it extends, it makes a `Policy`.
public struct PolicyDocument: Sendable {
    let root: YAMLNode
    private let bytes: [UInt8]
    /// The path of the file, for errors only.
    public let file: String
    /// What comments of `PolicyListing` call the file.
    public var label: String

    /// - Parameters:
    ///   - bytes: the content of the file, in UTF-8.
    ///   - file: the path of the file, for errors only.
    /// - Throws: what is wrong with the file as YAML.
    public init(_ bytes: [UInt8], file: String) throws(PolicyError) {
        root = try YAMLNode.parse(bytes, file: file)
        self.bytes = bytes
        self.file = file
        label = file
    }

    /// The file that this one extends; nil if there is none. Another value than a word is an error that `Policy.parse`
    /// reports.
    public var extends: PolicyReference? {
        guard let node = root.value(of: "extends"), case .scalar(let word, _) = node.value, !node.isNull, !word.isEmpty
        else { return nil }
        return PolicyReference(word: word, line: node.line, column: node.column)
    }

    /// The documents, and behind them the built-in one of the profile that the first of them states.
    ///
    /// - Parameter knownRules: settings of other rules are left out of the profile.
    static func withProfile(
        _ documents: [PolicyDocument], knownRules: [String]
    ) throws(PolicyError) -> [PolicyDocument] {
        guard let stating = documents.first(where: { $0.root.value(of: "profile") != nil }), let node = stating.root.value(of: "profile"),
            case .scalar(let word, _) = node.value, let profile = Profile(rawValue: word)
        else { return documents }
        var document = try PolicyDocument(Array(profile.text.utf8), file: "profile: \(word)")
        if case .mapping(let pairs) = document.root.value {
            let known = pairs.map { pair -> YAMLNode.Pair in
                guard pair.name == "rules", case .mapping(let rules) = pair.value.value else { return pair }
                var pair = pair
                pair.value.value = .mapping(rules.filter { (try? RuleSelector($0.name, knownRules: knownRules)) != nil })
                return pair
            }
            document = PolicyDocument(root: YAMLNode(value: .mapping(known), line: 1, column: 1), file: document.file)
        }
        document.label = "profile: \(word), \(stating.label):\(node.line)"
        return documents + [document]
    }

    /// The text of a line, counted from 1, without its line ending; empty for a line that is not there.
    func line(_ number: Int) -> String {
        let lines = bytes.split(separator: 0x0a, maxSplits: number, omittingEmptySubsequences: false)
        guard number <= lines.count else { return "" }
        let line = lines[number - 1]
        return String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
    }

    private init(root: YAMLNode, file: String) {
        bytes = []
        self.root = root
        self.file = file
        label = file
    }
}
