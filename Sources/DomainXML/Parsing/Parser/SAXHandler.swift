internal import CLibXML2

/// The table of functions that libxml2 calls. Each of them finds the ``SAXState`` in its first argument.
///
/// Most elements are inside an element that is not read. For those, a start and an end only count the depth.
enum SAXHandler {
    static func make() -> xmlSAXHandler {
        var sax = xmlSAXHandler()
        sax.initialized = XML_SAX2_MAGIC
        sax.startDocument = { saxState($0).pointee.started() }
        sax.startElementNs = { raw, name, prefix, uri, namespaces, _, count, _, values in
            let state = saxState(raw)
            if namespaces > 0 || count > maximumAttributes,
                state.pointee.refusesMany(namespaces: Int(namespaces), attributes: Int(count))
            {
                return
            }
            if state.pointee.skip > 0 {
                state.pointee.skip += 1
                if state.pointee.isListening { state.pointee.builder.enterValue() }
                if state.pointee.skip == state.pointee.deepest {
                    state.pointee.refuse("elements are nested more than \(maximumDepth) levels deep")
                }
                return
            }
            state.pointee.startElement(name!, prefix, uri, AttributeList(count: Int(count), values: values))
        }
        sax.endElementNs = { raw, _, _, _ in
            let state = saxState(raw)
            if state.pointee.skip > 0 {
                state.pointee.skip -= 1
                if state.pointee.isListening { state.pointee.builder.leaveValue() }
                if state.pointee.skip > 0 || state.pointee.builder.depth > 0 { return }
            } else if let finished = state.pointee.endElement() {
                SAXHandler.finishListedDomain(finished, state)
            }
            if state.pointee.builder.depth == 0 { state.pointee.rootEnded() }
        }
        sax.cdataBlock = SAXState.cdata
        sax.comment = { raw, text in saxState(raw).pointee.comment(text!) }
        sax.processingInstruction = { raw, target, data in saxState(raw).pointee.processingInstruction(target!, data) }
        addDocumentTypeHandlers(to: &sax)
        sax.serror = { raw, error in
            guard let error else { return }
            saxState(raw).pointee.failed(error)
        }
        return sax
    }

    /// Refuses declarations that could give the document another meaning than its text has.
    private static func addDocumentTypeHandlers(to sax: inout xmlSAXHandler) {
        sax.internalSubset = { raw, _, external, system in
            saxState(raw).pointee.sawDocumentType = true
            guard external != nil || system != nil else { return }
            saxState(raw).pointee.refuse("a DOCTYPE with an external subset is not allowed")
        }
        sax.entityDecl = { raw, _, _, _, _, _ in
            saxState(raw).pointee.refuse("entity declarations are not allowed")
        }
        sax.unparsedEntityDecl = { raw, _, _, _, _ in
            saxState(raw).pointee.refuse("entity declarations are not allowed")
        }
        // Declarations of elements decide which white space libxml2 leaves out of the tree (xmlIsMixedElement in areBlanks).
        sax.elementDecl = { raw, _, _, _ in saxState(raw).pointee.refuse("declarations of elements are not allowed") }
        sax.attributeDecl = { raw, _, _, _, _, _, tree in
            if let tree { xmlFreeEnumeration(tree) }
            saxState(raw).pointee.refuse("declarations of default attributes are not allowed")
        }
    }

    /// Hands on a complete domain of a list, during the parse.
    ///
    /// This is not a function of `SAXState`, because the function that it calls reads the state. It is not inlined,
    /// because `endElementNs` is called for every element and this is rarely needed.
    @inline(never)
    private static func finishListedDomain(_ span: ByteRange, _ state: UnsafeMutablePointer<SAXState>) {
        let finish = state.pointee.finishListedDomain
        do { try finish(span) } catch {
            state.pointee.thrown = error
            state.pointee.stop()
        }
        state.pointee.builder.releaseDomains()
    }
}
