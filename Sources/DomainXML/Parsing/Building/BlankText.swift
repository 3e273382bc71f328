/// Decides which white space of a value libvirt does not see.
///
/// libvirt parses with `xmlKeepBlanksDefault(0)`: libxml2 then leaves white space between two pieces of markup out of the
/// tree, unless text is beside it or the element contains nothing else (`areBlanks` in libxml2's parser.c). The value
/// `<model> <!-- a comment --> Haswell</model>` has one blank for libvirt, the second.
struct BlankText {
    /// What the tree has of an open element.
    private struct Level {
        var hasChildren = false
        var beginsWithText = false
        var endsWithText = false
        /// White space was kept once. libxml2 then keeps all of it in this element.
        var keepsBlanks = false
        /// The length of the storage before white space that is not decided; -1 for none.
        var pending = -1
    }
    private var level = Level()
    /// The elements around the open one, as far as the value's own.
    private var outer: [Level] = []

    /// Begins a value.
    mutating func begin() {
        level = Level()
        if !outer.isEmpty { outer.removeAll(keepingCapacity: true) }
    }

    /// Adds text.
    ///
    /// - Parameters:
    ///   - isWritten: whether the text is written as such. A character reference is not: libxml2 always keeps it.
    ///   - mark: the length of the storage before the text.
    ///   - isPreserved: whether `xml:space='preserve'` applies.
    mutating func add(_ text: UnsafeBufferPointer<UInt8>, isWritten: Bool, at mark: Int, isPreserved: Bool) {
        let beginsBlank = isWritten && text.first.map(isXMLSpace) ?? false
        let isDecided = isPreserved || level.keepsBlanks || level.beginsWithText || level.endsWithText
        if beginsBlank, !isDecided, text.allSatisfy(isXMLSpace) {
            if level.pending < 0 { level.pending = mark }
            return
        }
        if beginsBlank || level.pending >= 0 { level.keepsBlanks = true }
        level.pending = -1
        noteChild(isText: true)
    }

    /// Ends the text before markup inside the value.
    ///
    /// - Parameter isText: whether the markup is CDATA.
    /// - Returns: the length to which the storage is to be cut; nil when the text stays.
    mutating func noteMarkup(isText: Bool) -> Int? {
        let cut = level.pending
        level.pending = -1
        noteChild(isText: isText)
        return cut < 0 ? nil : cut
    }

    /// Begins an element inside the value. Call `noteMarkup` before.
    mutating func enter() {
        outer.append(level)
        level = Level()
    }

    /// Ends the open element, which is the value's own or one inside it.
    ///
    /// - Returns: the length to which the storage is to be cut; nil when the text stays.
    mutating func end() -> Int? {
        let cut = level.hasChildren ? level.pending : -1
        level = outer.popLast() ?? Level()
        return cut < 0 ? nil : cut
    }

    private mutating func noteChild(isText: Bool) {
        if !level.hasChildren { level.beginsWithText = isText }
        level.hasChildren = true
        level.endsWithText = isText
    }
}
