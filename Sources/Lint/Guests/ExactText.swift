/// A text that equals only a text of the same bytes.
///
/// Swift takes two strings for equal if they are canonically equivalent: `é` is the same in one character and in two, and
/// the Kelvin sign is a `K`. To Linux, git and libvirt they differ, so a stranger could choose a name that only
/// virt-cpu mistakes for another one.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (a: ExactText, b: ExactText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(text.utf8.count)
    }
}
