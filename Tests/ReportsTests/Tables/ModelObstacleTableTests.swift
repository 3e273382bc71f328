import Hosts
import Lint
import Reports
import Testing

@Suite("Why hosts do not start a model, in words")
struct ModelObstacleTableTests {
    private func table(_ model: String, _ hosts: Host...) throws -> ModelObstacleTable {
        ModelObstacleTable(try StartCheck(hosts: hosts).obstacles(to: model))
    }

    @Test("The verdict, the reason, what processor and hypervisor lack, and what would help")
    func refused() throws {
        let table = try table("Haswell", .example())
        #expect(table.hasRefusal)
        #expect(table.text == """
            hv07: Haswell does not start
              reason      the host lacks required features: hle, rtm
              processor   lacks hle, rtm
              hypervisor  unusable: missing hle, rtm
              instead     use Haswell-noTSX, or disable hle, rtm

            """)
        #expect(table.json[0].text.hasPrefix(#"{"host":"hv07","model":"Haswell","answer":"refuses","certain":true,"#))
        #expect(table.json[0].text.contains(#""lackedByProcessor":["hle","rtm"],"usable":"no","blockers":["hle","rtm"],"#))
    }

    @Test("A host that starts the model says so")
    func started() throws {
        let table = try table("Nehalem", .example())
        #expect(!table.hasRefusal && table.text == "hv07: Nehalem starts\n  hypervisor  usable\n")
    }
}
