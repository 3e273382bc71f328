import Glibc

/// What a descriptor leads to, if that is a terminal: its width, and what it can show.
struct Terminal {
    private let descriptor: Int32
    private let variable: (String) -> String?

    /// - Parameter variable: the environment.
    init(_ descriptor: Int32, variable: @escaping (String) -> String? = { getenv($0).map { String(cString: $0) } }) {
        self.descriptor = descriptor
        self.variable = variable
    }

    private var isTerminal: Bool { isatty(descriptor) == 1 }

    /// The terminal has colours, and nobody asked to use none.
    var isColored: Bool { isTerminal && variable("NO_COLOR") == nil && variable("TERM") != "dumb" }

    /// The columns, at least 40; nil for anything else than a terminal.
    var width: Int? {
        var size = winsize()
        guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return max(Int(size.ws_col), 40)
    }

    /// The terminal is known to show links (OSC 8).
    var showsLinks: Bool { isTerminal && isKnownToShowLinks }

    /// Whether the environment is that of a terminal with links, or FORCE_HYPERLINK says so. The variables are those by which
    /// other programs decide (supports-hyperlinks, Cargo, ls).
    var isKnownToShowLinks: Bool {
        let term = variable("TERM") ?? ""
        if term == "dumb" { return false }
        if let forced = variable("FORCE_HYPERLINK") { return forced != "0" }
        // Within tmux and screen, the variables are those of the terminal outside, which may never see the link.
        if term.hasPrefix("screen") || term.hasPrefix("tmux") || variable("TMUX") != nil { return false }
        // VTE 0.50.0 crashed on links.
        if let version = variable("VTE_VERSION").flatMap({ Int($0) }) { return version > 5000 }
        if ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].contains(where: { variable($0) != nil }) { return true }
        if ["iTerm.app", "WezTerm", "vscode", "ghostty", "zed", "Hyper"].contains(variable("TERM_PROGRAM") ?? "") { return true }
        return ["xterm-kitty", "xterm-ghostty", "alacritty", "foot"].contains { term.hasPrefix($0) }
    }
}
