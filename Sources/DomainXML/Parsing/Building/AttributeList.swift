internal import CLibXML2

/// The attributes that libxml2 hands to `startElementNs`: five pointers for each attribute (local name, prefix, URI,
/// value, end of the value).
struct AttributeList {
    /// The number of attributes.
    var count: Int
    var values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
}
