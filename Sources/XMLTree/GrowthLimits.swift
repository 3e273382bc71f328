internal import CLibXML2

/// Limits of what makes libxml2 slow: it searches all namespaces in scope for each prefix, and keeps all names in a hash
/// table that stops growing. No document that this module is for comes near them.
enum GrowthLimits {
    private static let namespaces = 1024
    private static let names = 65_536

    /// Adds an element to libxml2's tree, or stops the parser and leaves the reason where `_private` points.
    static let startElement: startElementNsSAX2Func = {
        context, name, prefix, uri, namespaceCount, namespaces, attributeCount, defaultedCount, attributes in
        let parser = context!.assumingMemoryBound(to: xmlParserCtxt.self)
        if let message = excess(in: parser) {
            let input = parser.pointee.input.pointee
            parser.pointee._private.assumingMemoryBound(to: XMLTreeError?.self).pointee =
                XMLTreeError(message: message, line: Int(input.line), column: Int(input.col))
            xmlStopParser(parser)
            return
        }
        xmlSAX2StartElementNs(
            context, name, prefix, uri, namespaceCount, namespaces, attributeCount, defaultedCount, attributes)
    }

    private static func excess(in parser: xmlParserCtxtPtr) -> String? {
        // Before libxml2 2.12, `nsNr` counted two for each namespace.
        if Int(parser.pointee.nsNr) / (LIBXML_VERSION < 21200 ? 2 : 1) > namespaces {
            return "more than \(namespaces) namespaces in scope"
        }
        return xmlDictSize(parser.pointee.dict) > names
            ? "more than \(names) different names of elements and attributes in one document" : nil
    }
}
