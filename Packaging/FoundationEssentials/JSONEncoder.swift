/// Writes JSON as Foundation does with `.prettyPrinted` and `.sortedKeys`, which is what ArgumentParser asks for.
///
/// Foundation's is a class. This one is not, so that code that was compiled for Foundation's cannot be linked with it.
public struct JSONEncoder {
    public struct OutputFormatting: OptionSet, Sendable {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
        public static let prettyPrinted = OutputFormatting(rawValue: 1)
        public static let sortedKeys = OutputFormatting(rawValue: 2)
    }

    public init() {}

    /// Always both: there is no other format.
    public var outputFormatting: OutputFormatting {
        get { [.prettyPrinted, .sortedKeys] }
        nonmutating set {}
    }

    public func encode(_ value: some Encodable) throws -> [UInt8] { try Array(JSONNode(value).text(indent: "").utf8) }
}

extension String {
    public enum Encoding { case utf8 }

    public init?(data: [UInt8], encoding: Encoding) { self.init(validating: data, as: UTF8.self) }
}
