internal import CLibXML2

/// A name in a libxml2 parser's dictionary. Two equal names are the same pointer, so comparing names is comparing
/// pointers.
typealias InternedName = UnsafePointer<xmlChar>
