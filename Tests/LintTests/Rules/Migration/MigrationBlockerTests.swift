import Hosts
import Lint
import Testing

@Suite("migration-blocker")
struct MigrationBlockerTests {
    private let hosts = [Host("a", model: "Haswell", vendor: "Intel"), Host("b", model: "Haswell", vendor: "Intel")]

    @Test("Several hosts mean that guests migrate, unless the policy says otherwise")
    func migration() throws {
        let cpu = "<cpu mode='host-passthrough' migratable='off'/>"
        #expect(try findings(of: "migration-blocker", cpu, hosts: hosts).count == 1)
        #expect(try findings(of: "migration-blocker", cpu, hosts: [hosts[0]]).isEmpty)
        #expect(try findings(of: "migration-blocker", cpu, policy: "{default: keep, migration: false}", hosts: hosts).isEmpty)
    }

    @Test("invtsc that is disabled does not prevent migration")
    func disabled() throws {
        let cpu = "<cpu mode='host-model'><feature policy='disable' name='invtsc'/></cpu>"
        #expect(try findings(of: "migration-blocker", cpu, hosts: hosts).isEmpty)
    }
}
