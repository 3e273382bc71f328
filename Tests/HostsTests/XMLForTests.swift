import XMLTree

enum XMLElementForTests {
    static func parse(_ bytes: [UInt8]) throws -> XMLElement { try XMLElement(parsing: bytes) }
}
