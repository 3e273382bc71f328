"""What users wait for beyond the stream: many hosts, many files, git, and definitions that are one long list."""
import os
import re
import shutil
import subprocess

from measuring import CORES, Contender, take_turns

# <uuid> and <name> come first, as in libvirt's own files.
HEAD = (b"<domain type='kvm'><name>%b</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid><vcpu>4</vcpu>"
        b"<os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>")


class Runs:
    """Single runs with their memory."""

    def __init__(self, work, program):
        self.work, self.program = work, program
        self.helper = f"{work}/measured"
        subprocess.run(["cc", "-O2", "-o", self.helper, os.path.join(os.path.dirname(os.path.abspath(__file__)), "measured.c")], check=True)

    def run(self, arguments, stdin=os.devnull, seconds=120, cores=None, cwd=None):
        """Seconds of wall clock and of processor time, MiB at the peak, and bytes written; None for what takes too long."""
        read, write = os.pipe()
        with open(f"{self.work}/out", "wb") as out, open(f"{self.work}/err", "wb") as err:
            def third():
                os.dup2(write, 3)
                if cores:
                    os.sched_setaffinity(0, CORES[:cores])
            child = subprocess.Popen([self.helper, stdin, self.program, *arguments], stdout=out, stderr=err, pass_fds=[3, write],
                                     preexec_fn=third, cwd=cwd)
        os.close(write)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            subprocess.run(["pkill", "-P", str(child.pid)])
            child.wait()
            os.close(read)
            return None
        words = os.read(read, 200).decode().split()
        os.close(read)
        wall, cpu, peak, status = float(words[0]), float(words[1]), int(words[2]), int(words[3])
        if status not in (0, 1, 2):
            raise SystemExit(f"bench: status {status}: {arguments}")
        size = os.path.getsize(f"{self.work}/out") + os.path.getsize(f"{self.work}/err")
        return {"wall": wall / 1000, "cpu": cpu / 1000, "peak": peak / 1024, "size": size, "status": status}

    def best(self, arguments, **more):
        """The quicker of two runs, by processor time; None for what takes too long."""
        found = [self.run(arguments, **more), self.run(arguments, **more)]
        return None if None in found else min(found, key=lambda run: run["cpu"])


# MARK: Hosts

MODELS = ["Nehalem", "Westmere", "SandyBridge", "IvyBridge", "Haswell-noTSX", "Haswell", "Broadwell-noTSX", "Skylake-Client-noTSX-IBRS",
          "Skylake-Server", "Cascadelake-Server", "Icelake-Server", "Opteron_G3", "EPYC", "EPYC-IBPB", "EPYC-Rome", "EPYC-Milan"]
FEATURES = ["pcid", "spec-ctrl", "ssbd", "pdpe1gb", "aes", "x2apic", "md-clear", "invtsc"]


