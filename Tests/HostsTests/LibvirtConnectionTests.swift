import Corpus
import CPUModel
import Dispatch
import Glibc
import Hosts
import Testing

@Suite("Libvirt URIs", .serialized)
struct LibvirtConnectionTests {
    /// A stand-in for virsh: a script that notes its arguments.
    struct FakeVirsh {
        let directory: String
        var program: String { "\(directory)/virsh" }

        init(_ script: String) throws {
            var template = Array("/tmp/virt-cpu-virsh-XXXXXX".utf8CString)
            directory = String(cString: try #require(mkdtemp(&template)))
            let text = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \(directory)/calls\n\(script)\n"
            let file = try #require(fopen(program, "w"))
            fputs(text, file)
            fclose(file)
            chmod(program, 0o755)
        }

        var calls: [String] {
            String(decoding: Corpus.read("\(directory)/calls"), as: UTF8.self).split(separator: "\n").map(String.init)
        }

        func remove() {
            for name in ["virsh", "calls", "pid", "domcapabilities.xml"] { unlink("\(directory)/\(name)") }
            rmdir(directory)
        }
    }

    /// Blocks a thread of its own, not one of those that run tests.
    static func offPool<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: work()) }
        }
    }

    static func host(_ connection: LibvirtConnection) async -> Result<Host, HostError> {
        await offPool { Result { () throws(HostError) in try connection.host() } }
    }

    static func failure(_ script: String, timeout: Duration = .seconds(20)) async throws -> String {
        let virsh = try FakeVirsh(script)
        defer { virsh.remove() }
        let connection = try LibvirtConnection(uri: "qemu:///system", virsh: virsh.program, timeout: timeout)
        switch await host(connection) {
        case .success(let host): return "host \(host.name)"
        case .failure(let error): return "\(error)"
        }
    }

    static let capabilities = "\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"

    @Test("Arguments are a vector, each query is put once, and only listed emulators are named to libvirt")
    func queries() async throws {
        let virsh = try FakeVirsh("""
            [ "$LC_ALL" = C ] || exit 9
            case "$*" in
                *' capabilities') sed 's|</capabilities>|<guest><os_type>hvm</os_type><arch name="x86_64"><emulator>/usr/bin/listed</emulator><machine>-x; $(id)</machine></arch></guest></capabilities>|' '\(Self.capabilities)';;
                *) cat "$(dirname "$0")/domcapabilities.xml";;
            esac
            """)
        defer { virsh.remove() }
        let file = try #require(fopen("\(virsh.directory)/domcapabilities.xml", "w"))
        fputs(DomainCapabilitiesTests.small, file)
        fclose(file)
        let connection = try LibvirtConnection(uri: "qemu+ssh://root@hv01:22/system?no_tty=1", virsh: virsh.program)
        let host = try await Self.host(connection).get()
        #expect(host.name == "hv01" && host.cpu?.model == "Skylake-Server-v2")
        #expect(try await Self.host(connection).get().cpu == host.cpu)

        func ask(
            _ emulator: String?, _ machine: String = "-x; $(id)", _ architecture: String = "x86_64"
        ) async throws -> Host.KnownCapabilities? {
            let platform = DomainPlatform(architecture: architecture, virtType: "kvm", machine: machine, emulator: emulator)
            return try await Self.offPool {
                Result { () throws(HostError) in try host.domainCapabilities(for: platform) }
            }.get()
        }
        #expect(try await ask("/usr/bin/listed")?.isOwn == true)
        _ = try await ask("/usr/bin/listed")
        // libvirtd runs what it is asked about: a stranger's path is not passed on, and the answer is not the guest's own.
        #expect(try await ask("/tmp/evil")?.isOwn == false)
        // Nor a machine or an architecture that the host does not have.
        #expect(try await ask("/usr/bin/listed", "nonsense") != nil)
        #expect(try await ask(nil, "nonsense", "vax") == nil)
        #expect(virsh.calls == [
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 capabilities",
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 domcapabilities --arch=x86_64 --virttype=kvm --machine=-x; $(id) --emulatorbin=/usr/bin/listed",
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 domcapabilities --arch=x86_64 --virttype=kvm --machine=-x; $(id)",
            "-q -c qemu+ssh://root@hv01:22/system?no_tty=1 domcapabilities --arch=x86_64 --virttype=kvm --emulatorbin=/usr/bin/listed",
        ])
    }

    @Test("virsh's own words are shown")
    func errors() async throws {
        #expect(try await Self.failure("echo 'error: failed to connect to the hypervisor' >&2; echo 'error: Cannot: \u{1B}[31mred' >&2; exit 1")
            == "qemu:///system: error: failed to connect to the hypervisor: Cannot: [31mred")
        #expect(try await Self.failure("exit 3").contains("virsh capabilities ended with exited(3)"))
        #expect(try await Self.failure("kill -9 $$").contains("virsh capabilities ended with signaled(9)"))
        #expect(try await Self.failure("echo nonsense") == "qemu:///system:1:1: error: Start tag expected, '<' not found")
        #expect(try await Self.failure("echo '<domain/>'").contains("<domain> is no host description"))
        #expect(try await Self.failure("") == "qemu:///system:1:1: error: the file is empty")
    }

    @Test("Too much output ends the query", .timeLimit(.minutes(Corpus.patience)))
    func endless() async throws {
        #expect(try await Self.failure("yes '<a>'").contains("printed more than 16 MiB"))
        #expect(try await !Self.failure("yes >&2").contains("host "))
    }

    @Test("A virsh that hangs is killed, with all that it has started", .timeLimit(.minutes(Corpus.patience)))
    func hangs() async throws {
        let virsh = try FakeVirsh("trap '' TERM INT HUP\nsh -c 'trap \"\" TERM HUP; echo $$ > \"$0\"; sleep 600; :' \"$(dirname \"$0\")/pid\" &\nwait\nsleep 600")
        defer { virsh.remove() }
        let connection = try LibvirtConnection(uri: "qemu:///system", virsh: virsh.program, timeout: .seconds(1))
        let clock = ContinuousClock()
        let start = clock.now
        guard case .failure(let error) = await Self.host(connection) else { return #expect(Bool(false), "it answered") }
        #expect(clock.now - start < .seconds(10))
        #expect(error.description == "qemu:///system: error: virsh capabilities did not answer within 1 s")
        let pid = try #require(pid_t(String(decoding: Corpus.read("\(virsh.directory)/pid"), as: UTF8.self).prefix { $0.isNumber }))
        // Killed at once, reaped by whoever inherits it.
        for _ in 0..<100 where kill(pid, 0) == 0 { usleep(20_000) }
        #expect(kill(pid, 0) != 0 || Self.isZombie(pid))
    }

    private static func isZombie(_ pid: pid_t) -> Bool {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return true }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        fgets(&line, 256, file)
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ")
    }

    @Test("The daemon's release is asked for; one that does not say has none", arguments: [
        ("printf 'Using library: libvirt 11.3.0\\nRunning against daemon: 9.0.0\\n'", "9.0.0"), ("exit 1", nil), ("echo", nil),
    ] as [(String, String?)])
    func version(_ script: String, version: String?) async throws {
        let virsh = try FakeVirsh(script)
        defer { virsh.remove() }
        let connection = try LibvirtConnection(uri: "qemu:///system", virsh: virsh.program)
        #expect(await Self.offPool { connection.version() } == version)
        #expect(virsh.calls == ["-q -c qemu:///system version --daemon"])
    }

    @Test("A missing virsh is said to be missing")
    func missing() async throws {
        let connection = try LibvirtConnection(uri: "qemu:///system", virsh: "no-such-virsh")
        guard case .failure(let error) = await Self.host(connection) else { return #expect(Bool(false)) }
        #expect(error.description.contains("no-such-virsh is not installed"))
    }

    @Test("What virsh would take for something else is no URI", arguments: ["", "-V", "--help", "qemu:///\n", "\u{7F}"])
    func refused(_ uri: String) {
        #expect(throws: HostError.self) { _ = try LibvirtConnection(uri: uri) }
    }

    @Test("The host's name is that of the URI", arguments: [
        ("qemu:///system", "qemu:///system"), ("qemu://hv02/system", "hv02"), ("qemu+ssh://a@hv03:2222/system", "hv03"),
        ("qemu+tls://[fe80::1]:1/system", "[fe80::1]"), ("test:///default", "test:///default"),
    ])
    func name(_ uri: String, name: String) async throws {
        let virsh = try FakeVirsh("cat '\(Self.capabilities)'")
        defer { virsh.remove() }
        #expect(try await Self.host(LibvirtConnection(uri: uri, virsh: virsh.program)).get().name == name)
    }
}

