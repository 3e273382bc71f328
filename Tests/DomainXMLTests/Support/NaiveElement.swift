/// An element that ``NaiveScanner`` found. Numbers are byte offsets.
struct NaiveElement {
    var path: String
    var start: Int
    var startTagEnd: Int
    var contentEnd: Int
    var end: Int
    var attributes: [String: Range<Int>]
}
