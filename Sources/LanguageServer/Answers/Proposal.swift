import Reports

/// A word that completes what is being written (LSP 3.17, `CompletionItem`).
struct Proposal {
    /// What an editor shows beside the word.
    enum Kind: Int {
        case property = 10
        case value = 12
        case enumMember = 20
    }

    var word: String
    var kind: Kind
    var detail = ""
    var documentation = ""
    /// Words with a lower rank come first.
    var rank = 0

    func json(replacing range: JSONValue, at index: Int) -> JSONValue {
        let number = String(index)
        var item: JSONValue = [
            "label": JSONValue(word), "kind": JSONValue(kind.rawValue),
            "sortText": JSONValue("\(rank)" + String(repeating: "0", count: max(5 - number.count, 0)) + number),
            "textEdit": ["range": range, "newText": JSONValue(word)],
        ]
        if !detail.isEmpty { item.add(["detail": JSONValue(detail)]) }
        if !documentation.isEmpty { item.add(["documentation": JSONValue(documentation)]) }
        return item
    }
}
