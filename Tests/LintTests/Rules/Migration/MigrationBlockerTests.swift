import Hosts
import Lint
import Testing

@Suite("migration-blocker")
struct MigrationBlockerTests {
    private let hosts = [Host("a", model: "Haswell", vendor: "Intel"), Host("b", model: "Haswell", vendor: "Intel")]

    @Test("Where guests migrate, the finding is a warning; elsewhere it is a note about saving")
    func migration() throws {
        let cpu = "<cpu mode='host-passthrough' migratable='off'/>"
        func found(_ policy: String, _ hosts: [Host]) throws -> [String] {
            try findings(of: "migration-blocker", cpu, policy: policy, hosts: hosts).map { "\($0.severity) \($0.message)" }
        }
        let moves = "warning migratable='off': the guest cannot migrate, and cannot be saved or snapshotted with its memory"
        let stays = "note migratable='off': the guest cannot be saved or snapshotted with its memory, and cannot migrate"
        #expect(try found("default: keep", hosts) == [moves])
        #expect(try found("{default: keep, migration: true}", []) == [moves])
        #expect(try found("default: keep", [hosts[0]]) == [stays])
        #expect(try found("default: keep", []) == [stays])
        #expect(try found("{default: keep, migration: false}", hosts) == [stays])
    }

    @Test("invtsc that is disabled does not prevent migration")
    func disabled() throws {
        let cpu = "<cpu mode='host-model'><feature policy='disable' name='invtsc'/></cpu>"
        #expect(try findings(of: "migration-blocker", cpu, hosts: hosts).isEmpty)
    }
}
