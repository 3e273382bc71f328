import Synchronization
import Testing

@testable import Work

@Suite("Threads")
struct ThreadsTests {
    @Test("The work is done once on each thread, and all of it before the return", arguments: [0, 1, 2, 8])
    func count(_ count: Int) {
        let done = Mutex(0)
        Threads.run(count) { done.withLock { $0 += 1 } }
        #expect(done.withLock { $0 } == max(count, 1))
    }

    @Test("There is a core to run on") func cores() { #expect(Threads.cores >= 1) }
}
