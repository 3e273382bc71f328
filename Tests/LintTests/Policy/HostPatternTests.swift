import Testing

@testable import Lint

@Suite("Hosts in policies")
struct HostPatternTests {
    private func refusal(_ spec: String, _ origin: PolicyOrigin) -> String? {
        HostPattern(spec: spec, line: 1, column: 1).refusal(in: origin)?.message
    }

    @Test("Each host has its position and its kind") func positions() throws {
        let policy = try parse("hosts:\n  - local\n  - 'qemu+ssh://root@hv1/system?no_tty=1'\n  - /srv/hosts/*.xml\n")
        #expect(
            policy.hosts == [
                HostPattern(spec: "local", line: 2, column: 5),
                HostPattern(spec: "qemu+ssh://root@hv1/system?no_tty=1", line: 3, column: 5),
                HostPattern(spec: "/srv/hosts/*.xml", line: 4, column: 5),
            ])
        #expect(policy.hosts.map(\.kind) == [.local, .uri, .files])
    }

    @Test("A discovered policy may name files below its directory", arguments: [
        "local", "hv1.xml", "hosts/*.xml", "hosts/**/caps.xml", "./hv1.xml", ".hidden/x.xml", "a..b", "hosts/...xml",
        "*/x.xml", "a~", "hosts/~x",
    ])
    func below(spec: String) {
        #expect(refusal(spec, .discovered) == nil)
    }

    @Test("A discovered policy may not name files outside its directory", arguments: [
        "/etc/hosts", "//x", "..", "../x", "a/../b", "a/..", "a//../..", "~", "~/x", "~root/x", ".*", ".*/x", ".?/x",
        "a/.[.]/x", ".**/x", "/\u{301}x", "~\u{301}", "../\u{301}x",
    ])
    func outside(spec: String) throws {
        let message = try #require(refusal(spec, .discovered))
        #expect(message.contains("policy's directory"))
        #expect(refusal(spec, .named) == nil)
        #expect(refusal(spec, .system) == nil)
    }

    @Test("A discovered policy may not name a URI", arguments: [
        "qemu:///system", "qemu+ssh://hv1/system", "test:///default", "QEMU:///system", "qemu:/system", "://",
        "qemu+ext:/system?command=x",
    ])
    func discoveredURIs(spec: String) {
        #expect(refusal(spec, .discovered) == "a policy found beside its input cannot name a libvirt URI")
    }

    @Test("A trusted policy may name a plain URI", arguments: [
        "qemu:///system", "qemu:///session", "test:///default", "qemu+ssh://hv1/system", "qemu+ssh://root@hv1:2222/system",
        "qemu+libssh2://hv1/system?no_tty=1", "qemu+tls://[2001:db8::1]/system", "qemu+unix:///system?mode=legacy",
        "QEMU+SSH://hv1/system?MODE=direct&no_tty=1", "qemu://hv-1.example.org/system",
    ])
    func plainURIs(uri: String) {
        #expect(refusal(uri, .named) == nil)
        #expect(refusal(uri, .system) == nil)
    }

    static let hostile: [(uri: String, reason: String)] = [
        ("qemu+ext:///system", "'+ext'"), ("qemu+EXT:///system", "'+ext'"), ("qemu+Ext://h/system?command=x", "'+ext'"),
        ("qemu+ssh://h/system?command=/tmp/x", "'command='"), ("qemu+ssh://h/system?COMMAND=/tmp/x", "'command='"),
        ("qemu+ssh://h/system?%63ommand=/tmp/x", "'command='"), ("qemu+ssh://h/system?c%6Fmman%44=/tmp/x", "'command='"),
        ("qemu+ssh://h/system?%2563ommand=x", "'%63ommand='"), ("qemu+ssh://h/system?command", "'command='"),
        ("qemu+ssh://h/system?mode=auto&netcat=x", "'netcat='"), ("qemu+ssh://h/system?mode=auto;NetCat=x", "'netcat='"),
        ("qemu+ssh://h/system?&&;proxy=netcat", "'proxy='"), ("qemu+ssh://h/system?mode=a?b&proxy=native", "'proxy='"),
        ("qemu+ssh://h?command=x", "'command='"), ("qemu+ssh://h/system? command=x", "' command='"),
        ("qemu+unix:///system?socket=/tmp/s", "'socket='"), ("qemu+tls://h/system?pkipath=/tmp", "'pkipath='"),
        ("qemu+libssh2://h/system?known_hosts=/dev/null", "'known_hosts='"),
        ("qemu+libssh2://h/system?known_hosts_verify=ignore", "'known_hosts_verify='"),
        ("qemu+ssh://h/system?keyfile=/tmp/k", "'keyfile='"), ("qemu+libssh://h/system?sshauth=agent", "'sshauth='"),
        ("qemu:///system?authfile=/tmp/a", "'authfile='"), ("qemu+ssh://h/?name=qemu%2Bext:///system", "'name='"),
        ("qemu+tls://h/system?no_verify=1", "'no_verify='"), ("qemu+tls://h/system?tls_priority=NONE", "'tls_priority='"),
        ("qemu+ssh://h/system?x\u{301}=1&command=x", "ASCII"), ("qemu+ssh://h/system?\u{301}&command=x", "ASCII"),
        ("qemu+ssh:/\u{301}/h/system", "ASCII"), ("qemu+ssh://h/system%00", "control characters"),
        ("qemu+ssh://h/system?mode=%0A", "control characters"),
        ("qemu+ssh://-oProxyCommand=x/system", "start with '-'"), ("qemu+ssh://a@-oProxyCommand=x/", "start with '-'"),
        ("qemu+ssh://%2DoProxyCommand=x/", "start with '-'"), ("qemu+ssh://-l@h/", "start with '-'"),
        ("qemu+ssh+ext://h/", "not a URI scheme"), ("qemu+://h/", "not a URI scheme"), ("+ext://h/", "not a URI scheme"),
        ("qemu%2Bext://h/", "not a URI scheme"), (" qemu+ext://h/", "not a URI scheme"), ("qemu+ext:/x", "not a URI scheme"),
        ("qemu+ext:/x?y=://", "not a URI scheme"), ("://", "not a URI scheme"), ("qemu+exec://h/", "unknown transport '+exec'"),
        ("qemu:///system?mode=auto#x", "cannot contain '#'"), ("qemu:///system#?command=x", "'command='"),
    ]

    @Test("No policy may name a URI that runs programs or names files", arguments: hostile)
    func hostileURIs(uri: String, reason: String) {
        for origin in [PolicyOrigin.named, .system] {
            #expect(refusal(uri, origin)?.contains(reason) == true, "\(refusal(uri, origin) ?? "allowed")")
        }
        #expect(refusal(uri, .discovered) != nil)
    }

    @Test("The error for a host has the position of the host") func errors() {
        #expect(
            complaint("hosts:\n  - hv1.xml\n  - qemu+ext:///system?command=x", origin: .system)
                == "p.yaml:3:5: error: a policy cannot name a URI with transport '+ext', which runs a command\n"
                + "    = help: if you trust it, pass it with --host")
        #expect(
            complaint("hosts: ['local', \"../x.xml\"]", origin: .discovered)?.hasPrefix("p.yaml:1:18: error: ") == true)
    }

    @Test("Empty hosts and hosts with control characters are refused") func invalid() {
        #expect(complaint(#"hosts: ["a\0b"]"#)?.hasPrefix(#"p.yaml:1:9: error: 'a\u{0}b' contains control characters"#) == true)
        #expect(complaint("hosts: ['']") == "p.yaml:1:9: error: an entry of 'hosts' is empty")
    }
}
