"""Each limit of the manual: at it, just over it, and the memory it takes.

The message of each row is held to the table by Tests/WorkTests/Limits; here it is the border itself, with the
executable that is shipped. What virsh prints and takes is VirshTests' and HostFaultTests' own; here, at the border.
"""
import os
import time

from .torture import TOP, VIRT_CPU, execute, expect, write

KEEP = ["--no-config", "--no-local", "--quiet", "--default", "keep"]


def domain(inner):
    return b"<domain type='kvm'><os><type arch='x86_64'>hvm</type></os>" + inner + b"</domain>\n"


def measured(command, given, place):
    """What a run comes to, and its peak memory in MiB. GNU time is not everywhere: a small program waits for it."""
    write(f"{place}/given", given)
    report = f"{place}/peak"
    wrapper = ("import os,resource,subprocess,sys\n"
               "p=subprocess.run(sys.argv[2:],stdin=open(sys.argv[1]+'/given','rb'))\n"
               "open(sys.argv[1]+'/peak','w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
               "sys.exit(p.returncode)")
    outcome = execute(["python3", "-c", wrapper, place, *command])
    with open(report) as file:
        return outcome, int(file.read()) / 1024


def filtered(torture, place, what, at, over, message, peak, location, options=(), dropped=0):
    """At the limit it goes through to the byte; just over it, it is refused at its place, with a domain before it written."""
    with torture.check(f"{what}: at the limit taken, just over it refused") as notes:
        command = [VIRT_CPU, "filter", *KEEP, *options]
        outcome, used = measured(command, at, place)
        expect(outcome.returncode == 0 and outcome.stdout == at and not outcome.stderr, "at the limit:", outcome.returncode, outcome.stderr, len(outcome.stdout))
        expect(used < peak, f"{used:.0f} MiB at the limit")
        good = domain(b"")
        outcome, more = measured(command, good + over, place)
        expect(outcome.returncode == 2 and outcome.stdout == good, "over it:", outcome.returncode, len(outcome.stdout), outcome.stderr)
        expect(message in outcome.stderr and outcome.stderr.startswith(b"<stdin>:" + location + b": error: ") and outcome.stderr.count(b"\n") == 1,
               "over it:", outcome.stderr)
        expect(more < peak, f"{more:.0f} MiB over it")
        notes.append(f"peak {used:.0f} and {more:.0f} MiB")


