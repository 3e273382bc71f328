"""Running contenders in turns, and the table of what came of it."""
import os
import re
import statistics
import subprocess
import sys
import time
import shlex

CORES = sorted(os.sched_getaffinity(0))


class Contender:
    """A command that is timed. `cores` keeps it to that many."""

    def __init__(self, name, command, stdin=None, successes=(0,), cores=None):
        self.name, self.command, self.stdin, self.successes = name, command, stdin, successes
        self.cores = cores
        self.walls, self.cpus = [], []

    def run(self, count):
        """Wall clock and processor time of one run, in ms. The mean of several, where one is too short to see."""
        actions = [(os.POSIX_SPAWN_OPEN, 0, self.stdin or os.devnull, os.O_RDONLY, 0)]
        for descriptor in (1, 2):
            actions.append((os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0))
        wall = cpu = 0
        # A child starts with its parent's.
        os.sched_setaffinity(0, CORES[:self.cores])
        for _ in range(count):
            start = time.perf_counter()
            pid = os.posix_spawn(self.command[0], self.command, os.environ, file_actions=actions)
            _, status, usage = os.wait4(pid, 0)
            wall += time.perf_counter() - start
            cpu += usage.ru_utime + usage.ru_stime
            if os.waitstatus_to_exitcode(status) not in self.successes:
                sys.exit(f"bench: {self.name} failed: {shlex.join(self.command)}")
        os.sched_setaffinity(0, CORES)
        self.walls.append(1000 * wall / count)
        self.cpus.append(1000 * cpu / count)

    @property
    def wall(self):
        return statistics.median(self.walls)

    @property
    def cpu(self):
        return statistics.median(self.cpus)


def take_turns(contenders, runs, count=1):
    for contender in contenders:
        contender.run(1)
        contender.walls.clear()
        contender.cpus.clear()
    for _ in range(runs):
        for contender in contenders:
            contender.run(count)


