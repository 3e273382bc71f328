internal import CLibXML2

/// An element of a small XML document, as a value.
///
/// This is for capabilities, domain capabilities and CPU map files: documents of at most a few hundred kilobytes, each
/// read once. The module `DomainXML` reads domain definitions, because it keeps the place of every part.
public struct XMLElement: Sendable, Equatable {
    /// The local name. Prefix and namespace are dropped, because none of these formats uses them.
    public var name: String
    /// The attributes, in document order. An array, because elements have few of them, and a host's files many elements.
    public var attributes: [Attribute]
    /// The child elements, in document order, without text and comments.
    public var children: [XMLElement]
    /// The text directly inside the element, joined, including CDATA. White space is kept, except that libxml2 drops
    /// text that is only white space between elements.
    public var text: String
    /// The line of the start tag, counted from 1. Some versions of libxml2 stop counting at 65,535.
    public var line: Int

    /// An attribute of an element.
    public struct Attribute: Sendable, Equatable {
        /// The local name.
        public var name: String
        /// The decoded value.
        public var value: String

        /// An attribute made of the given parts.
        public init(name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    /// The decoded value of an attribute; nil when it is absent. Of several with the same local name, it is the last one's.
    public subscript(attribute: String) -> String? { attributes.last { $0.name == attribute }?.value }

    /// The first child element of this name; nil when there is none.
    public func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// All child elements of this name, in document order.
    public func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}

extension XMLElement {
    /// Reads one document and returns its root. Nothing is fetched from elsewhere, and no declared entity is replaced.
    ///
    /// - Throws: ``XMLTreeError`` when the bytes are not one well-formed document, when they contain a DOCTYPE, when
    ///   there are more than 2 GiB, more than 1,024 namespaces in scope or 65,536 different names, and when memory is
    ///   short.
    public init(parsing bytes: [UInt8]) throws(XMLTreeError) {
        guard let context = xmlNewParserCtxt() else {
            throw XMLTreeError(message: "out of memory", line: 0, column: 0)
        }
        defer { xmlFreeParserCtxt(context) }
        let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_NOCDATA.rawValue | XML_PARSE_NOBLANKS.rawValue)
        guard bytes.count < Int(Int32.max) else {
            throw XMLTreeError(message: "the document is larger than 2 GiB", line: 1, column: 1)
        }
        context.pointee.sax.pointee.startElementNs = GrowthLimits.startElement
        var refusal: XMLTreeError?
        let document = withUnsafeMutablePointer(to: &refusal) { refusal in
            context.pointee._private = UnsafeMutableRawPointer(refusal)
            return bytes.withUnsafeBytes { raw in
                xmlCtxtReadMemory(
                    context, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil, nil, options)
            }
        }
        defer { if let document { xmlFreeDoc(document) } }
        if let refusal { throw refusal }
        guard let document, let root = xmlDocGetRootElement(document) else {
            let error = xmlCtxtGetLastError(context)
            let text = error?.pointee.message.map { String(cString: $0) } ?? "not an XML document"
            let line = Int(error?.pointee.line ?? 1)
            throw XMLTreeError(
                message: String(text.prefix { $0 != "\n" }), line: max(line, 1), column: Int(error?.pointee.int2 ?? 0))
        }
        if document.pointee.intSubset != nil {
            throw XMLTreeError(message: "a DOCTYPE is not allowed", line: 1, column: 1)
        }
        self.init(node: root)
    }

    private init(node: xmlNodePtr) {
        name = String(cString: node.pointee.name)
        line = Int(xmlGetLineNo(node))
        attributes = []
        children = []
        text = ""
        var attribute = node.pointee.properties
        while let current = attribute {
            let value = xmlNodeListGetString(node.pointee.doc, current.pointee.children, 1)
            attributes.append(Attribute(name: String(cString: current.pointee.name), value: value.map { String(cString: $0) } ?? ""))
            if let value { virtcpu_xml_free(value) }
            attribute = current.pointee.next
        }
        var child = node.pointee.children
        while let current = child {
            switch current.pointee.type {
            case XML_ELEMENT_NODE: children.append(XMLElement(node: current))
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
                if let content = current.pointee.content { text += String(cString: content) }
            default: break
            }
            child = current.pointee.next
        }
    }
}
