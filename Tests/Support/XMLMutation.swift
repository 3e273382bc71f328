import XMLTree

/// Changes of an XML document in places that must not matter: elements are removed, doubled and filled with other text, and
/// attributes get other values.
package struct XMLMutation {
    /// The elements that matter, by their path from the root (`cpu/feature`), each with the attributes that matter. The text of
    /// these elements is kept. The path of the root is empty.
    package typealias Kept = [String: Set<String>]

    private let kept: Kept
    private var generator: SplitMix64
    /// How many places were changed.
    package private(set) var changes = 0

    package init(keeping kept: Kept, seed: UInt64) {
        self.kept = kept
        generator = SplitMix64(seed: seed)
    }

    /// The document with about half of its other places changed.
    package mutating func changed(_ root: XMLElement) -> XMLElement { changed(root, at: "") }

    private mutating func changed(_ element: XMLElement, at path: String) -> XMLElement {
        var element = element
        let attributes = kept[path]
        if attributes == nil, coin() { element.text = "changed" }
        element.attributes = element.attributes.compactMap { attribute in
            guard !(attributes?.contains(attribute.name) ?? false), coin() else { return attribute }
            changes += 1
            return coin() ? nil : XMLElement.Attribute(name: attribute.name, value: "changed")
        }
        element.children = element.children.flatMap { child -> [XMLElement] in
            let place = path.isEmpty ? child.name : "\(path)/\(child.name)"
            if kept[place] != nil { return [changed(child, at: place)] }
            guard coin() else { return [child] }
            changes += 1
            return coin() ? [] : [changed(child, at: place), child]
        }
        return element
    }

    private mutating func coin() -> Bool { Bool.random(using: &generator) }
}

extension XMLElement {
    /// The element as text. Namespaces are not in it.
    package var xml: String {
        let start = name + attributes.map { " \($0.name)='\($0.value.xmlEscaped)'" }.joined()
        return "<\(start)>\(text.xmlEscaped)\(children.map(\.xml).joined())</\(name)>"
    }
}
