import Glibc
import SystemPackage
import TestSupport
import Testing
import Work

/// The manual's table of limits is written by hand. The rest of the manual is generated.
@Suite("Limits")
struct LimitTests {
    /// The message in each row of the table, by what is limited.
    static let limits: [String: String] = {
        let page = String(decoding: Corpus.read("\(Corpus.repository)/Packaging/virt-cpu.1.in"), as: UTF8.self)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix(".It \"") }.map { $0.split(separator: "\"") }
        return Dictionary(uniqueKeysWithValues: rows.map { row in
            (String(row[1]), String(row.last { !$0.hasPrefix(" Pq") && $0.contains(" ") && !$0.hasPrefix(" Ta") }!))
        })
    }()

    /// Rows that need a virsh, or a history: `ReturningGuestTests` has those.
    static let elsewhere: Set = [
        "what virsh prints", "the time that virsh takes", "commits searched for a deleted guest", "versions of files in them",
    ]

    private func messages(_ what: String, in directory: TemporaryDirectory) -> String? {
        func domain(_ inner: String) -> String { "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os>\(inner)</domain>" }
        func filter(_ input: String, hosts: String..., maximumDomainSize: Int = 64 << 20) -> String {
            WorkTests.filter(input, .testing(nil, hosts: hosts) {
                $0.ignoresLocalMachine = true
                $0.maximumDomainSize = maximumDomainSize
            }).errors
        }
        func policy(_ text: String) -> String {
            WorkTests.filter(domain(""), .discovering {
                $0.ignoresLocalMachine = true
                $0.policyFile = directory.write("policy.yaml", text)
            }).errors
        }
        func host(_ text: String) -> String { filter(domain(""), hosts: directory.write("host.xml", text)) }
        let long = { (count: Int) in String(repeating: "x", count: count) }
        switch what {
        case "a domain":
            // A smaller limit than the default, which would take half a minute in a debug build.
            #expect(Settings().maximumDomainSize == 64 << 20)
            return filter(domain("<!--\(long(2 << 20))-->"), maximumDomainSize: 1 << 20).replacing("\(1 << 20)", with: "\(64 << 20)")
        case "a start tag":
            return filter("<domain \((0..<800).map { "a\($0)='\(long(900))'" }.joined(separator: " "))/>")
        case "attributes of an element": return filter("<domain \((0...1024).map { "a\($0)=''" }.joined(separator: " "))/>")
        case "namespaces in scope":
            let tags = (0..<3).map { part in "<a \((0..<500).map { "xmlns:a\(part)b\($0)='u'" }.joined(separator: " "))>" }
            return filter(domain(tags.joined() + "</a></a></a>"))
        case "names in a document": return filter(domain((0..<70_000).map { "<a\($0)/>" }.joined()))
        case "a document type": return filter("<!DOCTYPE d [\(String(repeating: "<!NOTATION a PUBLIC ''>", count: 8000))]>\(domain(""))")
        case "domains in a status or snapshot": return filter("<domstatus>\(String(repeating: "<domain/>", count: 17))</domstatus>")
        case "elements in elements":
            return filter(domain(String(repeating: "<a>", count: 300) + String(repeating: "</a>", count: 300)))
        case "a value that is text":
            #expect(!filter(domain("<name>\(long(65_536))</name><description>\(long(100_000))</description>")).contains("error"))
            return filter(domain("<name>\(long(65_537))</name>"))
        case "features, comments in a domain":
            return filter(domain("<cpu>\(String(repeating: "<!---->", count: 65_537))</cpu>"))
        case "definitions below a directory":
            for number in 0...3 { directory.write("\(number % 2)/\(number).xml", "") }
            var said = ""
            #expect(DirectoryWalk.definitions(below: FilePath(directory.path), most: 4) { said += $0.shown }.count == 4)
            #expect(said.isEmpty)
            #expect(DirectoryWalk.definitions(below: FilePath(directory.path), most: 3) { said += $0.shown }.isEmpty)
            return said.replacing("than 3 ", with: "than \(DirectoryWalk.limit) ")
        case "a name, a value, a comment":
            // A processing instruction has the same limit as a comment, and libxml2 reaches it sooner.
            return filter(domain("<?a \(long(11_000_000))?>"))
        case "findings of a rule in a domain":
            let features = (0..<101).map { "<feature name='f\($0)'/>" }.joined()
            return filter(domain("<cpu mode='custom'><model>Haswell</model>\(features)</cpu>"))
        case "a policy": return policy("#" + long(1 << 20))
        case "policies that extend each other":
            for number in 1...9 { directory.write("\(number).yaml", "extends: \(number + 1).yaml\n") }
            return policy("extends: 1.yaml\n")
        case "patterns of exclude, of include": return policy("exclude: [\(Array(repeating: "a", count: 1001).joined(separator: ","))]\n")
        case "a .gitignore file":
            directory.makeDirectory(".git")
            directory.write(".gitignore", "#" + long(1 << 18))
            var said = ""
            _ = DirectoryWalk.definitions(below: FilePath(directory.path)) { said += $0.shown }
            return said
        case "depth of a policy": return policy("default: \(String(repeating: "[", count: 40))\(String(repeating: "]", count: 40))\n")
        case "a host's file": return host(String(repeating: " ", count: 16 << 20) + "<cpu/>")
        case "a message of an editor": return Program(["lsp"], input: .text("Content-Length: \((64 << 20) + 1)\r\n\r\n")).run().text
        case "documents in a host's file": return host(String(repeating: "<cpu/>", count: 300))
        case "host files":
            for number in 0..<4097 { directory.write("many/h\(number).xml", "<cpu/>") }
            return WorkTests.filter(domain(""), .testing(nil, hosts: ["\(directory.path)/many/*.xml"])).errors
        case "host files together":
            for number in 10..<27 { truncate(directory.write("hosts/h\(number).xml", "<cpu/>"), 16 << 20) }
            return filter(domain(""), hosts: "\(directory.path)/hosts/*.xml")
        case "hosts of a policy": return policy("hosts: [\(Array(repeating: "local", count: 4097).joined(separator: ", "))]\n")
        case "directories in directories":
            directory.makeDirectory(Array(repeating: "d", count: 70).joined(separator: "/"))
            return check(["."], .testing(nil), in: directory).errors
        default: return nil
        }
    }

    @Test("Input beyond each limit gets the message of the table", arguments: limits.keys.sorted().filter { !elsewhere.contains($0) })
    func limit(_ what: String) throws {
        let directory = TemporaryDirectory()
        let said = try #require(messages(what, in: directory), "no input here reaches this limit")
        let message = try #require(Self.limits[what])
        let parts = message.split(separator: "N").map(String.init)
        #expect(parts.allSatisfy { said.contains($0) }, "\(message): \(said.prefix(500))")
    }

    @Test("The table lists the limits") func count() { #expect(Self.limits.count >= 13) }
}
