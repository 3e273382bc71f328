import Glibc
import TestSupport
import Testing

/// The way of an operator: check, follow the advice, check again, commit.
@Suite("Freezing Windows guests in a repository")
struct FreezingTests {
    private static let windows = "  <features><hyperv><relaxed state='on'/></hyperv></features>\n"

    private static func repository(policy: String = "", capabilities: String? = nil) -> TestRepository {
        let repository = TestRepository()
        repository.write(".virt-cpu.yaml", "hosts: [hosts/*.xml]\n" + policy)
        if let capabilities {
            repository.write("hosts/hv01.capabilities.xml", capabilities)
        } else {
            let path = "\(Corpus.libvirt!)/tests/domaincapsdata/qemu_9.1.0.x86_64.xml"
            repository.directory.write(Array("hosts/hv01.domcapabilities.xml".utf8), Corpus.read(path))
        }
        for mode in ["host-model", "host-passthrough"] {
            let guest = Definitions.guest("<cpu mode='\(mode)'/>", name: mode, extra: windows).replacing("machine='pc-q35-7.2'", with: "machine='pc-i440fx-9.1'")
            repository.write("vms/\(mode).xml", guest)
        }
        repository.commit()
        let program = Program(["hook", "pre-commit"], in: repository.path).executable
        repository.write(".git/hooks/pre-commit", "#!/bin/sh\nexec \(program) hook pre-commit\n")
        chmod("\(repository.path)/.git/hooks/pre-commit", 0o755)
        return repository
    }

    private static func commit(_ repository: TestRepository) -> Outcome {
        repository.git("add", "-A")
        return repository.attempt(["commit", "-q", "-m", "frozen"])
    }

    @Test("The advice for host-model works in one step, and the hook accepts the commit", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func hostModel() {
        let repository = Self.repository()
        let first = repository.check("vms/host-model.xml")
        #expect(first.findings == ["vms/host-model.xml windows-unstable-cpu"])
        #expect(first.text.contains("help: freeze it with virt-cpu check --fix --windows pin FILE, which changes nothing that Windows sees"))
        #expect(repository.check("--fix", "--windows", "pin", "vms/host-model.xml").text.contains("vms/host-model.xml:4:3: fixed: "))
        #expect(!repository.check("vms/host-model.xml").findings.contains { $0.contains(" windows-") })
        let commit = Self.commit(repository)
        #expect(commit.status == 0)
        #expect(!commit.errors.contains("windows-cpu-change"), "\(commit.errors)")
    }

    @Test("host-passthrough is frozen only if the policy accepts the change, and the hook reads the same policy", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func passthrough() {
        let repository = Self.repository()
        let path = "vms/host-passthrough.xml"
        let refused = repository.check("--fix", "--windows", "pin", path)
        #expect(refused.text.contains("Windows guest is not frozen from host-passthrough to EPYC-Rome with 30 features"))
        #expect(refused.text.contains("= brand string: the host's own → AMD EPYC-Rome Processor"))
        #expect(repository.git("status", "--porcelain") == "")
        // Done without the policy's consent, the hook refuses it.
        #expect(repository.check("--fix", "--windows", "pin-anyway", path).text.contains("\(path):4:3: fixed: "))
        #expect(Self.commit(repository).status != 0)
        repository.write(".virt-cpu.yaml", "hosts: [hosts/*.xml]\nwindows: pin-anyway\n")
        #expect(Self.commit(repository).status == 0)
    }

    @Test("With the capabilities alone it is one step too, which leaves a note; diff says that it is a guess")
    func guess() {
        let capabilities = """
            <capabilities><host><cpu><arch>x86_64</arch><model>Haswell-noTSX-IBRS</model><vendor>Intel</vendor><feature name='vmx'/></cpu></host></capabilities>
            """
        let repository = Self.repository(capabilities: capabilities)
        let before = repository.directory.text("vms/host-model.xml")
        repository.write("before.xml", before)
        let fixed = repository.check("--fix", "--windows", "pin", "vms/host-model.xml")
        #expect(fixed.status == 0 && fixed.text.contains("vms/host-model.xml:4:3: fixed: the guest has host-model, but the option --windows pins it to Haswell-noTSX-IBRS"))
        #expect(fixed.text.contains("this is made from the processor of host hv01 alone"))
        #expect(repository.directory.text("vms/host-model.xml").contains("<model fallback='forbid'>Haswell-noTSX-IBRS</model>"))
        let diff = Program(["diff", "--host", "hosts/hv01.capabilities.xml", "before.xml", "vms/host-model.xml"], in: repository.path).run()
        #expect(diff.status == 1 && !diff.text.contains("no change that the guest can notice"))
        #expect(diff.text.contains("the processor of host hv01 shows no change") && diff.text.contains("virsh domcapabilities"))
        let commit = Self.commit(repository)
        #expect(commit.status == 0)
        #expect(commit.errors.contains("note: Windows may see a different CPU: the earlier CPU was host-model: the processor of host hv01 shows no change"), "\(commit.errors)")
    }
}
