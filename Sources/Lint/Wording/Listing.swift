/// The items joined by commas or another separator, for a message. Only the first `limit` are named; the others are counted.
package func listing(_ items: [String], upTo limit: Int = 12, separator: String = ", ") -> String {
    let shown = items.prefix(limit).joined(separator: separator)
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
}
