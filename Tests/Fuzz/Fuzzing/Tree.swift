internal import CLibXML2

/// A document as libxml2's own tree has it: the other opinion on what virt-cpu reads with the push parser.
public final class Tree {
    private let document: xmlDocPtr
    private let context: xmlParserCtxtPtr

    /// - Parameter encoding: what is known of it from outside (UTF-16 without a byte order mark).
    /// - Returns: nil where the bytes are not one well-formed document.
    public init?(_ bytes: [UInt8], encoding: String? = nil) {
        let context = xmlNewParserCtxt()!
        self.context = context
        // As libvirt parses, which drops some white space (xmlKeepBlanksDefault(0)).
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOBLANKS.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        let parsed = bytes.withUnsafeBytes {
            xmlCtxtReadMemory(
                context, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), nil, encoding,
                Int32(options))
        }
        guard let parsed else {
            xmlFreeParserCtxt(context)
            return nil
        }
        document = parsed
    }

    deinit {
        xmlFreeDoc(document)
        xmlFreeParserCtxt(context)
    }

    public var root: Node { Node(pointer: xmlDocGetRootElement(document)) }

    /// An element. Those of a namespace have no name here, as virt-cpu takes them for nothing.
    public struct Node {
        fileprivate let pointer: xmlNodePtr

        public var name: String {
            pointer.pointee.ns == nil ? String(cString: pointer.pointee.name) : ""
        }

        /// The text of everything that the node contains.
        public var text: String {
            guard let text = xmlNodeGetContent(pointer) else { return "" }
            defer { virtcpu_xml_free(text) }
            return String(cString: text)
        }

        public subscript(attribute: String) -> String? {
            guard let value = xmlGetNoNsProp(pointer, attribute) else { return nil }
            defer { virtcpu_xml_free(value) }
            return String(cString: value)
        }

        public func children(_ name: String) -> [Node] {
            var found: [Node] = []
            var next = pointer.pointee.children
            while let child = next {
                if child.pointee.type == XML_ELEMENT_NODE, Node(pointer: child).name == name {
                    found.append(Node(pointer: child))
                }
                next = child.pointee.next
            }
            return found
        }

        public func all(_ path: String...) -> [Node] {
            path.reduce([self]) { nodes, name in nodes.flatMap { $0.children(name) } }
        }
    }
}
