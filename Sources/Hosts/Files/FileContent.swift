/// The bytes of a file, as a key. Many hosts of a fleet have equal domain capabilities, byte for byte.
package struct FileContent: Hashable, Sendable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// All bytes count, and the hash has a random seed, so that nobody can write files that take long to tell apart.
    package func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}
