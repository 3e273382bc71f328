import Glibc
import Hosts
import Testing

@Suite("Hostile host files")
struct HostileHostFilesTests {
    /// Inputs that are larger than any host, or that a careless reader would take quadratic time for.
    static let inputs: [(text: String, error: String)] = {
        var inputs: [(String, String)] = []
        func features(_ count: Int) -> String { (0..<count).map { "<feature name='f\($0)'/>" }.joined() }
        inputs.append(("<cpu><arch>x86_64</arch>" + features(100_000) + "</cpu>", "for a host: "))
        let models = (0..<50_000).map { "<model usable='no'>m\($0)</model>" }.joined()
        let head = "<domainCapabilities><domain>kvm</domain><arch>x86_64</arch><cpu><mode name='custom' supported='yes'>"
        let tail = "</mode></cpu></domainCapabilities>"
        inputs.append((head + models + tail, "for a host: "))
        inputs.append((head + "<model usable='no'>m</model><blockers model='m'>" + features(50_000) + "</blockers>" + tail, "for a host: "))
        inputs.append((String(repeating: "<a/>", count: 300_000), "more than 256 documents"))
        inputs.append((String(repeating: "</a>", count: 300_000), "more than 256 documents"))
        inputs.append((String(repeating: "<a>", count: 300_000), "error"))
        inputs.append((String(repeating: "<", count: 300_000), "error"))
        inputs.append((String(repeating: "<!--", count: 300_000), "a comment cannot contain '--'"))
        inputs.append(("<cpu>" + String(repeating: "<!--", count: 300_000) + "--></cpu>", "a comment cannot contain '--'"))
        inputs.append((String(repeating: "<!-- - -->", count: 300_000), "error"))
        inputs.append((String(repeating: "<cpu a='", count: 300_000), "error"))
        inputs.append((String(repeating: "<![CDATA[", count: 300_000), "error"))
        inputs.append((String(repeating: "<?a ", count: 300_000), "error"))
        inputs.append(("<cpu " + (0..<30_000).map { "a\($0)='' " }.joined() + "/>", "error"))
        inputs.append((String(repeating: "<a b='", count: 200_000), "error"))
        inputs.append((String(repeating: " ", count: 16 << 20 | 1), "16 MiB"))
        return inputs
    }()

    /// The test compares processor times with that of a harmless file, so that the speed and the load of the machine do
    /// not matter.
    @Test("A hostile file is refused without taking quadratic time")
    func hostile() {
        let harmless = "<capabilities><host><cpu><arch>x86_64</arch></cpu></host>"
            + String(repeating: "<a b='c'/>", count: 200_000) + "</capabilities>"
        let (accepted, reference) = Self.read(harmless)
        #expect(accepted == "accepted")
        for (text, expected) in Self.inputs {
            let (message, time) = Self.read(text)
            #expect(message.contains(expected), "\(message)")
            let share = Double(text.utf8.count) / Double(harmless.utf8.count)
            // libxml2 compares each attribute of a tag with all others, which takes 16 times as long. Quadratic time over
            // a whole file would take thousands of times as long.
            #expect(time < 100 * share * reference, "\(text.prefix(20)): \(time / share / reference)")
        }
    }

    /// The error of a file, and the processor time in seconds that reading it takes.
    private static func read(_ text: String) -> (message: String, time: Double) {
        let bytes = Array(text.utf8)
        let start = processorTime()
        let message = HostFilesTests.message([("h.xml", bytes)])
        return (message, processorTime() - start)
    }

    /// The processor time of this thread, in seconds.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
