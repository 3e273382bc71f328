internal import CLibXML2

/// An element of a small XML document, as a value.
///
/// For capabilities, domain capabilities and CPU map files: documents of a few hundred kilobytes that are read
/// once. Domain definitions are read by `DomainXML`, which keeps byte positions.
public struct XMLElement: Sendable, Equatable {
    /// Local name; prefix and namespace are dropped, since none of these formats uses them.
    public var name: String
    /// Decoded values by local name.
    public var attributes: [String: String]
    /// Elements in document order; text and comments are none.
    public var children: [XMLElement]
    /// The text directly inside the element, joined; white space is kept.
    public var text: String
    /// 1-based line of the start tag (libxml2 stops counting at 65,535 in old versions).
    public var line: Int

    /// The attribute's decoded value; nil when it is absent.
    public subscript(attribute: String) -> String? { attributes[attribute] }

    /// The first child of that name.
    public func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// All children of that name, in document order.
    public func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}

/// Why a document could not be read: what libxml2 said, and where.
public struct XMLTreeError: Error, Equatable, Sendable {
    /// The first line of what libxml2 says, without the place.
    public var message: String
    /// 1-based.
    public var line: Int
    /// 1-based; 0 when unknown.
    public var column: Int
}

extension XMLElement {
    /// Reads one document. Nothing is fetched and no entity is replaced; a DOCTYPE is refused.
    ///
    /// - Throws: `XMLTreeError` when the bytes are not one well-formed document.
    public init(parsing bytes: [UInt8]) throws(XMLTreeError) {
        guard let context = xmlNewParserCtxt() else {
            throw XMLTreeError(message: "out of memory", line: 0, column: 0)
        }
        defer { xmlFreeParserCtxt(context) }
        let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_NOCDATA.rawValue | XML_PARSE_NOBLANKS.rawValue)
        guard bytes.count < Int(Int32.max) else {
            throw XMLTreeError(message: "document over 2 GiB", line: 1, column: 1)
        }
        let document = bytes.withUnsafeBytes { raw in
            xmlCtxtReadMemory(
                context, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), nil, nil, options)
        }
        defer { if let document { xmlFreeDoc(document) } }
        guard let document, let root = xmlDocGetRootElement(document) else {
            let error = xmlCtxtGetLastError(context)
            let text = error?.pointee.message.map { String(cString: $0) } ?? "not an XML document"
            let line = Int(error?.pointee.line ?? 1)
            throw XMLTreeError(
                message: String(text.prefix { $0 != "\n" }), line: max(line, 1), column: Int(error?.pointee.int2 ?? 0))
        }
        if document.pointee.intSubset != nil {
            throw XMLTreeError(message: "a document type declaration is not accepted", line: 1, column: 1)
        }
        self.init(node: root)
    }

    private init(node: xmlNodePtr) {
        name = String(cString: node.pointee.name)
        line = Int(xmlGetLineNo(node))
        attributes = [:]
        children = []
        text = ""
        var attribute = node.pointee.properties
        while let current = attribute {
            if let value = xmlNodeListGetString(node.pointee.doc, current.pointee.children, 1) {
                attributes[String(cString: current.pointee.name)] = String(cString: value)
                virtcpu_xml_free(value)
            } else {
                attributes[String(cString: current.pointee.name)] = ""
            }
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
