"""What the parts have in common."""
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
VIRT_CPU = os.path.join(TOP, ".build/release/virt-cpu")
EXAMPLES = os.path.join(TOP, "Examples")

# Long enough that only something that hangs takes it.
PATIENCE = 120

# `--default keep` mends it: the second sse4.2 is there twice, the first is in the model.
ODD = b"""<domain type='kvm'>
  <name>g</name>
  <os><type arch='x86_64'>hvm</type></os>
  <cpu mode='custom'>
    <model fallback='forbid'>Nehalem</model>
    <feature policy='require' name='sse4.2'/>
    <feature policy='require' name='sse4.2'/>
    <feature policy='require' name='pcid'/>
  </cpu>
</domain>
"""
MENDED = ODD.replace(b"    <feature policy='require' name='sse4.2'/>\n", b"")
# `--default host-model` rewrites it.
PLAIN = b"<domain type='kvm'>\n  <name>g</name>\n  <os><type arch='x86_64'>hvm</type></os>\n  <cpu mode='maximum'/>\n</domain>\n"
REWRITTEN = PLAIN.replace(b"maximum", b"host-model")
FILTER = [VIRT_CPU, "filter", "--no-config", "--no-local", "--default", "host-model", "--quiet"]

# What ends a program; the last of them whatever it does.
ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGQUIT, signal.SIGKILL]


class Torture:
    """The count, and where things go."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.seed = int(os.environ.get("TORTURE_SEED", "1"))
        self.kept = os.environ.get("TORTURE_KEEP", os.path.join(TOP, ".build/torture"))
        # A crash would stay for its backtrace otherwise.
        os.environ["SWIFT_BACKTRACE"] = "enable=no"
        print(f"seed {self.seed}", flush=True)

    def counts(self):
        return self.passed, self.failed, self.skipped

    def random(self, part):
        return random.Random(f"{self.seed} {part}")

    @contextlib.contextmanager
    def directory(self, name):
        """In memory where there is such a place: nothing here is about disks but what says so."""
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        path = tempfile.mkdtemp(prefix=f"virt-cpu-torture-{name}.", dir=base)
        os.chmod(path, 0o755)
        try:
            yield path
        finally:
            subprocess.run(["chmod", "-R", "u+rwx", path], stderr=subprocess.DEVNULL)
            shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def check(self, name):
        """One thing that holds or not: an AssertionError says how it does not."""
        notes = []
        try:
            yield notes
        except Skipped as reason:
            self.skipped += 1
            print(f"skipped  {name}: {reason}", flush=True)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            self.failed += 1
            print(f"FAILED   {name}: {error}", flush=True)
        else:
            self.passed += 1
            print(f"ok       {name}" + (f": {', '.join(notes)}" if notes else ""), flush=True)

    def keep(self, name, data):
        """Keeps an input that failed.

        Returns: its path.
        """
        os.makedirs(self.kept, exist_ok=True)
        path = os.path.join(self.kept, name)
        write(path, data)
        return path


class Skipped(Exception):
    """Why something cannot be tried here."""


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def content(path):
    with open(path, "rb") as file:
        return file.read()


def execute(command, given=b"", timeout=PATIENCE, **options):
    """Runs to the end, or fails."""
    if "stdin" not in options:
        options["input"] = given
    for stream in ("stdout", "stderr"):
        options.setdefault(stream, subprocess.PIPE)
    return subprocess.run(command, timeout=timeout, **options)


def default_signals():
    """Python ignores SIGPIPE, a shell's background jobs SIGINT and SIGQUIT, nohup's SIGHUP; a child inherits that. No core
    is written."""
    for number in ENDING[:-1]:
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def feed(stream, data):
    """All of it, or until nobody reads."""
    with contextlib.suppress(BrokenPipeError):
        stream.write(data)
    with contextlib.suppress(BrokenPipeError):
        stream.close()


def expect(holds, *words):
    if not holds:
        raise AssertionError(" ".join(shown(word) for word in words))


def shown(word):
    text = word.decode(errors="backslashreplace") if isinstance(word, bytes) else str(word)
    return text if len(text) < 600 else text[:600] + "…"


def peak(process):
    """The most memory that a process has held so far, in MiB; what wait4 tells includes this program's own."""
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) / 1024
