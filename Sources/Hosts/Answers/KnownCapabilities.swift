extension Host {
    /// Domain capabilities, and whether they are those of the platform that was asked for.
    public struct KnownCapabilities: Sendable {
        /// The capabilities of the platform, or of the nearest one that is known.
        public var capabilities: DomainCapabilities
        /// False when the emulator is another one, or when, on another architecture than x86, the machine is another
        /// one. Such capabilities are good enough for a hint but not for a verdict.
        public var isOwn: Bool
    }
}
