"""Signals at random moments."""
import contextlib
import os
import signal
import subprocess
import threading
import time

from .torture import (
    ENDING, FILTER, MENDED, ODD, PLAIN, REWRITTEN, VIRT_CPU, content, default_signals, execute, expect, feed, write)

TURNS = int(os.environ.get("TORTURE_TURNS", "40"))
COUNT = 400
STREAM = PLAIN * 30_000
WRITTEN = STREAM.replace(PLAIN, REWRITTEN)


@contextlib.contextmanager
def start(command, **options):
    """A process that has a minute; one that hangs ends by a signal that nobody sent it."""
    with subprocess.Popen(command, preexec_fn=default_signals, **options) as process:
        hangs = threading.Timer(60, process.send_signal, [signal.SIGXCPU])
        hangs.start()
        try:
            yield process
            process.wait()
        finally:
            hangs.cancel()


def stop_and_go(process, random):
    """A few stops on the way."""
    for _ in range(random.randrange(1, 4)):
        process.send_signal(signal.SIGSTOP)
        time.sleep(random.random() / 500)
        process.send_signal(signal.SIGCONT)
        time.sleep(random.random() / 500)


def filtering(torture):
    cores = sorted(os.sched_getaffinity(0))
    for threads in (1, 2):
        command = (["taskset", "-c", str(cores[0])] if threads == 1 else []) + FILTER
        with torture.check(f"filter on {threads} thread{'s' * (threads - 1)}, after any byte: ends by the signal, with the beginning of the output") as notes:
            random = torture.random(f"filter {threads}")
            early = 0
            for turn in range(TURNS * 3):
                number = ENDING[turn % len(ENDING)]
                limit = random.randrange(len(WRITTEN)) if turn % 3 else random.randrange(3000)
                with start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                    writer = threading.Thread(target=feed, args=(process.stdin, STREAM))
                    writer.start()
                    taken = process.stdout.read(limit)
                    process.send_signal(number)
                    taken += process.stdout.read()
                    errors = process.stderr.read()
                    writer.join()
                expect(WRITTEN.startswith(taken), f"turn {turn}: not the beginning of the output")
                expect(not errors and process.returncode in (-number, 0), f"turn {turn}, {number.name}:", process.returncode, errors)
                # What came too late.
                early += process.returncode != 0
                expect(process.returncode or taken == WRITTEN, f"turn {turn}: exit status 0, and not all of it")
            expect(early > 0, "none was in time")
            notes.append(f"{early} of {TURNS * 3} before the end")
        with torture.check(f"filter on {threads} thread{'s' * (threads - 1)}, stopped and going on: the whole output"):
            random = torture.random(f"stop {threads}")
            for turn in range(TURNS // 4):
                with start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                    writer = threading.Thread(target=feed, args=(process.stdin, STREAM))
                    writer.start()
                    other = threading.Thread(target=stop_and_go, args=(process, random))
                    other.start()
                    taken = process.stdout.read()
                    writer.join()
                    other.join()
                expect(taken == WRITTEN and process.returncode == 0, f"turn {turn}:", process.returncode, len(taken))


def fill(place):
    for index in range(COUNT):
        write(f"{place}/vms/{index:03}.xml", ODD)


def judge(place, what, may_leave):
    """How many files are mended; anything but old and new is wrong, and so is what should not lie there."""
    mended = 0
    for index in range(COUNT):
        data = content(f"{place}/vms/{index:03}.xml")
        expect(data in (ODD, MENDED), f"{what}: {index:03}.xml is damaged:", data)
        mended += data == MENDED
    left = [name for name in os.listdir(f"{place}/vms") if not name.endswith(".xml")]
    expect(may_leave or not left, f"{what}: left behind:", left)
    expect(all(name.startswith(".virt-cpu.") for name in left), f"{what}: not to be recognised:", left)
    return mended, len(left)


def checking(torture, place):
    os.makedirs(f"{place}/vms")
    fill(place)
    with torture.check("check -j2 at any moment: ends by the signal, and every file is as it was") as notes:
        random = torture.random("check")
        early = 0
        for turn in range(TURNS * 3):
            number = ENDING[turn % len(ENDING)]
            with start([VIRT_CPU, "check", "--no-config", "-j2", "vms"], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.read(random.randrange(60_000)) if turn % 2 else time.sleep(random.random() / 50)
                process.send_signal(number)
                process.stdout.read()
                process.stderr.read()
            expect(process.returncode in (-number, 0, 1), f"turn {turn}, {number.name}:", process.returncode)
            early += process.returncode == -number
        expect(judge(place, "check", False) == (0, 0), "files changed")
        expect(early > 0, "none was in time")
        notes.append(f"{early} of {TURNS * 3} before the end")


def fixing(torture, place):
    command = [VIRT_CPU, "check", "--no-config", "--default", "keep", "--fix", "vms", "-j2"]
    leftovers = {}
    with torture.check("check --fix at any moment: every file is the old or the new one, and only SIGKILL leaves something behind") as notes:
        random = torture.random("fix")
        middle = 0
        for turn in range(TURNS * len(ENDING)):
            number = ENDING[turn % len(ENDING)]
            fill(place)
            # The moment is when this file is done; names are taken in byte order.
            mark = f"{place}/vms/{random.randrange(COUNT - 20):03}.xml"
            with start(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                while content(mark) == ODD and process.poll() is None:
                    pass
                if turn % 2:
                    time.sleep(random.random() / 5000)
                process.send_signal(number)
            mended, left = judge(place, f"turn {turn}, {number.name}", number == signal.SIGKILL)
            expect(process.returncode in (-number, 0), f"turn {turn}, {number.name}:", process.returncode)
            middle += 0 < mended < COUNT
            leftovers[number.name] = leftovers.get(number.name, 0) + left
            if left:
                # A following run takes nothing of it for a definition.
                outcome = execute(command, cwd=place)
                expect(outcome.returncode == 0 and judge(place, "the run that follows", True)[0] == COUNT, outcome)
                for name in os.listdir(f"{place}/vms"):
                    if not name.endswith(".xml"):
                        os.unlink(f"{place}/vms/{name}")
        expect(middle > 0, "none in the middle")
        notes.append(f"{middle} of {TURNS * len(ENDING)} in the middle")
        notes.append(f"{leftovers['SIGKILL']} temporary files left by SIGKILL")
    with torture.check("check --fix whose reader goes away: SIGPIPE, and nothing is left behind") as notes:
        random = torture.random("fix pipe")
        ended = 0
        for turn in range(TURNS):
            fill(place)
            with start(command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                process.stdout.read(random.randrange(2000))
                process.stdout.close()
            judge(place, f"turn {turn}", False)
            expect(process.returncode in (-signal.SIGPIPE, 0), f"turn {turn}:", process.returncode)
            ended += process.returncode != 0
        expect(ended > 0, "none met a closed pipe")
        notes.append(f"{ended} of {TURNS} ended by it")
    with torture.check("check --fix stopped and going on mends all; with SIGHUP ignored (nohup) it is not ended by it"):
        random = torture.random("fix stop")
        for turn in range(10):
            fill(place)
            prefix = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"] if turn % 2 else []
            with start(prefix + command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                while turn % 2 and content(f"{place}/vms/010.xml") == ODD and process.poll() is None:
                    pass
                if turn % 2:
                    process.send_signal(signal.SIGHUP)
                stop_and_go(process, random)
            expect(process.returncode == 0 and judge(place, f"turn {turn}", False) == (COUNT, 0), f"turn {turn}:", process.returncode)


def hooks(torture, place):
    with torture.check("hook vdsm at any moment: the domain's file is the old or the new one, and nothing lies beside it") as notes:
        random = torture.random("vdsm")
        os.makedirs(f"{place}/vdsm")
        path = f"{place}/vdsm/domain"
        large = PLAIN.replace(b"</domain>", b"<!-- " + b"x" * 2_000_000 + b" --></domain>")
        rewritten = large.replace(b"maximum", b"host-model", 1)

        def hook():
            write(path, large)
            return start([VIRT_CPU, "hook", "vdsm", "--no-config", "--default", "host-model"], env={**os.environ, "_hook_domxml": path},
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        before = time.monotonic()
        with hook() as process:
            process.wait()
        took = time.monotonic() - before
        done = 0
        for turn in range(TURNS * 3):
            number = ENDING[turn % len(ENDING)]
            with hook() as process:
                time.sleep(random.random() * 2 * took)
                process.send_signal(number)
                said = process.stdout.read() + process.stderr.read()
            data = content(path)
            expect(data in (large, rewritten), f"turn {turn}: damaged")
            expect(not said and process.returncode in (-number, 0), f"turn {turn}:", process.returncode, said)
            expect(process.returncode or data == rewritten, f"turn {turn}: exit status 0, and the old file")
            left = [name for name in os.listdir(f"{place}/vdsm") if name != "domain"]
            expect(number == signal.SIGKILL or not left, f"turn {turn}, {number.name}:", left)
            for name in left:
                os.unlink(f"{place}/vdsm/{name}")
            done += data == rewritten
        expect(0 < done < TURNS * 3, f"{done} were done")
        notes.append(f"{done} of {TURNS * 3} done before it")
    with torture.check("hook libvirt and hook kubevirt: a signal is no verdict") as notes:
        random = torture.random("libvirt")
        ended = 0
        policy = f"{place}/policy.yaml"
        write(policy, b"default: keep\n")
        for turn in range(TURNS * 2):
            number = ENDING[turn % len(ENDING)]
            if turn % 2:
                command = [VIRT_CPU, "hook", "kubevirt", "--no-config", "--default", "host-model", "--domain", PLAIN.decode()]
            else:
                command = [VIRT_CPU, "hook", "libvirt", "--config", policy, "--state", f"{place}/state", "g", "prepare", "begin", "-"]
            with start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                time.sleep(random.random() / 100)
                if turn % 4:
                    feed(process.stdin, PLAIN)
                process.send_signal(number)
                output = process.stdout.read()
            expect(output in (b"", REWRITTEN), f"turn {turn}:", output)
            expect(process.returncode in (-number, 0), f"turn {turn}:", process.returncode)
            ended += process.returncode != 0
        notes.append(f"{ended} of {TURNS * 2} ended by it")
        # A start that was cut off leaves no note that would excuse another.
        expect(not os.path.isdir(f"{place}/state") or not os.listdir(f"{place}/state"), "notes are left")


# Nobody's configuration but the repository's.
GIT = {**os.environ, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{who}_{what}": "torture@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(place, *arguments):
    outcome = execute(["git", *arguments], cwd=place, env=GIT)
    expect(outcome.returncode == 0, arguments, outcome.stderr)
    return outcome.stdout.decode().strip()


def contents(top):
    """Every file below a directory."""
    return {path: content(path) for parent, _, names in os.walk(top) for path in (os.path.join(parent, name) for name in names)}


def running(mark):
    """What still runs of all that was started with a word in its environment, once it had time to end."""
    deadline = time.monotonic() + 10
    while True:
        left = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            # One that has ended meanwhile is not there, or has no environment any more.
            with contextlib.suppress(OSError):
                if mark in content(f"/proc/{name}/environ"):
                    left.append(content(f"/proc/{name}/cmdline").replace(b"\0", b" "))
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def repositories(place):
    """A work tree with definitions staged, and a bare repository that has the commit of them, whose branch is before it.

    Returns: the two commits.
    """
    os.makedirs(f"{place}/work/vms")
    git(f"{place}/work", "init", "--quiet", "--initial-branch=main")
    git(f"{place}/work", "commit", "--quiet", "--allow-empty", "--message=empty")
    old = git(f"{place}/work", "rev-parse", "HEAD")
    for index in range(COUNT):
        write(f"{place}/work/vms/{index:03}.xml", ODD.replace(b"<name>g<", b"<name>g%d<" % index))
    git(f"{place}/work", "add", "vms")
    new = git(f"{place}/work", "commit-tree", "-p", old, "-m", "definitions", git(f"{place}/work", "write-tree"))
    git(f"{place}/work", "branch", "pushed", new)
    git(place, "clone", "--quiet", "--bare", "work", "bare")
    return old, new


def gitting(torture, place):
    old, new = repositories(place)
    work = contents(f"{place}/work")
    mended = {path: data.replace(b"    <feature policy='require' name='sse4.2'/>\n", b"") for path, data in work.items()}
    judged = ["--no-config", "--default", "keep"]
    for name, directory, command, given in (
        ("check --staged", "work", ["check", "--staged", *judged], b""),
        ("check --staged --fix", "work", ["check", "--staged", "--fix", *judged], b""),
        ("hook pre-receive", "bare", ["hook", "pre-receive", *judged], f"{old} {new} refs/heads/main\n".encode()),
    ):
        fixes = "--fix" in command
        what = "files that are whole" if fixes else "nothing"
        with torture.check(f"{name} at any moment: ends by the signal, changes {what}, and git ends with it") as notes:
            random = torture.random(name)
            early = 0
            before = contents(f"{place}/{directory}")
            began = time.monotonic()
            outcome = execute([VIRT_CPU, *command], given, cwd=f"{place}/{directory}", env=GIT)
            lasts = time.monotonic() - began
            expect(outcome.returncode == 1 and b"[duplicate-feature]" in outcome.stdout, outcome)
            expect(contents(f"{place}/{directory}") == (mended if fixes else before), "without a signal, it is not what it should be")
            for turn in range(TURNS * 2):
                number = ENDING[turn % len(ENDING)]
                for path in before if fixes else ():
                    if content(path) != before[path]:
                        write(path, before[path])
                mark = f"{os.getpid()}-{turn}"
                with start([VIRT_CPU, *command], cwd=f"{place}/{directory}", env={**GIT, "VIRT_CPU_TORTURE": mark}, start_new_session=True,
                           stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
                    feed(process.stdin, given)
                    time.sleep(random.random() * lasts)
                    # As from a terminal, to git too; or to it alone.
                    if is_shared := turn // len(ENDING) % 2:
                        os.killpg(process.pid, number)
                    else:
                        process.send_signal(number)
                    errors = process.stderr.read()
                words = f"turn {turn}, {number.name}:"
                # A git that ended first is no longer there to be written to.
                expect(process.returncode in (-number, 1) or is_shared and process.returncode == -signal.SIGPIPE, words, process.returncode, errors)
                early += process.returncode != 1
                left = running(f"VIRT_CPU_TORTURE={mark}\0".encode())
                expect(not left, words, "still running:", left)
                after = contents(f"{place}/{directory}")
                for path in after.keys() - before.keys():
                    expect(fixes and number == signal.SIGKILL and os.path.basename(path).startswith(".virt-cpu."), words, "left behind:", path)
                    os.unlink(path)
                for path, data in before.items():
                    expect(after.get(path) in (data, mended[path] if fixes else data), words, "changed:", path)
            expect(early > 0, "none was in time")
            notes.append(f"{early} of {TURNS * 2} before the end")


def pushing(torture, place):
    with torture.check("A push whose hook ends by a signal is refused, and the branch is where it was") as notes:
        random = torture.random("push")
        bare = f"{place}/bare"
        old = git(bare, "rev-parse", "refs/heads/main")
        for index in range(COUNT):
            write(f"{place}/work/vms/{index:03}.xml", PLAIN.replace(b"<name>g<", b"<name>g%d<" % index))
        git(f"{place}/work", "add", "vms")
        new = git(f"{place}/work", "commit-tree", "-p", old, "-m", "good ones", git(f"{place}/work", "write-tree"))
        # The hook is the process whose number it writes.
        write(f"{bare}/hooks/pre-receive", f"#!/bin/sh\necho $$ > {place}/hook\nexec {VIRT_CPU} hook pre-receive --no-config --quiet\n".encode())
        os.chmod(f"{bare}/hooks/pre-receive", 0o755)
        refused = 0
        for turn in range(TURNS):
            number = ENDING[turn % len(ENDING)]
            write(f"{place}/hook", b"")
            with start(["git", "push", "--quiet", bare, f"{new}:refs/heads/main"], cwd=f"{place}/work", env=GIT, stderr=subprocess.PIPE) as process:
                while not content(f"{place}/hook").endswith(b"\n") and process.poll() is None:
                    pass
                time.sleep(random.random() / 20)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(content(f"{place}/hook")), number)
                errors = process.stderr.read()
            now = git(bare, "rev-parse", "refs/heads/main")
            expect(now == (old if process.returncode else new), f"turn {turn}, {number.name}:", process.returncode, now, errors)
            expect(process.returncode == 0 or b"hook declined" in errors, f"turn {turn}, {number.name}:", errors)
            refused += process.returncode != 0
            git(bare, "update-ref", "refs/heads/main", old)
        expect(refused > 0, "none was in time")
        notes.append(f"{refused} of {TURNS} refused")


def run(torture, place):
    gitting(torture, place)
    pushing(torture, place)
    filtering(torture)
    checking(torture, place)
    fixing(torture, place)
    hooks(torture, place)
