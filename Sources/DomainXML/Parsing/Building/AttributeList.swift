internal import CLibXML2

/// The attributes that libxml2 hands to `startElementNs`: five pointers for each attribute (local name, prefix, URI,
/// value, end of the value).
struct AttributeList {
    /// The number of attributes.
    var count: Int
    var values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?

    /// Whether an attribute without a prefix has a value that is not empty.
    func hasUnprefixedValue(_ name: InternedName) -> Bool {
        guard let values else { return false }
        return (0..<count).contains { index in
            values[5 * index] == name && values[5 * index + 1] == nil && values[5 * index + 3] != values[5 * index + 4]
        }
    }
}