def peak_memory(command, chunks):
    """Peak resident memory in MiB of a program that reads all of a pipe. It is asked for before the pipe closes: the
    peak that wait4 tells includes this program's own, from before the exec."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for chunk in chunks:
        child.stdin.write(chunk)
    child.stdin.flush()
    time.sleep(0.5)
    with open(f"/proc/{child.pid}/status") as status:
        peak = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])
    child.stdin.close()
    child.wait()
    return peak / 1024


# MARK: The table

# The parts of which the page shows, for each input, the slowest command and the one that takes most memory.
GROWTH = ("lists", "counts")


class Table:
    def __init__(self):
        self.rows = []
        self.heading = ""

    def title(self, text):
        self.heading = text
        print(f"\n{text}\n  {'':<52} {'wall':>10} {'CPU':>10}   ratio of wall, of CPU to")

    def add(self, part, contender, references=()):
        """A row; ratios are this contender's time over the reference's, so below 1 is faster."""
        row = {"part": part, "input": self.heading, "name": contender.name, "wall_ms": contender.wall, "cpu_ms": contender.cpu, "ratios": []}
        words = []
        for label, other, goal in references:
            wall, cpu = contender.wall / other.wall, contender.cpu / other.cpu
            row["ratios"].append({"to": label, "wall": wall, "cpu": cpu, "goal": goal})
            words.append(f"{wall:6.2f}  {cpu:6.2f}  {label}" + (f" (goal {goal})" if goal else ""))
        self.rows.append(row)
        print(f"  {contender.name:<52} {contender.wall:7.1f} ms {contender.cpu:7.1f} ms {words[0] if words else ''}")
        for line in words[1:]:
            print(f"  {'':<75} {line}")

    def add_memory(self, name, peak, goal=None):
        self.rows.append({"part": "memory", "input": self.heading, "name": name, "peak_mib": peak, "goal": goal})
        print(f"  {name:<52} {peak:7.1f} MiB{f'   (goal {goal})' if goal else ''}")

    def add_run(self, part, heading, name, run, words, goal=None, **more):
        """A row for a run that was measured with its memory."""
        self.rows.append({"part": part, "input": heading, "name": name, "words": words, "goal_of_run": goal, **run, **more})
        print(f"  {name:<60} {run['wall']:7.2f} s {run['cpu']:7.2f} s {run['peak']:6.0f} MiB {words}" + (f"  (goal {goal})" if goal else ""), flush=True)

    def markdown(self, caption):
        """What has a goal, as a table."""
        lines = ["| | took | against | ratio | goal |", "|---|---|---|---|---|"]
        heading = None
        for row in self.rows:
            name = row["name"].replace("|", "\\|")
            cells = []
            if goal := row.get("goal"):
                cells.append(f"| {name} | {row['peak_mib']:.1f} MiB at its peak | | | {goal} |")
            for ratio in row.get("ratios", []):
                if goal := ratio["goal"]:
                    cells.append(f"| {name} | {row['wall_ms']:.1f} ms | {ratio['to']} | {ratio['wall']:.2f} | {goal} |")
            if goal := row.get("goal_of_run"):
                if row["part"] not in GROWTH:
                    cells.append(f"| {name} | {row['wall']:.2f} s, {row['peak']:.0f} MiB | {row['words']} | | {goal} |")
            if row["part"] == "models" and "map" in name:
                cells.append(f"| {name} | {row['nanoseconds'] / 1e6:.2f} ms | | | |")
            if cells and row.get("input", heading) != heading:
                heading = row["input"]
                lines.append(f"| **{heading}** | | | | |")
            lines += cells
        for part in GROWTH:
            rows = [row for row in self.rows if row["part"] == part]
            if rows:
                lines.append(f"| **{rows[0]['input']}** | | | | |")
            for name in dict.fromkeys(row["name"].rsplit(": ", 1)[0] for row in rows):
                own = [row for row in rows if row["name"].startswith(f"{name}: ")]
                slow, large = max(own, key=lambda row: row["cpu"]), max(own, key=lambda row: row["peak"])
                cells = [f"{row['name'].rsplit(': ', 1)[1]}: {row['words'].split('; ')[part]}" for part, row in enumerate((slow, large))]
                lines.append(f"| {name} | {' | '.join(cells)} | | {own[0]['goal_of_run'] or ''} |")
        if growth := [row for row in self.rows if row["part"] == "growth"]:
            lines += ["", "| domains in one stream | one core: CPU time of each | peak memory | two cores: CPU time of each | peak memory |",
                      "|---|---|---|---|---|"]
            for count in sorted({row["domains"] for row in growth}):
                cells = [f"{1000 * row['cpu_ms'] / count:.1f} µs | {row['peak_mib']:.1f} MiB"
                         for row in growth if row["domains"] == count]
                lines.append(f"| {count:,} | {' | '.join(cells)} |")
        # Markdown would take <cpu> for an HTML element.
        return "\n".join([caption, "", *lines, ""]).replace("<", "\\<")


def groups(table):
    """The groups of the first table, by their titles, and what stands before and behind them."""
    lines = table.splitlines(keepends=True)
    ends = [i for i, line in enumerate(lines) if line.startswith("| **")]
    end = next((i for i in range(ends[0], len(lines)) if not lines[i].startswith("|")), len(lines)) if ends else len(lines)
    ends.append(end)
    found = {lines[i].split("**")[1]: "".join(lines[i:j]) for i, j in zip(ends, ends[1:])}
    return "".join(lines[:ends[0]]), found, "".join(lines[end:])


def merged(old, new, date):
    """A table in which the groups of some parts are new, with their date; new groups come last."""
    before, kept, behind = groups(old)
    for title, text in groups(new)[1].items():
        place = next((other for other in kept if other.split(" (on ")[0] == title), title)
        kept[place] = text.replace(f"**{title}**", f"**{title} (on {date})**", 1)
    return before + "".join(kept.values()) + behind


def put_into(path, table, date=None):
    """Between the two marks of a page. With a date, only the groups of the table are new, and the others stay."""
    first, last = "<!-- made by make bench -->\n", "<!-- end of what make bench made -->\n"
    with open(path) as file:
        text = file.read()
    before, rest = text.split(first)
    old, behind = rest.split(last)
    if date:
        table = merged(old, table, date)
    with open(path, "w") as file:
        file.write(before + first + table + last + behind)
