internal import CLibXML2

/// What libxml2's callbacks see: a struct behind a pointer, so that the elements nobody asks about (nine of
/// ten) cost an increment, without retain, release or exclusivity checks.
struct SAXState {
    /// Depth below the outermost element that nobody asks about; 0 outside one.
    var skip: Int32 = 0
    /// The `skip` at which elements are nested too deep.
    var deepest: Int32 = 0
    /// Text is wanted.
    var collecting = false
    var context: xmlParserCtxtPtr?
    var session: Unmanaged<ParseSession>?
}

/// As deep as libxml2 lets libvirt read. libxml2 itself counts only where it builds a tree.
let maximumDepth = 257

/// libxml2's attribute array: five pointers an attribute (local name, prefix, URI, value, end of value).
struct AttributeList {
    var count: Int
    var values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
}

extension SAXState {
    static func handler() -> xmlSAXHandler {
        var sax = xmlSAXHandler()
        sax.initialized = XML_SAX2_MAGIC
        sax.startDocument = { state(of: $0).pointee.withSession { $0.started() } }
        sax.startElementNs = { raw, name, prefix, uri, _, _, count, _, values in
            let state = state(of: raw)
            if state.pointee.skip > 0 {
                state.pointee.skip += 1
                if state.pointee.skip == state.pointee.deepest {
                    state.pointee.withSession { $0.refuse("elements are nested more than \(maximumDepth) deep") }
                }
                return
            }
            state.pointee.withSession {
                $0.startElement(name!, prefix, uri, AttributeList(count: Int(count), values: values))
            }
        }
        sax.endElementNs = { raw, _, _, _ in
            let state = state(of: raw)
            if state.pointee.skip > 0 {
                state.pointee.skip -= 1
                if state.pointee.skip > 0 { return }
            } else {
                state.pointee.withSession { $0.endElement() }
            }
            state.pointee.withSession { if $0.depthIsZero { $0.rootEnded() } }
        }
        let text: charactersSAXFunc = { raw, bytes, count in
            let state = state(of: raw)
            guard state.pointee.collecting else { return }
            state.pointee.withSession { $0.characters(UnsafeBufferPointer(start: bytes, count: Int(count))) }
        }
        sax.characters = text
        sax.cdataBlock = text
        sax.comment = { raw, text in state(of: raw).pointee.withSession { $0.comment(text!) } }
        sax.processingInstruction = { raw, target, data in
            state(of: raw).pointee.withSession { $0.processingInstruction(target!, data) }
        }
        sax.internalSubset = { raw, _, external, system in
            guard external != nil || system != nil else { return }
            state(of: raw).pointee.withSession { $0.refuse("a document type with an external subset is refused") }
        }
        sax.entityDecl = { raw, _, _, _, _, _ in
            state(of: raw).pointee.withSession { $0.refuse("a document that declares entities is refused") }
        }
        sax.unparsedEntityDecl = { raw, _, _, _, _ in
            state(of: raw).pointee.withSession { $0.refuse("a document that declares entities is refused") }
        }
        sax.attributeDecl = { raw, _, _, _, _, _, tree in
            if let tree { xmlFreeEnumeration(tree) }
            state(of: raw).pointee.withSession { $0.refuse("a document that declares default attributes is refused") }
        }
        sax.serror = { raw, error in
            guard let error else { return }
            state(of: raw).pointee.withSession { $0.failed(error) }
        }
        return sax
    }

    func withSession(_ body: (ParseSession) -> Void) {
        session!._withUnsafeGuaranteedRef(body)
    }
}

private func state(of raw: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SAXState> {
    raw!.assumingMemoryBound(to: SAXState.self)
}
