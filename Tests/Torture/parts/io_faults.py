"""Files, pipes, disks and directories as they should not be."""
import contextlib
import os
import resource
import signal
import socket
import stat
import subprocess
import threading
import time

from .torture import (
    FILTER, MENDED, ODD, PLAIN, REWRITTEN, VIRT_CPU, Skipped, content, default_signals, execute, expect, feed, peak, shown, write)

CHECK = [VIRT_CPU, "check", "--no-config", "--quiet", "--default", "keep"]
# Long enough for the second thread, which starts behind the first MiB.
STREAM = PLAIN * 40_000


def tmpfs(path, size):
    os.makedirs(path)
    mounted = execute(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path])
    if mounted.returncode:
        raise Skipped("no file system can be mounted here")


def output(torture, place):
    with torture.check("stdout that takes nothing: exit 2, said once, nothing but whole domains") as notes:
        for given in (PLAIN, STREAM):
            with open("/dev/full", "wb") as full:
                outcome = execute(FILTER, given, stdout=full)
            expect(outcome.returncode == 2 and outcome.stderr.count(b"\n") == 1, outcome)
            expect(b"No space left" in outcome.stderr, outcome.stderr)
            closed = execute(["sh", "-c", 'exec "$@" >&-', "sh", *FILTER], given)
            expect(closed.returncode == 2 and b"Bad file descriptor" in closed.stderr, closed)
        with open("/dev/full", "wb") as full:
            write(f"{place}/odd.xml", ODD)
            outcome = execute([*CHECK, f"{place}/odd.xml"], stdout=full)
        expect(outcome.returncode == 2 and outcome.stderr.count(b"\n") == 1, outcome)
    with torture.check("A file system that fills up under filter's output: what is there is whole domains but for the last") as notes:
        try:
            tmpfs(f"{place}/small", "1m")
            with open(f"{place}/small/out", "wb") as file:
                outcome = execute(FILTER, STREAM, stdout=file)
            written = content(f"{place}/small/out")
            expect(outcome.returncode == 2 and b"No space left" in outcome.stderr, outcome.returncode, outcome.stderr)
            # The system takes what there is room for.
            expect(STREAM.replace(PLAIN, REWRITTEN).startswith(written), "not what filter writes")
            notes.append(f"{len(written)} bytes fit")
        finally:
            execute(["umount", f"{place}/small"])
    with torture.check("A reader that goes away after any number of bytes: SIGPIPE, quietly") as notes:
        random = torture.random("closed pipes")
        places = [0, 1, 4095, 4096, 65535, 65536, 131072] + [random.randrange(3 << 20) for _ in range(60)]
        for limit in places:
            with subprocess.Popen(
                    FILTER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=default_signals) as process:
                writer = threading.Thread(target=feed, args=(process.stdin, STREAM))
                writer.start()
                taken = read_exactly(process.stdout, limit)
                process.stdout.close()
                errors = process.stderr.read()
                writer.join()
            expect((REWRITTEN * (limit // len(REWRITTEN) + 1))[:limit] == taken, f"after {limit}: not what filter writes")
            expect(process.returncode == -signal.SIGPIPE and not errors, f"after {limit}:", process.returncode, errors)
        notes.append(f"{len(places)} places")


def full(torture, place):
    with torture.check("check --fix on a full file system: each file said not to be changed, none changed; all mended when there is room") as notes:
        count = 2000
        try:
            tmpfs(f"{place}/full", "16m")
            for index in range(count):
                write(f"{place}/full/{index}.xml", ODD)
            with contextlib.suppress(OSError), open(f"{place}/full/ballast", "wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            outcome = execute([*CHECK, "--fix", f"{place}/full"])
            expect(outcome.returncode == 2 and outcome.stderr.count(b"No space left on device") == count, outcome.returncode, outcome.stderr)
            names = os.listdir(f"{place}/full")
            expect(len(names) == count + 1, "something was left behind")
            expect(all(content(f"{place}/full/{index}.xml") == ODD for index in range(count)), "a file changed")
            os.unlink(f"{place}/full/ballast")
            outcome = execute([*CHECK, "--fix", f"{place}/full"])
            expect(outcome.returncode == 0 and len(os.listdir(f"{place}/full")) == count, outcome)
            expect(all(content(f"{place}/full/{index}.xml") == MENDED for index in range(count)), "a file was not mended")
            notes.append(f"{count} files")
        finally:
            execute(["umount", f"{place}/full"])


def read_exactly(stream, count):
    data = b""
    while len(data) < count:
        more = stream.read(count - len(data))
        if not more:
            break
        data += more
    return data


def given(torture, place):
    with torture.check("stdin closed, a directory, unreadable: exit 2, one line, no output"):
        closed = execute(["sh", "-c", 'exec "$@" <&-', "sh", *FILTER])
        expect(closed.returncode == 2 and not closed.stdout and closed.stderr.count(b"\n") == 1, closed)
        directory = os.open(place, os.O_RDONLY)
        outcome = execute(FILTER, stdin=directory)
        os.close(directory)
        expect(outcome.returncode == 2 and not outcome.stdout and b"directory" in outcome.stderr, outcome)
        write_only = os.open(f"{place}/write-only", os.O_WRONLY | os.O_CREAT)
        outcome = execute(FILTER, stdin=write_only)
        os.close(write_only)
        expect(outcome.returncode == 2 and not outcome.stdout and outcome.stderr.count(b"\n") == 1, outcome)
    with torture.check("A writer that stops in a domain: what is whole is out, the rest waits, and SIGTERM ends it"):
        with subprocess.Popen(FILTER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdin.write(PLAIN * 3 + PLAIN[:50])
            process.stdin.flush()
            expect(read_exactly(process.stdout, 3 * len(REWRITTEN)) == REWRITTEN * 3, "not three domains")
            expect(process.poll() is None, "it ended")
            process.terminate()
            rest = process.stdout.read()
        expect(not rest and process.returncode == -signal.SIGTERM, rest, process.returncode)
    with torture.check("A stream that comes byte by byte is the same stream"):
        with subprocess.Popen(FILTER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
            for byte in PLAIN * 5:
                process.stdin.write(bytes([byte]))
            process.stdin.close()
            expect(process.stdout.read() == REWRITTEN * 5, "it is not")
        expect(process.returncode == 0, process.returncode)


def unreadable(torture, place):
    with torture.check("Files and directories that may not be read: each said, the others judged"):
        if os.geteuid() != 0:
            raise Skipped("needs root, to be somebody else")
        os.makedirs(f"{place}/private/closed")
        for name in ("a", "b", "closed/c"):
            write(f"{place}/private/{name}.xml", ODD)
        os.chmod(f"{place}/private/a.xml", 0)
        os.chmod(f"{place}/private/closed", 0)
        program = f"{place}/virt-cpu"
        write(program, content(VIRT_CPU))
        os.chmod(program, 0o755)
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        outcome = execute([*nobody, program, *CHECK[1:], "private"], cwd=place)
        lines = sorted(outcome.stderr.splitlines())
        expect(outcome.returncode == 2 and lines == [
            b"virt-cpu: error: private/a.xml: Permission denied", b"virt-cpu: error: private/closed: Permission denied"], outcome)
        expect(b"private/b.xml:" in outcome.stdout, outcome.stdout)
        outcome = execute([*nobody, program, *CHECK[1:], "--fix", "private"], cwd=place)
        expect(outcome.returncode == 2 and content(f"{place}/private/b.xml") == ODD, outcome)
        expect(sorted(os.listdir(f"{place}/private")) == ["a.xml", "b.xml", "closed"], "something was left")


def changing(torture, place):
    with torture.check("Files that vanish, are cut, replaced or become a FIFO while check runs: never a hang, a crash or another file's fault") as notes:
        random = torture.random("changing")
        directory = f"{place}/changing"
        os.mkdir(directory)
        names = [f"{directory}/{index:04}.xml" for index in range(1500)]
        for name in names:
            write(name, ODD)
        stop = threading.Event()
        changes = [0]

        def change():
            while not stop.is_set():
                name = random.choice(names)
                with contextlib.suppress(OSError):
                    kind = random.randrange(6)
                    if kind == 0:
                        os.unlink(name)
                    elif kind == 1:
                        os.truncate(name, random.randrange(os.path.getsize(name) + 1))
                    elif kind == 2:
                        os.unlink(name)
                        os.mkfifo(name)
                    elif kind == 3:
                        os.unlink(name)
                        os.symlink("/dev/zero", name)
                    elif kind == 4:
                        os.unlink(name)
                        os.mkdir(name)
                    else:
                        with contextlib.suppress(OSError):
                            os.rmdir(name)
                        with contextlib.suppress(OSError):
                            os.unlink(name)
                        write(name + ".new", ODD)
                        os.rename(name + ".new", name)
                    changes[0] += 1

        thread = threading.Thread(target=change)
        thread.start()
        try:
            for turn in range(40):
                mode = ["--fix"] if turn % 2 else []
                outcome = execute([*CHECK, *mode, "changing"], cwd=place, timeout=60)
                expect(outcome.returncode in (0, 1, 2), outcome.returncode, outcome.stderr)
                for line in outcome.stderr.splitlines():
                    expect(b"changing/" in line, line)
        finally:
            stop.set()
            thread.join()
        left = [name for name in os.listdir(directory) if name.startswith(".virt-cpu.")]
        expect(not left, left)
        for name in names:
            if os.path.isfile(name) and not os.path.islink(name):
                data = content(name)
                expect(data in (ODD, MENDED) or ODD.startswith(data) or MENDED.startswith(data), name, data)
        notes.append(f"{changes[0]} changes in 40 runs")
    with torture.check("A directory that gains and loses directories while it is walked"):
        top = f"{place}/walked"
        os.mkdir(top)
        stop = threading.Event()

        def move():
            index = 0
            while not stop.is_set():
                index += 1
                with contextlib.suppress(OSError):
                    os.makedirs(f"{top}/{index % 50}/a/b")
                    write(f"{top}/{index % 50}/a/b/x.xml", ODD)
                    os.rename(f"{top}/{index % 50}", f"{top}/m{index % 50}")
                with contextlib.suppress(OSError):
                    other = (index + 25) % 50
                    os.unlink(f"{top}/m{other}/a/b/x.xml")
                    os.removedirs(f"{top}/m{other}/a/b")

        thread = threading.Thread(target=move)
        thread.start()
        try:
            for _ in range(60):
                outcome = execute([*CHECK, top], timeout=60)
                expect(outcome.returncode in (0, 1, 2), outcome.returncode, outcome.stderr)
        finally:
            stop.set()
            thread.join()


def strange(torture, place):
    directory = f"{place}/strange"
    os.mkdir(directory)
    with torture.check("FIFOs, sockets, devices, loops of links and directories called .xml are passed over"):
        os.mkfifo(f"{directory}/fifo.xml")
        os.mkdir(f"{directory}/directory.xml")
        unix = socket.socket(socket.AF_UNIX)
        os.chdir(directory)
        unix.bind("socket.xml")
        os.chdir("/")
        if os.geteuid() == 0:
            os.mknod(f"{directory}/zero.xml", stat.S_IFCHR | 0o644, os.makedev(1, 5))
        os.symlink("loop.xml", f"{directory}/loop.xml")
        os.symlink(".", f"{directory}/here")
        os.symlink("..", f"{directory}/up.xml")
        os.symlink("nowhere", f"{directory}/dangling.xml")
        os.symlink("/dev/zero", f"{directory}/endless.xml")
        os.symlink("fifo.xml", f"{directory}/tofifo.xml")
        write(f"{directory}/good.xml", ODD)
        for mode in ([], ["--fix"]):
            outcome = execute([*CHECK, *mode, directory], timeout=30)
            expect(outcome.returncode == (0 if mode else 1) and not outcome.stderr, mode, outcome)
        expect(content(f"{directory}/good.xml") == MENDED, "not mended")
        unix.close()
    with torture.check("Named, they are refused or read to their end, and none is waited for in vain"):
        for name, words in (("loop.xml", b"Too many levels"), ("dangling.xml", b"No such file"), ("socket.xml", b"No such device")):
            outcome = execute([*CHECK, f"{directory}/{name}"], timeout=30)
            expect(outcome.returncode == 2 and words in outcome.stderr, name, outcome)
        for mode in (["--fix"], ["--diff"]):
            outcome = execute([*CHECK, *mode, f"{directory}/fifo.xml"], timeout=30)
            expect(outcome.returncode == 2 and b"not a regular file" in outcome.stderr, mode, outcome)
        outcome = execute([*CHECK, "/dev/zero"], timeout=60)
        expect(outcome.returncode == 2 and outcome.stderr.count(b"\n") == 1, outcome)
        # A FIFO that somebody writes is as good as a file: <(virsh dumpxml …).
        writer = threading.Thread(target=write, args=(f"{directory}/fifo.xml", ODD))
        writer.start()
        outcome = execute([*CHECK, f"{directory}/fifo.xml"], timeout=30)
        writer.join()
        expect(outcome.returncode == 1 and b"fifo.xml:" in outcome.stdout, outcome)
    with torture.check("Names with newlines, escapes, quotes and bytes that are no UTF-8: on a line of their own, harmless on a terminal"):
        names = [b"a\nb.xml", b"\x1b[31mred.xml", b"tab\there.xml", b"quote'\".xml", b"\xff\xfe.xml", b"\xc3\x28.xml", b"\x7f.xml", b" .xml", b"-rf.xml",
                 "\u202e.xml".encode(), "\u00e9.xml".encode(), b"\xc2\x9b31m.xml", b"%s%n.xml", b"x" * 250 + b".xml"]
        odd = os.fsencode(f"{place}/names")
        os.mkdir(odd)
        for name in names:
            write(odd + b"/" + name, ODD)
        for format, separator in (("text", b"\n"), ("json-lines", b"\n"), ("github", b"\n")):
            outcome = execute([*CHECK, "--format", format, "names"], cwd=place)
            expect(outcome.returncode == 1, outcome.stderr)
            raw = [byte for byte in outcome.stdout if byte < 32 and byte not in b"\t\n" or byte == 127]
            expect(not raw and b"\xc2\x9b" not in outcome.stdout, format, "control characters go to the terminal:", outcome.stdout)
            if format == "json-lines":
                expect(outcome.stdout.count(b"\n") == len(names), outcome.stdout)
        outcome = execute([*CHECK, "--fix", "names"], cwd=place)
        expect(outcome.returncode == 0 and not outcome.stderr, outcome)
        for name in names:
            expect(content(odd + b"/" + name) == MENDED, name, "was not mended")
    with torture.check("A path longer than the system takes at once is said, and nothing else suffers"):
        deep = f"{place}/long"
        os.mkdir(deep)
        write(f"{deep}/good.xml", ODD)
        here = os.getcwd()
        os.chdir(deep)
        for _ in range(20):
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
        write("far.xml", ODD)
        os.chdir(here)
        outcome = execute([*CHECK, "long"], cwd=place)
        expect(outcome.returncode == 2 and b"too long" in outcome.stderr and outcome.stderr.count(b"\n") == 1, outcome.returncode, outcome.stderr[-300:])
        expect(b"long/good.xml" in outcome.stdout, outcome.stdout)
        execute(["rm", "-rf", deep])


def many(torture, place):
    with torture.check("100,000 files with 64 descriptors, on two threads, and in little memory") as notes:
        directory = f"{place}/many"
        for index in range(100_000):
            if index % 1000 == 0:
                os.makedirs(f"{directory}/{index // 1000:03}")
            write(f"{directory}/{index // 1000:03}/{index:06}.xml", ODD if index % 100 == 0 else PLAIN)
        limits = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        start = time.monotonic()
        with subprocess.Popen([*CHECK, "-j2", directory], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limits) as process:
            # Its first output is there when it has read most of what it holds.
            top = 0
            drain = threading.Thread(target=lambda: (process.stdout.read(), process.stderr.read()))
            drain.start()
            while process.poll() is None:
                with contextlib.suppress(OSError, TypeError, KeyError):
                    top = max(top, peak(process))
                time.sleep(0.02)
            drain.join()
        expect(process.returncode == 1, process.returncode)
        notes.append(f"{time.monotonic() - start:.1f} s, peak {top:.0f} MiB")
        expect(top < 200, *notes)
        start = time.monotonic()
        outcome = execute([*CHECK, "-j2", "--fix", directory], preexec_fn=limits)
        expect(outcome.returncode == 0 and not outcome.stderr, outcome)
        notes.append(f"--fix {time.monotonic() - start:.1f} s")
        outcome = execute(["sh", "-c", 'ulimit -v 1000000; exec "$@"', "sh", *CHECK, directory], preexec_fn=limits)
        expect(outcome.returncode == 0 and not outcome.stdout, outcome)


def memory(torture, place):
    def limited(limit, given):
        return execute(["sh", "-c", f'ulimit -v {limit}; exec "$@"', "sh", *FILTER], given, timeout=60)
    with torture.check("Without memory it ends, and by itself where it can say so") as notes:
        ended = set()
        # About the least with which its libraries can be loaded: behind it, anything may be refused it. With less than its own
        # length, the kernel kills it while it maps it.
        not_loaded = (127, -signal.SIGSEGV, -signal.SIGKILL)
        least = next(limit for limit in range(20_000, 200_000, 1000) if limited(limit, PLAIN).returncode not in not_loaded) - 1000
        comment = PLAIN.replace(b"</domain>", b"<!-- " + b"x" * 3_000_000 + b" --></domain>")
        for given, limits in (
            (PLAIN, range(least, least + 2000, 100)),
            (STREAM, (20_000, 40_000, *range(least, least + 2000, 100), *range(50_000, 80_000, 1000), 120_000, 200_000)),
            (comment, (*range(least, least + 20_000, 500), 200_000)),
        ):
            whole = given.replace(b"maximum", b"host-model")
            for limit in limits:
                outcome = limited(limit, given)
                status = outcome.returncode
                ended.add(status)
                words = f"{limit} KiB: exit status {status}, {len(outcome.stdout)} bytes, {shown(outcome.stderr)}"
                expect(whole.startswith(outcome.stdout), "not what filter writes:", words)
                # 127 is the dynamic linker's; a Swift runtime or a C++ library that gets no memory traps or aborts. The runtime's
                # fatalError has vasprintf format its message, and hands null to fputs where that gets no memory either: SIGSEGV.
                expect(status in (0, 2, 127, -signal.SIGILL, -signal.SIGTRAP, -signal.SIGABRT, -signal.SIGSEGV), words)
                expect(status != 0 or outcome.stdout == whole, "exit status 0, and not all of it:", words)
                expect(status != 2 or outcome.stderr.endswith(b": error: out of memory\n"), "exit status 2 for something else:", words)
                expect(status == 0 or given is STREAM or not outcome.stdout, "a part of a domain:", words)
                expect(status != 127 or not outcome.stdout, words)
        expect({0, 2} < ended, "with and without memory it is the same:", ended)
        notes.append(f"exit statuses {sorted(ended)}")


def run(torture, place):
    for part in (output, full, given, unreadable, changing, strange, many, memory):
        part(torture, place)