def guests(work, count=1000):
    """One file for each of so many guests of named models with up to eight features."""
    directory = f"{work}/guests{count}"
    os.makedirs(directory, exist_ok=True)
    for number in range(count):
        cpu = b"<cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>%b</model>" % MODELS[number % len(MODELS)].encode()
        for feature in FEATURES[:number // len(MODELS) % 9]:
            cpu += b"\n<feature policy='require' name='%b'/>" % feature.encode()
        text = HEAD % b"g%d" % number + b"\n" + cpu + b"</cpu>\n</domain>\n"
        text = text.replace(b"c7a5fdbd-edaf-9455-926a-d65c16db1809", b"c7a5fdbd-edaf-9455-926a-%012d" % number)
        with open(f"{directory}/{number:04}.xml", "wb") as file:
            file.write(text)
    return directory


def machines(work, examples, count, name, varied=True):
    """A directory of so many hosts' capabilities: the examples', each without some of its features, or all the same."""
    directory = f"{work}/{name}"
    os.makedirs(directory, exist_ok=True)
    texts = []
    for example in ("hv01", "hv02"):
        with open(f"{examples}/hosts/{example}.capabilities.xml", encoding="utf-8") as file:
            texts.append(file.read())
    for number in range(count):
        text = texts[number % 2 if varied else 0]
        names = re.findall(r" *<feature name='[^']*'/>\n", text)
        for bit in range(10) if varied else ():
            if number >> bit & 1:
                text = text.replace(names[bit * 2 % len(names)], "", 1)
        text = re.sub(r"<uuid>[^<]*</uuid>", f"<uuid>00000000-0000-0000-0000-{number:012}</uuid>", text, count=1)
        with open(f"{directory}/h{number:04}.capabilities.xml", "w", encoding="utf-8") as file:
            file.write(text)
    return directory


def hosts(table, work, bench):
    runs = Runs(work, bench.VIRT_CPU)
    directory = guests(work)
    title = "1000 files of guests with named models"
    table.title(title)
    base = {}
    cases = [(count, machines(work, bench.EXAMPLES, count, f"hosts{count}") if count else None, "") for count in (0, 1, 8, 64, 1000)]
    cases.append((1000, machines(work, bench.EXAMPLES, 1000, "equal", varied=False), " that are equal"))
    for words, options in (("quiet", ["--quiet"]), ("printed", [])):
        for count, place, kind in cases:
            given = ["--host", place] if place else []
            # The target is kept, so that what differs is the hosts alone.
            command = ["check", "--no-config", "--no-local", "--default", "keep", *options, *given, directory]
            measured = [runs.run(command) for _ in range(3 if count < 1000 else 1)]
            one = min(measured, key=lambda run: run["cpu"])
            if not count:
                base[words] = one["cpu"]
            ratio = one["cpu"] / base[words]
            goal = {(8, "quiet"): "1.2 of none", (8, "printed"): "2 of none", (1000, "quiet"): "1 s", (1000, "printed"): "3 s, 64 MiB"}.get((count, words)) \
                if not kind else None
            table.add_run("hosts", title, f"check, {count} hosts{kind}, {words}", one, f"{ratio:.2f} of none", goal)


# MARK: Lists

NAMES = (b"sse4.2 aes pcid vme ss ht tm pbe vmx smx est tm2 cx16 xtpr pdcm dca x2apic popcnt tsc-deadline avx xsave f16c rdrand fsgsbase "
         b"bmi1 hle avx2 smep bmi2 erms invpcid rtm").split()


def domain(inner, cpu=b"<cpu mode='host-passthrough'/>"):
    return HEAD % b"g" + cpu + inner + b"</domain>\n"


def custom(inner):
    return domain(b"", b"<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model>" + inner + b"</cpu>")


def repeated(template, count):
    return b"".join(template % number for number in range(count))


# What a definition can be one long list of: how many there are at most, and the text.
LISTS = {
    "redundant features": (65_000, lambda n: custom(b"".join(b"<feature policy='require' name='%b'/>\n" % NAMES[i % len(NAMES)] for i in range(n)))),
    "features with long names": (100, lambda n: custom(repeated(b"<feature policy='require' name='" + b"x" * 500_000 + b"%d'/>\n", n))),
    "unknown features": (65_000, lambda n: custom(repeated(b"<feature policy='require' name='f%x'/>\n", n))),
    "caches": (65_000, lambda n: custom(b"<cache mode='passthrough'/>\n" * n)),
    "models": (65_000, lambda n: custom(b"<model>Haswell</model>\n" * n)),
    "topologies": (65_000, lambda n: custom(b"<topology sockets='1' cores='4' threads='1'/>\n" * n)),
    "NUMA cells": (65_000, lambda n: custom(b"<numa>" + repeated(b"<cell id='%d' cpus='0' memory='1024'/>\n", n) + b"</numa>")),
    "distances": (65_000, lambda n: custom(b"<numa><cell id='0' cpus='0' memory='1'><distances>" + repeated(b"<sibling id='%d' value='10'/>\n", n)
                                           + b"</distances></cell></numa>")),
    "CPUs": (65_000, lambda n: domain(b"<cpu mode='host-model'/>\n" * n)),
    "timers": (65_000, lambda n: domain(b"<clock offset='utc'>" + b"<timer name='tsc' frequency='1'/>\n" * n + b"</clock>")),
    "arguments": (65_000, lambda n: domain(b"<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
                                           + b"<qemu:arg value='-cpu'/><qemu:arg value='host,+x'/>\n" * (n // 2) + b"</qemu:commandline>")),
    "suppression comments": (65_000, lambda n: domain(b"<!-- virt-cpu: ignore[unknown-feature] because x -->\n" * n)),
    "comments": (65_000, lambda n: domain(b"<!-- nothing at all -->\n" * n)),
    "one comment": (450_000, lambda n: domain(b"<!-- " + b"virt-cpu: ignore[a] \n" * n + b"-->")),
    "empty lines": (60_000_000, lambda n: domain(b"\n" * n)),
    "empty lines in <cpu>": (60_000_000, lambda n: custom(b"\n" * n)),
    "one long line": (60_000_000, lambda n: domain(b" " * n)),
    "a long name": (65_000, lambda n: domain(b"").replace(b"<name>g<", b"<name>" + b"x" * n + b"<")),
    "a long model": (65_000, lambda n: domain(b"", b"<cpu mode='custom'><model>" + b"x" * n + b"</model></cpu>")),
    "a long description": (60_000_000, lambda n: domain(b"<description>" + b"x" * n + b"</description>")),
    "devices": (1_200_000, lambda n: domain(b"<devices>" + b"<disk type='file'><target dev='vda'/></disk>\n" * n + b"</devices>")),
    "metadata": (1_900_000, lambda n: domain(b"<metadata>" + b"<a:b xmlns:a='urn:a'>x</a:b>\n" * n + b"</metadata>")),
    "text in pieces": (1_900_000, lambda n: domain(b"<metadata>" + b"<![CDATA[x]]> y &amp; z\n" * n + b"</metadata>")),
}


def add_growth(table, part, title, name, found, goal=None):
    """A row for a command that was run with 1, 4 and 16 times as much; says if it grows faster than that."""
    if None in found:
        raise SystemExit(f"bench: {name} takes more than two minutes")
    short, middle, long = (run["cpu"] for run in found)
    # A start takes some milliseconds, which are not the input's.
    factor = (long - middle) / max(middle - short, 0.01)
    peaks = ", ".join(f"{run['peak']:.0f}" for run in found)
    growth = f"{short:.2f}, {middle:.2f}, {long:.2f} s; {peaks} MiB"
    if factor > 6 and long > 4.5 * middle and long > 0.3:
        growth += f"; GROWS FASTER THAN ITS INPUT, {factor:.1f} for 4"
    table.add_run(part, title, name, found[2], growth, goal, factor=factor)


def lists(table, work, bench):
    runs = Runs(work, bench.VIRT_CPU)
    host = f"{bench.EXAMPLES}/hosts/hv01.capabilities.xml"
    files = [f"{work}/list{times}.xml" for times in (1, 4, 16)]
    commands = {
        "filter": ["filter", "--no-config", "--no-local", "--default", "host-model", "--new-guest", "--fail-on", "never"],
        "check": ["check", "--no-config", "--host", host], "check --format json": ["check", "--no-config", "--host", host, "--format", "json"],
        "check --diff": ["check", "--no-config", "--host", host, "--default", "host-model", "--new-guest", "--diff"],
        "show": ["show", "--host", host], "diff": ["diff"], "compare": ["compare", "--no-config", "--host", host], "facts": ["facts"],
    }
    title = "a definition of up to 64 MiB that is one list, at 1, 4 and 16 times its length"
    table.title(title)
    for name, (most, make) in LISTS.items():
        size = 0
        for times, path in zip((1, 4, 16), files):
            text = make(most * times // 16)
            size = len(text)
            for suffix in ("", ".new"):
                with open(path + suffix, "wb") as file:
                    file.write(text)
                text = text.replace(b"Haswell", b"Broadwell").replace(b"host-passthrough", b"host-model")
        for command, words in commands.items():
            found = []
            for path in files:
                # A diff names no file outside the current directory.
                name_here = os.path.basename(path)
                arguments = {"filter": words, "diff": [*words, name_here, name_here + ".new"]}.get(command, [*words, name_here])
                found.append(runs.best(arguments, stdin=path, cwd=work))
            # filter and compare refuse what libvirt refuses.
            if None not in found and found[0]["status"] == 2 and command not in ("filter", "compare"):
                raise SystemExit(f"bench: {command} ends with 2 for {name}")
            add_growth(table, "lists", title, f"{name}, {size / 2**20:.0f} MiB: {command}", found, "3 s, 220 MiB")
    for path in files:
        os.remove(path)
        os.remove(path + ".new")


# MARK: Counts

def counts(table, work, given, bench):
    """Hosts, files, findings in one stream, and changes, each by the commands that take many of them."""
    runs = Runs(work, bench.VIRT_CPU)
    title = "many of one kind, at 1, 4 and 16 times their number"
    table.title(title)

    def add(what, sizes, cases):
        """A row for each command; `cases` gives the commands and their input for a size."""
        # A diff names no file outside the current directory, so that some are given theirs.
        measured = [{name: runs.best(words, stdin=stdin, cwd=cwd) for name, (words, stdin, cwd) in cases(size).items()} for size in sizes]
        for name in measured[0]:
            add_growth(table, "counts", title, f"{what}, {sizes[-1]}: {name}", [one[name] for one in measured])

    some = guests(work, 100)
    keep = ["--no-config", "--no-local", "--default", "keep"]
    def with_hosts(count):
        place = machines(work, bench.EXAMPLES, count, f"machines{count}")
        files = [f"{place}/{name}" for name in sorted(os.listdir(place))]
        given_hosts = ["--host", place]
        return {
            "check": (["check", *keep, *given_hosts, some], os.devnull, None),
            "check --quiet": (["check", *keep, "--quiet", *given_hosts, some], os.devnull, None),
            "check --format json": (["check", *keep, "--format", "json", *given_hosts, some], os.devnull, None),
            "check --default baseline": (["check", *keep[:2], "--default", "baseline", *given_hosts, some], os.devnull, None),
            "filter": (["filter", *keep, *given_hosts, f"{some}/0000.xml"], os.devnull, None),
            "compare": (["compare", "--no-config", *given_hosts, some], os.devnull, None),
            "show": (["show", *given_hosts, f"{some}/0000.xml"], os.devnull, None),
            "models": (["models", *given_hosts], os.devnull, None),
            "baseline": (["baseline", *files], os.devnull, None),
        }
    add("hosts", [62, 250, 1000], with_hosts)

    def with_files(count):
        place = f"{work}/files{count}"
        write_files(place, given, count)
        return {
            "check": (["check", "--no-config", place], os.devnull, None),
            "check --quiet": (["check", "--no-config", "--quiet", place], os.devnull, None),
            "check --format sarif": (["check", "--no-config", "--format", "sarif", place], os.devnull, None),
            "check --diff": (["check", "--no-config", "--default", "host-model", "--new-guest", "--diff", os.path.basename(place)], os.devnull, work),
            "facts": (["facts", place], os.devnull, None),
            "compare": (["compare", "--no-config", "--host", f"{bench.EXAMPLES}/hosts/hv01.capabilities.xml", place], os.devnull, None),
        }
    add("files", [2_500, 10_000, 40_000], with_files)

    def with_findings(count):
        path = f"{work}/stream{count}.xml"
        with open(path, "wb") as file:
            for index in range(count):
                file.write(given.definitions[index % len(given.definitions)][1])
        loud = ["--no-config", "--default", "host-model", "--new-guest"]
        return {
            "filter": (["filter", *loud, "--fail-on", "never"], path, None),
            "filter --format json": (["filter", *loud, "--fail-on", "never", "--format", "json"], path, None),
            "check": (["check", *loud, "-"], path, None),
            "check --format json": (["check", *loud, "--format", "json", "-"], path, None),
            "check --diff": (["check", *loud, "--diff", os.path.basename(path)], os.devnull, work),
        }
    add("domains with findings in one stream", [2_500, 10_000, 40_000], with_findings)

    def with_changes(count):
        repository = repository_with_changes(f"{work}/changes{count}", given, count, count)
        return {
            "check --rev --against": (["check", "--no-config", "--rev", "HEAD", "--against", "HEAD^"], os.devnull, repository),
            "check --rev": (["check", "--no-config", "--quiet", "--rev", "HEAD"], os.devnull, repository),
        }
    add("changes in git", [1_250, 5_000, 20_000], with_changes)


# MARK: Files and git

def write_files(directory, given, count):
    for index in range(count):
        place = f"{directory}/{index // 1000:03}"
        os.makedirs(place, exist_ok=True)
        body = given.definitions[index % len(given.definitions)][1]
        with open(f"{place}/{index:06}.xml", "wb") as file:
            file.write(re.sub(rb"<name>[^<]*</name>", b"<name>g%d</name>" % index, body, count=1))


def many_files(table, work, given, bench, count=100_000):
    directory = f"{work}/many"
    write_files(directory, given, count)
    check = [bench.VIRT_CPU, "check", "--no-config"]
    quiet = Contender("virt-cpu check --quiet, two cores", [*check, "--quiet", directory], None, (0, 1))
    printed = Contender("virt-cpu check, two cores", [*check, directory], None, (0, 1))
    paths = f"{work}/paths"
    with open(paths, "w") as file:
        for place, _, names in os.walk(directory):
            file.writelines(f"{place}/{name}\n" for name in names)
    lint = shutil.which("xmllint")
    rows = [quiet, printed]
    if lint:
        rows.append(Contender("xmllint --noout, as xargs calls it", [shutil.which("xargs"), "-a", paths, lint, "--noout"], None))
    take_turns(rows, 3)
    table.title(f"{count} files")
    for row, goal in ((quiet, "0.3"), (printed, None)):
        table.add("many", row, [("xmllint --noout", rows[2], goal)] if lint else [])


def repository_with_changes(repository, given, count, changed):
    """A repository of so many files, in packs, of which so many change between its two revisions."""
    os.makedirs(repository, exist_ok=True)
    write_files(repository, given, count)

    def git(*arguments):
        subprocess.run(["git", "-C", repository, "-c", "user.name=B", "-c", "user.email=b@example.org", "-c", "gc.auto=0", *arguments],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "all")
    for index in range(0, count, count // changed):
        path = f"{repository}/{index // 1000:03}/{index:06}.xml"
        with open(path, "rb") as file:
            body = file.read()
        with open(path, "wb") as file:
            file.write(body.replace(b"</name>", b"</name><title>t</title>", 1))
    git("commit", "-q", "-a", "-m", "changes")
    git("repack", "-adq")
    return repository


def revisions(table, work, given, bench, count=100_000, changed=20_000):
    """All files of one revision, and the changes between two."""
    repository = repository_with_changes(f"{work}/revisions", given, count, changed)
    runs = Runs(work, bench.VIRT_CPU)
    title = f"{count} files in git, packed"
    table.title(title)
    for name, words, goal in ((f"check --rev, {count} files", ["--rev", "HEAD"], "2.5 s"),
                              (f"check --rev --against, {changed} changes", ["--rev", "HEAD", "--against", "HEAD^"], None)):
        found = min((runs.run(["check", "--no-config", "--quiet", *words], cwd=repository) for _ in range(3)), key=lambda run: run["wall"])
        table.add_run("revisions", title, name, found, "", goal)


def sizes(table, work, given, bench):
    """The executables, and their memory over the stream."""
    title = "size, and peak memory over the stream"
    table.title(title)
    for name, path, size, memory in (("dynamic", bench.VIRT_CPU, "10 MB", "11 MiB"), ("static", bench.STATIC, "15 MB", "8 MiB")):
        if not os.path.exists(path):
            continue
        runs = Runs(work, path)
        found = min((runs.run(bench.FILTER[1:], stdin=given.concatenated) for _ in range(3)), key=lambda run: run["peak"])
        table.add_run("sizes", title, f"virt-cpu, {name}", found, f"{os.path.getsize(path) / 1e6:.1f} MB", f"{size}, {memory}")
