// Limits of what is read, so that a hostile input cannot make libxml2 need quadratic time or unbounded memory. No real
// definition reaches a hundredth of any of them, except the depth.

/// The maximum depth of nested elements: libxml2's limit when it builds a tree, as it does for libvirt. libxml2 does
/// not check it in a SAX parser.
let maximumDepth = 257
/// The maximum number of features, comments and other parts of one domain, each of which is kept in memory.
let maximumParts = 65_536
/// The maximum number of domains in a document that is held as a whole. libvirt's own have one or two.
let maximumDomains = 16
/// The maximum number of attributes of an element and of namespaces in scope: libxml2 compares each with each.
let maximumAttributes = 1024
/// The maximum number of different names in one document: libxml2 keeps all of them, in a hash table that stops growing
/// and then becomes slow.
let maximumNames = 65_536
/// The maximum length of a document type in bytes: libxml2 compares each declared element with each of its contents.
let maximumDocumentType = 64 << 10
/// The maximum length of a start tag in bytes, checked while the tag is unfinished.
let maximumStartTag = 512 << 10
/// The maximum length of a value that is written as text (`<name>`, `<model>`), in bytes: values are compared with names and
/// patterns, and copied. A title and a description may be longer.
let maximumValue = 64 << 10
