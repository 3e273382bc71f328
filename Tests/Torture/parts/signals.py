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
        done = 0
        for turn in range(TURNS * 3):
            number = ENDING[turn % len(ENDING)]
            write(path, large)
            with start([VIRT_CPU, "hook", "vdsm", "--no-config", "--default", "host-model"], env={**os.environ, "_hook_domxml": path},
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                # It takes some 15 ms, on a machine that does nothing else.
                time.sleep(random.random() ** 3 / 4)
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


def run(torture, place):
    filtering(torture)
    checking(torture, place)
    fixing(torture, place)
    hooks(torture, place)
