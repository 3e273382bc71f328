import CPUModel
import Glibc
import Hosts
import TestSupport
import Testing

@Suite("Libvirt URIs", .serialized)
struct LibvirtConnectionTests {
    /// A time limit for queries that end by themselves: long enough for any machine.
    static let patience = Duration.seconds(600)

    static func host(_ connection: LibvirtConnection) async -> Result<Host, HostError> {
        await offPool { Result { () throws(HostError) in try connection.host() } }
    }

    /// The error message for a virsh that is this script.
    static func failure(_ script: String) async throws -> String {
        let virsh = FakeVirsh(script)
        let connection = try LibvirtConnection(uri: "qemu:///system", virsh: virsh.program, timeout: patience)
        switch await host(connection) {
        case .success(let host): return "host \(host.name)"
        case .failure(let error): return "\(error)"
        }
    }

    static let capabilities = "\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"

    @Test("Arguments are not split, each query is made once, and libvirt is asked only about emulators that it lists")
    func queries() async throws {
        let virsh = FakeVirsh("""
            [ "$LC_ALL" = C ] || exit 9
            case "$*" in
                *' capabilities') sed 's|</capabilities>|<guest><os_type>hvm</os_type><arch name="x86_64"><emulator>/usr/bin/listed</emulator><machine>-x; $(id)</machine></arch></guest></capabilities>|' '\(Self.capabilities)';;
                *) cat "$(dirname "$0")/domcapabilities.xml";;
            esac
            """)
        virsh.directory.write("domcapabilities.xml", DomainCapabilitiesTests.small)
        let connection = try LibvirtConnection(uri: "qemu+ssh://root@hv01:22/system?no_tty=1", virsh: virsh.program, timeout: Self.patience)
        let host = try await Self.host(connection).get()
        #expect(host.name == "hv01" && host.cpu?.model == "Skylake-Server-v2")
        #expect(try await Self.host(connection).get().cpu == host.cpu)

        func ask(
            _ emulator: String?, _ machine: String = "-x; $(id)", _ architecture: String = "x86_64"
        ) async throws -> Host.KnownCapabilities? {
            let platform = DomainPlatform(architecture: architecture, virtType: "kvm", machine: machine, emulator: emulator)
            return try await offPool {
                Result { () throws(HostError) in try host.domainCapabilities(for: platform) }
            }.get()
        }
        #expect(try await ask("/usr/bin/listed")?.isOwn == true)
        _ = try await ask("/usr/bin/listed")
        // libvirtd executes the emulator that it is asked about. A path that it does not list is not passed on, and then
        // the answer is not about the guest's own platform.
        #expect(try await ask("/tmp/evil")?.isOwn == false)
        // A machine or an architecture that the host does not have is not passed on either.
        #expect(try await ask("/usr/bin/listed", "nonsense") != nil)
        #expect(try await ask(nil, "nonsense", "vax") == nil)
        #expect(virsh.calls == [
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 capabilities",
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 domcapabilities --arch=x86_64 --virttype=kvm --machine=-x; $(id) --emulatorbin=/usr/bin/listed",
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 domcapabilities --arch=x86_64 --virttype=kvm --machine=-x; $(id)",
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 domcapabilities --arch=x86_64 --virttype=kvm --emulatorbin=/usr/bin/listed",
        ])
    }

    @Test("The error contains the message of virsh")
    func errors() async throws {
        #expect(try await Self.failure("echo 'error: failed to connect to the hypervisor' >&2; echo 'error: Cannot: \u{1B}[31mred' >&2; exit 1")
            == "qemu:///system: error: failed to connect to the hypervisor: Cannot: [31mred")
        #expect(try await Self.failure("exit 3").contains("virsh capabilities failed: exited(3)"))
        #expect(try await Self.failure("kill -9 $$").contains("virsh capabilities failed: signaled(9)"))
        #expect(try await Self.failure("echo nonsense") == "qemu:///system:1:1: error: Start tag expected, '<' not found")
        #expect(try await Self.failure("echo '<domain/>'").contains("<domain> is not a host description"))
        #expect(try await Self.failure("") == "qemu:///system:1:1: error: the file is empty")
    }

    @Test("Too much output ends the query", .timeLimit(.minutes(10)))
    func endless() async throws {
        #expect(try await Self.failure("yes '<a>'").contains("printed more than 16 MiB"))
        #expect(try await !Self.failure("yes >&2").contains("host "))
    }

    @Test("A virsh that hangs is killed with everything that it has started", .timeLimit(.minutes(10)))
    func hangs() async throws {
        let virsh = FakeVirsh("trap '' TERM INT HUP\nsh -c 'trap \"\" TERM HUP; echo $$ > \"$0\"; sleep 3600; :' \"$(dirname \"$0\")/pid\" &\nwait\nsleep 3600")
        // On a slow machine, virsh may be killed before it has started the other process. Then it gets more time.
        var started: pid_t?
        for seconds in [1, 4, 16, 64] where started == nil {
            let connection = try LibvirtConnection(
                uri: "qemu:///system", virsh: virsh.program, timeout: .seconds(seconds))
            guard case .failure(let error) = await Self.host(connection) else { return #expect(Bool(false), "it answered") }
            #expect(error.description == "qemu:///system: error: virsh capabilities did not answer within \(seconds) s")
            started = virsh.pid
        }
        let pid = try #require(started)
        // The process was killed. It is gone when the process that inherits it has reaped it.
        var turns = 0
        while turns < 30_000, kill(pid, 0) == 0, !Self.isZombie(pid) {
            usleep(20_000)
            turns += 1
        }
        #expect(turns < 30_000)
    }

    private static func isZombie(_ pid: pid_t) -> Bool {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return true }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        fgets(&line, 256, file)
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ")
    }

    @Test("The release of the daemon is read from the answer", arguments: [
        ("printf 'Using library: libvirt 11.3.0\\nRunning against daemon: 9.0.0\\n'", "9.0.0"), ("exit 1", nil), ("echo", nil),
    ] as [(String, String?)])
    func version(_ script: String, version: String?) async throws {
        let virsh = FakeVirsh(script)
        let connection = try LibvirtConnection(uri: "qemu:///system", virsh: virsh.program, timeout: Self.patience)
        #expect(await offPool { connection.version() } == version)
        #expect(virsh.calls == ["-q -c qemu:///system version --daemon"])
    }

    @Test("The error for a missing virsh says that it is not installed")
    func missing() async throws {
        let connection = try LibvirtConnection(uri: "qemu:///system", virsh: "no-such-virsh")
        guard case .failure(let error) = await Self.host(connection) else { return #expect(Bool(false)) }
        #expect(error.description.contains("no-such-virsh is not installed"))
    }

    @Test("Text that virsh would not take as a URI is refused", arguments: ["", "-V", "--help", "qemu:///\n", "\u{7F}"])
    func refused(_ uri: String) {
        #expect(throws: HostError.self) { _ = try LibvirtConnection(uri: uri) }
    }

    @Test("The host is named as in the URI", arguments: [
        ("qemu:///system", "qemu:///system"), ("qemu://hv02/system", "hv02"), ("qemu+ssh://a@hv03:2222/system", "hv03"),
        ("qemu+tls://[fe80::1]:1/system", "[fe80::1]"), ("test:///default", "test:///default"),
    ])
    func name(_ uri: String, name: String) async throws {
        let virsh = FakeVirsh("cat '\(Self.capabilities)'")
        let connection = try LibvirtConnection(uri: uri, virsh: virsh.program, timeout: Self.patience)
        #expect(try await Self.host(connection).get().name == name)
    }
}
