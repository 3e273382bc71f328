internal import CLibXML2

/// libxml2's attribute array: five pointers an attribute (local name, prefix, URI, value, end of value).
struct AttributeList {
    var count: Int
    var values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
}

extension SAXState {
    /// The callbacks: elements that nobody asks about, nine of ten, cost an increment and a decrement.
    static func handler() -> xmlSAXHandler {
        var sax = xmlSAXHandler()
        sax.initialized = XML_SAX2_MAGIC
        sax.startDocument = { state(of: $0).pointee.started() }
        sax.startElementNs = { raw, name, prefix, uri, namespaces, _, count, _, values in
            let state = state(of: raw)
            if namespaces > 0 || count > maximumAttributes,
                state.pointee.refusesMany(namespaces: Int(namespaces), attributes: Int(count))
            {
                return
            }
            if state.pointee.skip > 0 {
                state.pointee.skip += 1
                if state.pointee.skip == state.pointee.deepest {
                    state.pointee.refuse("elements are nested more than \(maximumDepth) deep")
                }
                return
            }
            state.pointee.startElement(name!, prefix, uri, AttributeList(count: Int(count), values: values))
        }
        sax.endElementNs = { raw, _, _, _ in
            let state = state(of: raw)
            if state.pointee.skip > 0 {
                state.pointee.skip -= 1
                if state.pointee.skip > 0 || state.pointee.builder.depth > 0 { return }
            } else if let finished = state.pointee.endElement() {
                // Outside of the state's own functions: what is called reads the state.
                state.pointee.session!._withUnsafeGuaranteedRef { $0.listedDomainEnded(finished) }
            }
            if state.pointee.builder.depth == 0 { state.pointee.rootEnded() }
        }
        sax.cdataBlock = text
        sax.comment = { raw, text in state(of: raw).pointee.comment(text!) }
        sax.processingInstruction = { raw, target, data in state(of: raw).pointee.processingInstruction(target!, data) }
        sax.internalSubset = { raw, _, external, system in
            state(of: raw).pointee.sawDocumentType = true
            guard external != nil || system != nil else { return }
            state(of: raw).pointee.refuse("a document type with an external subset is refused")
        }
        sax.entityDecl = { raw, _, _, _, _, _ in
            state(of: raw).pointee.refuse("a document that declares entities is refused")
        }
        sax.unparsedEntityDecl = { raw, _, _, _, _ in
            state(of: raw).pointee.refuse("a document that declares entities is refused")
        }
        sax.attributeDecl = { raw, _, _, _, _, _, tree in
            if let tree { xmlFreeEnumeration(tree) }
            state(of: raw).pointee.refuse("a document that declares default attributes is refused")
        }
        sax.serror = { raw, error in
            guard let error else { return }
            state(of: raw).pointee.failed(error)
        }
        return sax
    }

    static let text: charactersSAXFunc = { raw, bytes, count in
        let state = state(of: raw)
        guard state.pointee.builder.isCollecting else { return }
        state.pointee.builder.append(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
}

private func state(of raw: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SAXState> {
    raw!.assumingMemoryBound(to: SAXState.self)
}
