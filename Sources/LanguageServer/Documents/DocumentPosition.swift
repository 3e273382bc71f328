import Reports

/// A place in a document as the protocol states it: a line and a column, both counted from 0.
struct DocumentPosition: Equatable {
    var line: Int
    /// In units of the `PositionEncoding`.
    var character: Int

    init(line: Int, character: Int) {
        self.line = line
        self.character = character
    }

    /// Nil for a value that is no position.
    init?(_ json: JSONValue?) {
        guard let line = json?["line"]?.integer, let character = json?["character"]?.integer, line >= 0, character >= 0 else { return nil }
        self.init(line: line, character: character)
    }

    var json: JSONValue { ["line": JSONValue(line), "character": JSONValue(character)] }
}
