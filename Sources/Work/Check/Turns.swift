/// Whose turn it is to write: the reports of inputs are written in the order of the inputs, and a thread that has more to
/// write than memory should hold waits for its turn.
///
/// Unchecked, because the compiler cannot see that `monitor` guards the state.
final class Turns: @unchecked Sendable {
    private let monitor = Monitor()
    private var current = 0

    /// Waits for the turn of an input. The thread that has the inputs before it never waits for this one.
    func wait(for input: Int) { monitor.locked { monitor.wait { current < input } } }

    /// Every input before this one is written.
    func advance(to input: Int) {
        monitor.locked {
            current = max(current, input)
            monitor.signal()
        }
    }

    /// Nothing more can be written, so that nobody needs to wait.
    func end() { advance(to: .max) }
}
