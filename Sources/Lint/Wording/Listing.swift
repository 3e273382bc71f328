/// The items joined by commas, for a message. Only the first `limit` are named; the others are counted.
func listing(_ items: [String], upTo limit: Int = 12) -> String {
    let shown = items.prefix(limit).joined(separator: ", ")
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
}
