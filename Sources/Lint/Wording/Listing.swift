/// The items joined by commas or another separator, for a message. Only the first `limit` are named; the others are counted.
package func listing(_ items: [String], upTo limit: Int = 12, separator: String = ", ") -> String {
    guard var shown = items.first else { return "" }
    for item in items[..<min(limit, items.count)].dropFirst() {
        shown += separator
        shown += item
    }
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
}
