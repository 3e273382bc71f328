extension Document {
    /// The edit that puts a comment into a domain: on a line of its own before `<cpu>`, or before `<name>` if there is no
    /// `<cpu>`, in the file's own indentation. Nil for a domain without content.
    ///
    /// - Parameters:
    ///   - text: what stands between `<!--` and `-->`. It must not contain `--` nor end in `-`.
    ///   - domain: a domain of this document.
    public func insertion(ofComment text: String, into domain: Domain) -> Edit? {
        guard !domain.element.isEmptyTag else { return nil }
        let place = (domain.cpu?.element.span ?? domain.name?.element.span)?.start ?? domain.element.startTag.end
        let lineStart = MarkupStyle(self).lineStart(before: place) ?? ""
        return Edit(ByteRange(place, place), "<!--\(text)-->\(lineStart)")
    }
}
