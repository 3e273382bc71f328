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
        inputs.append(("<cpu " + (0..<30_000).map { "a\($0)='' " }.joined() + "/>", "more than 1024 attributes in a start tag"))
        inputs.append(("<cpu " + (0..<1025).map { "a\($0)='' " }.joined(), "more than 1024 attributes in a start tag"))
        inputs.append(("<cpu " + (0..<1024).map { "a\($0)='' " }.joined() + "/>", "has no <arch>"))
        inputs.append((String(repeating: "<a b='", count: 200_000), "error"))
        inputs.append((String(repeating: " ", count: 16 << 20 | 1), "16 MiB"))
        return inputs
    }()

    /// That reading them takes no quadratic time is tested by `make torture`.
    @Test("A hostile file is refused", arguments: inputs.indices)
    func hostile(index: Int) {
        let (text, error) = Self.inputs[index]
        let message = HostFilesTests.message([("h.xml", Array(text.utf8))])
        #expect(message.contains(error), "\(message)")
    }
}