/// With a libvirtd on this machine; without one these say nothing.
@Suite("This machine's libvirt", .serialized, .enabled(if: access("/run/libvirt/libvirt-sock", R_OK | W_OK) == 0))
struct LocalLibvirtTests {
    @Test("local is what virsh capabilities says, but for what CPUID does not tell")
    func local() async throws {
        let connection = try LibvirtConnection(uri: "qemu:///system")
        let libvirt = try #require(try await LibvirtConnectionTests.host(connection).get().cpu)
        let map = try CPUMap(directory: CPUMap.systemDirectory)
        let own = try #require(try Host.local(map: map).cpu)
        #expect(own.model == libvirt.model && own.vendor == libvirt.vendor && own.architecture == libvirt.architecture)
        // libvirt 9.0 prints no signature where it has one: then there is nothing to compare.
        if let signature = libvirt.signature { #expect(own.signature == signature) }
        let mine = Set(own.features.map(\.name)), theirs = Set(libvirt.features.map(\.name))
        let registersOnly = Set(
            map.x86.features.filter { feature in
                feature.bits.contains { if case .msr = $0.address { true } else { false } }
            }.map(\.name))
        #expect(mine.subtracting(theirs) == [])
        #expect(theirs.subtracting(mine).subtracting(registersOnly) == [])
        print("local: \(own.model ?? "?"), \(mine.count) features; libvirt has \(theirs.subtracting(mine).sorted()) more, from registers")
    }

    @Test("The hypervisor's answers for a platform are read")
    func domainCapabilities() async throws {
        let connection = try LibvirtConnection(uri: "qemu:///system")
        let host = try await LibvirtConnectionTests.host(connection).get()
        let platform = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: "q35")
        let known = try await LibvirtConnectionTests.offPool {
            Result { () throws(HostError) in try host.domainCapabilities(for: platform) }
        }.get()
        #expect(known?.isOwn == true && known?.capabilities.models.isEmpty == false)
        #expect(known?.capabilities.model(named: "qemu64")?.usability == .yes)
        let nonsense = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: "nonsense")
        let answer = await LibvirtConnectionTests.offPool {
            Result { () throws(HostError) in try connection.domainCapabilities(for: nonsense) }
        }
        guard case .failure(let error) = answer else { return #expect(Bool(false)) }
        #expect(error.message.contains("the machine 'nonsense' is not supported by emulator"))
    }
}
