import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("What a terminal can show")
struct TerminalTests {
    /// The controlling side of a new terminal, and the terminal.
    private func terminal(columns: UInt16) -> (master: Int32, terminal: Int32) {
        // Glibc does not show Swift posix_openpt and its kin. These are TIOCSPTLCK and TIOCGPTN.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var lock: Int32 = 0, number: Int32 = 0
        _ = ioctl(master, UInt(0x4004_5431), &lock)
        _ = ioctl(master, UInt(0x8004_5430), &number)
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        return (master, terminal)
    }

    // The variables are those of supports-hyperlinks (npm), which Cargo and others follow.
    @Test("Links are shown only where the environment is that of a terminal that knows them", arguments: [
        (["TERM": "xterm-256color"], false), (["TERM": "xterm-256color", "VTE_VERSION": "7600"], true), (["VTE_VERSION": "5000"], false),
        (["VTE_VERSION": "4600"], false), (["KITTY_WINDOW_ID": "1"], true), (["WT_SESSION": "x"], true), (["KONSOLE_VERSION": "230804"], true),
        (["TERM_PROGRAM": "vscode"], true), (["TERM_PROGRAM": "WezTerm"], true), (["TERM_PROGRAM": "iTerm.app"], true),
        (["TERM_PROGRAM": "Apple_Terminal"], false), (["TERM": "alacritty"], true), (["TERM": "xterm-kitty"], true),
        (["TERM": "screen-256color", "VTE_VERSION": "7600"], false), (["TERM": "xterm", "TMUX": "x", "KITTY_WINDOW_ID": "1"], false),
        (["TERM": "dumb", "FORCE_HYPERLINK": "1"], false), (["FORCE_HYPERLINK": "1"], true), (["TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"], false),
        ([:], false),
    ])
    func links(_ environment: [String: String], _ shows: Bool) {
        let (master, slave) = terminal(columns: 100)
        defer {
            close(master)
            close(slave)
        }
        let terminal = Terminal(slave) { environment[$0] }
        #expect(terminal.isKnownToShowLinks == shows && terminal.showsLinks == shows)
        #expect(!Terminal(ScratchFile().descriptor) { environment[$0] }.showsLinks, "never into a file")
        #expect(terminal.width == 100)
    }

    @Test("Colour: not with NO_COLOR, on a dumb terminal, or elsewhere than on a terminal")
    func colour() {
        let (master, slave) = terminal(columns: 20)
        defer {
            close(master)
            close(slave)
        }
        #expect(Terminal(slave) { ["TERM": "xterm"][$0] }.isColored)
        #expect(!Terminal(slave) { ["TERM": "dumb"][$0] }.isColored)
        #expect(!Terminal(slave) { ["NO_COLOR": ""][$0] }.isColored)
        let file = ScratchFile()
        #expect(!Terminal(file.descriptor) { _ in nil }.isColored && Terminal(file.descriptor).width == nil)
        #expect(Terminal(slave).width == 40, "a narrower terminal gets lines for 40 columns")
    }

    @Test("The page about the rules is looked for beside the executable only")
    func page() {
        let directory = TemporaryDirectory()
        let markdown = directory.write("own/share/doc/virt-cpu/docs/rules.md", "")
        func page(_ executable: String?) -> FilePath? { InstalledRules.page(besides: executable.map { FilePath("\(directory.path)/\($0)") }) }
        #expect(page("own/bin/virt-cpu") == FilePath(markdown))
        #expect(page("other/bin/virt-cpu") == nil && page(nil) == nil)
    }
}
