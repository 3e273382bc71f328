import Glibc

/// Shows on a terminal how far a long run has come.
struct Progress {
    private let channels: Channels
    private let isTerminal: Bool
    private let total: Int
    private var isDrawn = false
    private var last: Int

    /// - Parameter isShown: false keeps it silent even on a terminal.
    init(_ channels: Channels, isShown: Bool = true, total: Int = 0) {
        self.channels = channels
        isTerminal = isShown && isatty(channels.errors) == 1
        self.total = total
        last = Self.now
    }

    /// Milliseconds of the monotonic clock.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Draws the progress, after a second and then five times a second.
    ///
    /// - Parameter before: called before something is drawn.
    mutating func show(_ count: Int, before: () throws -> Void) rethrows {
        let total = total
        try draw({ "\(count) of \(total)" }, before)
    }

    /// Draws the progress in words.
    mutating func show(_ words: () -> String) { draw(words) {} }

    private mutating func draw(_ words: () -> String, _ before: () throws -> Void) rethrows {
        guard isTerminal, Self.now - last > (isDrawn ? 200 : 1000) else { return }
        clear()
        try before()
        channels.sendErrors(words())
        isDrawn = true
        last = Self.now
    }

    mutating func clear() {
        guard isDrawn else { return }
        channels.sendErrors("\r\u{1b}[K")
        isDrawn = false
    }
}