def documents(torture, place):
    def sized(size, end=b"-->"):
        # Text, in lines: a comment has a limit of its own.
        head, tail = b"<domain type='kvm'><os><type arch='x86_64'>hvm</type></os><description>", b"</description></domain>"
        return head + (b"x" * 79 + b"\n") * ((size - len(head) - len(tail)) // 80) + b"y" * ((size - len(head) - len(tail)) % 80) + tail
    filtered(torture, place, "a domain of 64 MiB", sized(64 << 20), sized((64 << 20) + 16384), b"a domain is larger than 67108864 bytes", 300, b"2:1")
    filtered(torture, place, "a domain of --max-domain-size 1M", sized(1 << 20), sized((1 << 20) + 16384), b"a domain is larger than 1048576 bytes", 60, b"2:1",
             ["--max-domain-size", "1M"])

    def depth(levels):
        return b"<domain>" + b"<a>" * (levels - 1) + b"</a>" * (levels - 1) + b"</domain>\n"
    filtered(torture, place, "257 elements in elements", depth(257), depth(258), b"elements are nested more than 257 levels deep", 60, b"2:779")

    def tag(size):
        head, tail = b"<domain type='kvm' ", b"/>\n"
        attributes = b""
        number = 0
        while len(head) + len(attributes) + 720 < size:
            attributes += b"a%05d='" % number + b"x" * 690 + b"' "
            number += 1
        return head + attributes + b"z='" + b"y" * (size - len(head) - len(attributes) - 6) + b"'" + tail
    # Looked at with each 64 KiB that come, so that a tag may be longer by as much.
    filtered(torture, place, "a start tag of 512 KiB", tag(512 << 10), tag((512 + 64 + 8) << 10), b"a start tag is longer than 524288 bytes", 120, b"2:1")

    def attributes(count):
        return b"<domain type='kvm'" + b"".join(b" a%d=''" % number for number in range(count)) + b"></domain>\n"
    # The type is one, too.
    filtered(torture, place, "1,024 attributes of an element", attributes(1023), attributes(1024), b"more than 1024 attributes in a start tag", 60, b"2:1")

    def statuses(count):
        return b"<domstatus>" + b"<domain type='kvm'/>" * count + b"</domstatus>\n"
    filtered(torture, place, "16 domains in a status", statuses(16), statuses(17), b"more than 16 domains in one document whose root is not <domains>", 60, b"2:332")

    # What the time of libxml2 grew with the square of, in 64 MiB each, or as much as is let through.
    scope = b"".join(b" xmlns:n%d='u'" % number for number in range(1000))
    slow = {
        "names": (b"".join(b"<x%07x/>" % number for number in range(6_000_000)), b"more than 65536 different names"),
        "attributes": ((b"<a" + b"".join(b" a%x=''" % number for number in range(1000)) + b"/>") * 7000, b""),
        "namespaces in scope": (b"<a" + scope + b">" + b"<b/>" * ((16 << 20) - 5000) + b"</a>", b""),
        "features that nobody knows": (b"<cpu><model>Haswell</model>" + b"".join(b"<feature name='f%x'/>" % number for number in range(65_000)) + b"</cpu>", b""),
    }
    for what, (inner, message) in slow.items():
        with torture.check(f"{what}: in bounded time") as notes:
            given = domain(inner)
            start = time.monotonic()
            outcome, used = measured([VIRT_CPU, "filter", *KEEP, "--fail-on", "never"], given, place)
            notes.append(f"{len(given) >> 20} MiB in {time.monotonic() - start:.1f} s, peak {used:.0f} MiB")
            expect((outcome.returncode == 2 and message in outcome.stderr) if message else outcome.returncode == 0, outcome.returncode, outcome.stderr[:300])
            # With the square it would be minutes.
            expect(time.monotonic() - start < 60, *notes)
    features = b"".join(b"<feature name='f%d'/>" % number for number in range(100_000))
    models = b"".join(b"<model usable='no'>m%d</model>" % number for number in range(50_000))
    listing = b"<domainCapabilities><domain>kvm</domain><arch>x86_64</arch><cpu><mode name='custom' supported='yes'>%s</mode></cpu></domainCapabilities>"
    hosts = {
        "features": b"<cpu><arch>x86_64</arch>" + features + b"</cpu>",
        "models": listing % models,
        "blockers": listing % (b"<model usable='no'>m</model><blockers model='m'>" + features + b"</blockers>"),
        "documents": b"<a/>" * 300_000, "ends": b"</a>" * 300_000, "elements": b"<a>" * 300_000, "tags": b"<" * 300_000,
        "comments": b"<cpu>" + b"<!--" * 300_000 + b"--></cpu>", "sections": b"<![CDATA[" * 300_000, "instructions": b"<?a " * 300_000,
        "attributes": b"<cpu " + b"".join(b"a%d='' " % number for number in range(30_000)) + b"/>", "quotes": b"<a b='" * 200_000,
    }
    for what, given in hosts.items():
        with torture.check(f"a host's file, {what}: refused in bounded time") as notes:
            path = os.path.join(place, "h.xml")
            write(path, given)
            start = time.monotonic()
            outcome = execute([VIRT_CPU, "host", path])
            notes.append(f"{len(given) / 2**20:.1f} MiB in {time.monotonic() - start:.1f} s")
            expect(outcome.returncode == 2 and not outcome.stdout and b"error: " in outcome.stderr, outcome.returncode, outcome.stderr[:300])
            # With the square it would be minutes.
            expect(time.monotonic() - start < 60, *notes)
    with torture.check("a document type of 64 MiB: refused where it passes 64 KiB") as notes:
        for inner in (b"<!NOTATION a PUBLIC ''>" * 3_000_000, b"<!ELEMENT a (b" + b"|b" * (32 << 20) + b")>", b" " * (64 << 20)):
            given = b"<!DOCTYPE domain [" + inner + b"]>" + domain(b"")
            start = time.monotonic()
            outcome, used = measured([VIRT_CPU, "filter", *KEEP], given, place)
            expect(outcome.returncode == 2 and not outcome.stdout and b"the DOCTYPE is longer than 65536 bytes" in outcome.stderr, outcome.returncode, outcome.stderr[:300])
            expect(used < 60 and time.monotonic() - start < 60, f"{used:.0f} MiB, {time.monotonic() - start:.0f} s")

    def comment(size):
        return b"<domain><!--" + b"x" * size + b"--></domain>\n"
    filtered(torture, place, "a comment of 10 MB", comment(9_990_000), comment(11_000_000), b"a tag, a value or a comment is longer than 10 MB", 150, b"2:9")

    with torture.check("findings of a rule in a domain: 100 are told, of 101 the rest are counted") as notes:
        for count, says in ((100, False), (101, True)):
            features = b"".join(b"<feature name='f%d'/>" % number for number in range(count))
            outcome = execute([VIRT_CPU, "filter", *KEEP], domain(b"<cpu mode='custom'><model>Haswell</model>" + features + b"</cpu>"))
            expect(outcome.returncode == 1 and not outcome.stdout, outcome)
            # What is counted is told on a line of its own.
            expect(outcome.stderr.count(b"[unknown-feature]") == count, count, outcome.stderr.count(b"[unknown-feature]"))
            expect((b"omitted: 1 more of this kind in this domain" in outcome.stderr) == says, count, outcome.stderr[-300:])
    def comments(count):
        return domain(b"<cpu mode='host-passthrough'>" + b"<!---->" * count + b"</cpu>")
    # Of those in a row that are too many, the last is named.
    column = len(domain(b"<cpu mode='host-passthrough'>")) - len(b"</domain>\n") + 7 * 65_537 + 1
    filtered(torture, place, "65,536 features, comments and other parts in a domain", comments(65_536), comments(65_537),
             b"more than 65536 features, comments and other parts in a domain", 60, b"2:%d" % column)
    with torture.check("65,536 features in a <cpu>: judged, in bounded memory") as notes:
        features = b"".join(b"<feature name='f%d'/>\n" % number for number in range(65_536 - 1))
        outcome, used = measured([VIRT_CPU, "filter", *KEEP], domain(b"<cpu mode='custom'><model>Haswell</model>" + features + b"</cpu>"), place)
        expect(outcome.returncode == 1 and not outcome.stdout and b"omitted: 65435 more" in outcome.stderr, outcome.returncode, outcome.stderr[-300:])
        expect(used < 120, f"{used:.0f} MiB")
        notes.append(f"peak {used:.0f} MiB")


def policies(torture, place):
    good = domain(b"")

    def policy(text):
        write(f"{place}/policy.yaml", text)
        return execute([VIRT_CPU, "filter", "--no-local", "--quiet", "--config", f"{place}/policy.yaml"], good)
    with torture.check("a policy of 1 MiB, 32 deep, with 4096 hosts: at the limit read, just over it refused"):
        base = b"default: keep\n#"
        outcome = policy(base + b"x" * ((1 << 20) - len(base)))
        expect(outcome.returncode == 0 and outcome.stdout == good, outcome)
        outcome = policy(base + b"x" * ((1 << 20) - len(base) + 1))
        expect(outcome.returncode == 2 and not outcome.stdout and b"larger than 1048576 bytes" in outcome.stderr, outcome)
        for levels, refused in ((31, False), (32, True)):
            # The mapping round it is a level too.
            outcome = policy(b"default: " + b"[" * levels + b"]" * levels + b"\n")
            expect(outcome.returncode == 2 and (b"lists and mappings are nested more than 32 levels deep" in outcome.stderr) == refused, levels, outcome.stderr)
        outcome = policy(b"default: keep\nhosts: [" + b", ".join([b"'nowhere/*.xml'"] * 4097) + b"]\n")
        expect(outcome.returncode == 2 and b"more than 4096 hosts" in outcome.stderr, outcome.stderr)
        outcome = policy(b"default: keep\nhosts: [" + b", ".join([b"local"] * 4096) + b"]\n")
        expect(b"more than 4096 hosts" not in outcome.stderr, outcome.stderr)


def hosts(torture, place):
    good = domain(b"")
    cpu = b"<cpu><arch>x86_64</arch><model>Haswell</model></cpu>"

    def host(*patterns):
        return execute([VIRT_CPU, "filter", *KEEP, *(word for pattern in patterns for word in ("--host", pattern))], good)
    with torture.check("a host's file of 16 MiB, with 256 documents: at the limit read, just over it refused"):
        for size, refused in ((16 << 20, False), ((16 << 20) + 1, True)):
            write(f"{place}/host.xml", cpu + b" " * (size - len(cpu)))
            outcome = host(f"{place}/host.xml")
            expect((outcome.returncode == 2 and b"larger than 16777216 bytes" in outcome.stderr) == refused and (outcome.stdout == good) != refused, size, outcome)
        for count, refused in ((256, False), (257, True)):
            # Domain capabilities: a host has one <cpu>, and as many of these as it has platforms.
            write(f"{place}/host.xml", cpu + b"<domainCapabilities/>" * (count - 1))
            outcome = host(f"{place}/host.xml")
            expect((b"more than 256 documents in one host file" in outcome.stderr) == refused, count, outcome)
    with torture.check("4096 host files, 256 MiB of them: at the limit read, just over it refused") as notes:
        os.mkdir(f"{place}/hosts")
        for number in range(4096):
            write(f"{place}/hosts/h{number}.xml", cpu)
        outcome, used = measured([VIRT_CPU, "filter", *KEEP, "--host", f"{place}/hosts/*.xml"], good, place)
        expect(outcome.returncode == 0 and outcome.stdout == good, outcome.returncode, outcome.stderr)
        notes.append(f"4096 hosts: {used:.0f} MiB")
        write(f"{place}/hosts/h4096.xml", cpu)
        outcome = host(f"{place}/hosts/*.xml")
        expect(outcome.returncode == 2 and b"more than 4096 host files" in outcome.stderr, outcome)
        os.mkdir(f"{place}/heavy")
        for number in range(16):
            write(f"{place}/heavy/h{number}.xml", cpu + b" " * ((16 << 20) - len(cpu)))
        outcome, used = measured([VIRT_CPU, "filter", *KEEP, "--host", f"{place}/heavy/*.xml"], good, place)
        expect(outcome.returncode == 0 and outcome.stdout == good, outcome.returncode, outcome.stderr)
        expect(used < 800, f"{used:.0f} MiB")
        notes.append(f"256 MiB of files: {used:.0f} MiB")
        write(f"{place}/heavy/h16.xml", cpu)
        outcome = host(f"{place}/heavy/*.xml")
        expect(outcome.returncode == 2 and b"more than 256 MiB of host files" in outcome.stderr, outcome)


def virsh(torture, place):
    """A virsh that says and does what it is told."""
    os.mkdir(f"{place}/bin")
    script = f"{place}/bin/virsh"
    with open(os.path.join(TOP, "Examples/hosts/hv01.capabilities.xml"), "rb") as file:
        capabilities = file.read()
    write(f"{place}/capabilities", capabilities)
    environment = {**os.environ, "PATH": f"{place}/bin:/usr/bin:/bin"}

    def host(answer, *options):
        write(script, b"#!/bin/sh\n" + answer)
        os.chmod(script, 0o755)
        return execute([VIRT_CPU, "host", *options, "qemu:///system"], env=environment)
    with torture.check("what virsh prints: 16 MiB are read, a byte more is refused"):
        size = len(capabilities)
        for blanks, refused in (((16 << 20) - size - 4096, False), ((16 << 20) - size + 1, True)):
            answer = f"cat {place}/capabilities; head -c {blanks} /dev/zero | tr '\\0' ' '".encode()
            outcome = host(b'case "$*" in *dom*) exit 1 ;; esac\n' + answer)
            expect((b"printed more than 16 MiB" in outcome.stderr) == refused, blanks, outcome.returncode, outcome.stderr)
        endless = host(b"exec cat /dev/zero")
        expect(endless.returncode == 2 and b"printed more than 16 MiB" in endless.stderr, endless)
    with torture.check("the time that virsh takes: --timeout ends it, and what it started"):
        outcome = host(b"sleep 1000", "--timeout", "1")
        expect(outcome.returncode == 2 and b"did not answer within 1 s" in outcome.stderr, outcome)


def trees(torture, place):
    with torture.check("directories in directories: 64 are walked, the 65th is said, the rest is judged"):
        for levels in (63, 64):
            top = f"{place}/tree{levels}"
            os.makedirs(top + "/d" * levels)
            write(top + "/d" * levels + "/far.xml", domain(b"<cpu mode='wrong'/>"))
            write(top + "/near.xml", domain(b"<cpu mode='wrong'/>"))
            outcome = execute([VIRT_CPU, "check", *KEEP[:1], *KEEP[2:], top])
            expect(b"near.xml:" in outcome.stdout, outcome)
            expect((b"far.xml:" in outcome.stdout) == (levels == 63), levels, outcome)
            expect((b"more than 64 levels of directories" in outcome.stderr) == (levels == 64), levels, outcome.stderr)
            expect(outcome.returncode == (1 if levels == 63 else 2), levels, outcome.returncode)


def run(torture, place):
    for part in (documents, policies, hosts, virsh, trees):
        part(torture, place)
