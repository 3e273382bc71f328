/// What encodes a value into a node.
struct JSONNodeEncoder: Encoder {
    let node: JSONNode
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.becomeObject()
        return KeyedEncodingContainer(KeyedNode(node: node))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeArray()
        return UnkeyedNode(node: node)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleNode(node: node) }
}

private struct KeyedNode<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONNode
    let codingPath: [any CodingKey] = []

    func encodeNil(forKey key: Key) { add(key.stringValue).becomeNull() }

    func encode(_ value: some Encodable, forKey key: Key) throws { node.set(key.stringValue, try JSONNode(value)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        superEncoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { superEncoder(forKey: key).unkeyedContainer() }

    func superEncoder() -> any Encoder { JSONNodeEncoder(node: add("super")) }

    func superEncoder(forKey key: Key) -> any Encoder { JSONNodeEncoder(node: add(key.stringValue)) }

    private func add(_ key: String) -> JSONNode {
        let item = JSONNode()
        node.set(key, item)
        return item
    }
}

private struct UnkeyedNode: UnkeyedEncodingContainer {
    let node: JSONNode
    let codingPath: [any CodingKey] = []
    var count: Int { node.count }

    func encodeNil() { add().becomeNull() }

    func encode(_ value: some Encodable) throws { node.append(try JSONNode(value)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        superEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }

    func superEncoder() -> any Encoder { JSONNodeEncoder(node: add()) }

    private func add() -> JSONNode {
        let item = JSONNode()
        node.append(item)
        return item
    }
}

private struct SingleNode: SingleValueEncodingContainer {
    let node: JSONNode
    let codingPath: [any CodingKey] = []

    func encodeNil() { node.becomeNull() }

    func encode(_ value: some Encodable) throws { node.become(try JSONNode(value)) }
}
