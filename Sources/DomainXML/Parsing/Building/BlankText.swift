/// Decides which white space of a value libvirt does not see.
///
/// libvirt parses with `xmlKeepBlanksDefault(0)`: libxml2 then leaves white space between two pieces of markup out of the
/// tree, unless text is beside it or the element contains nothing else (`areBlanks` in libxml2's parser.c). CDATA is no text
/// in this. The value `<model> <!-- a comment --> Haswell</model>` has one blank for libvirt, the second.
struct BlankText {
    /// How libxml2 read a piece of text.
    enum Source {
        /// From its buffer, as it stands there.
        case buffer
        /// Through a copy (`xmlParseCharDataComplex`): from a character above ASCII or a carriage return without a line feed
        /// on. After such a piece, libxml2 keeps all white space in the element.
        case copy
        /// From a reference (`&#32;`), which is always kept.
        case reference
    }

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
    ///   - mark: the length of the storage before the text.
    ///   - isPreserved: whether `xml:space='preserve'` applies.
    ///   - isBeforeCarriageReturn: whether a carriage return follows. libxml2 begins a new piece there, and decides about white
    ///     space before it as if markup followed.
    /// - Returns: the length to which the storage is to be cut; nil when the text stays.
    mutating func add(
        _ text: UnsafeBufferPointer<UInt8>, from source: Source, at mark: Int, isPreserved: Bool, isBeforeCarriageReturn: Bool
    ) -> Int? {
        let beginsBlank = source != .reference && text.first.map(isXMLSpace) ?? false
        let isDecided = isPreserved || level.keepsBlanks || level.beginsWithText || level.endsWithText
        if beginsBlank, !isDecided, text.allSatisfy(isXMLSpace) {
            if level.pending < 0 { level.pending = mark }
            guard isBeforeCarriageReturn else { return nil }
            defer { level.pending = -1 }
            return level.pending
        }
        if beginsBlank || level.pending >= 0 || source == .copy { level.keepsBlanks = true }
        level.pending = -1
        noteChild(isText: true)
        return nil
    }

    /// Ends the text before markup inside the value.
    ///
    /// - Returns: the length to which the storage is to be cut; nil when the text stays.
    mutating func noteMarkup() -> Int? {
        let cut = level.pending
        level.pending = -1
        noteChild(isText: false)
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
