extension YAMLNode {
    /// The roots of documents, with each node marked as its document's.
    static func numbered(_ documents: [PolicyDocument]) -> [YAMLNode] {
        documents.enumerated().map { $0.element.root.marked($0.offset) }
    }

    private func marked(_ document: Int) -> YAMLNode {
        var node = self
        node.document = document
        switch value {
        case .scalar: break
        case .sequence(let elements): node.value = .sequence(elements.map { $0.marked(document) })
        case .mapping(let pairs):
            node.value = .mapping(
                pairs.map { Pair(key: $0.key.marked(document), name: $0.name, value: $0.value.marked(document)) })
        }
        return node
    }

    /// The policy that several documents make, each of which extends the next. The value of the first document that
    /// states a key counts, except that `rules` are joined rule by rule, and that the entries of `guests` follow those of
    /// the documents before.
    static func joined(_ roots: [YAMLNode]) -> YAMLNode {
        guard var joined = roots.first, case .mapping(var pairs) = joined.value else { return roots[0] }
        for root in roots.dropFirst() {
            guard case .mapping(let others) = root.value else { continue }
            for other in others {
                guard let index = pairs.firstIndex(where: { $0.name == other.name }) else {
                    pairs.append(other)
                    continue
                }
                switch (other.name, pairs[index].value.value, other.value.value) {
                case ("rules", .mapping(let own), .mapping(let extended)):
                    let names = Set(own.map(\.name))
                    pairs[index].value.value = .mapping(own + extended.filter { !names.contains($0.name) })
                case ("guests", .sequence(let own), .sequence(let extended)):
                    pairs[index].value.value = .sequence(own + extended)
                // A key without a value is empty, so that users can comment out all its lines.
                case ("rules", _, .mapping) where pairs[index].value.isNull,
                    ("guests", _, .sequence) where pairs[index].value.isNull:
                    pairs[index].value = other.value
                default: break
                }
            }
        }
        joined.value = .mapping(pairs)
        return joined
    }
}
