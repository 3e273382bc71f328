"""What the tests of Examples/fleet share: the fleet on the disk, a virt-cpu that is killed, and what must hold of answers."""
import json
import os
import subprocess
import sys
import traceback

import fleet_guests

EXAMPLES = f"{fleet_guests.EXAMPLES}/fleet"
VICTIM = "vm-0650"
# Stands for virt-cpu where it is on PATH. It gives virt-cpu the limit of the tests.
LIMITED = """#!/bin/sh
if [ "$1" = facts ]; then set -- "$@" --max-domain-size {limit}; fi
exec {virt_cpu} "$@"
"""
# The same, but when the victim's record comes, after all answers before it have been passed on, virt-cpu is killed and then
# this. That happens once: to whoever creates the file `once`.
KILLED = """#!{python}
import os, signal, subprocess, sys
worker = subprocess.Popen([{virt_cpu!r}, *sys.argv[1:], "--max-domain-size", "{limit}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def is_to_die():
    try:
        return os.close(os.open({once!r}, os.O_CREAT | os.O_EXCL)) is None
    except FileExistsError:
        return False
for line in sys.stdin.buffer:
    if b'"id": "{victim}"' in line and is_to_die():
        sys.stdout.buffer.flush()
        worker.kill()
        os.kill(os.getpid(), signal.SIGKILL)
    worker.stdin.write(line)
    worker.stdin.flush()
    sys.stdout.buffer.write(worker.stdout.readline())
worker.stdin.close()
sys.exit(worker.wait())
"""


def read(*paths):
    """The lines of files that are put together."""
    text = ""
    for path in paths:
        with open(path, encoding="utf-8", newline="\n") as file:
            text += file.read()
    return lines(text)


def lines(text):
    """The lines of a text: a line feed ends each."""
    return text.removesuffix("\n").split("\n")


class Results:
    """Prints the lines that Tests/Integration/run counts."""

    failed = False

    def check(self, name, body):
        try:
            body()
        except Exception as error:  # an assertion, or a program that fails
            self.failed = True
            print("         " + "".join(traceback.format_exception(error)).strip().replace("\n", "\n         "))
            print(f"FAILED   {name}", flush=True)
        else:
            print(f"ok       {name}", flush=True)

    @staticmethod
    def skip(name, why):
        print(f"skipped  {name}: {why}", flush=True)

    def end(self):
        sys.exit(1 if self.failed else 0)


class Fleet:
    """1,000 records in ten files, together in one, and what plain virt-cpu facts answers."""

    def __init__(self, virt_cpu, directory):
        self.directory = os.path.abspath(directory)
        virt_cpu = os.path.abspath(virt_cpu)
        os.makedirs(self.path("parts"), exist_ok=True)
        os.makedirs(self.path("hosts"), exist_ok=True)
        values = {"virt_cpu": virt_cpu, "limit": fleet_guests.LIMIT, "victim": VICTIM, "python": sys.executable}
        self.program("limited", LIMITED.format(**values))
        self.program("killed-once", KILLED.format(**values, once=self.path("killed-once/done")))
        partitions = fleet_guests.partitions()
        for number, partition in enumerate(partitions):
            self.write(f"parts/{number:02d}.ndjson", partition)
        self.records = sum(partitions, [])
        self.all = self.write("all.ndjson", self.records)
        fleet_guests.write_hosts(self.path("hosts"))
        facts = self.run("limited", ["virt-cpu", "facts", "--records", "ndjson"], stdin=self.all)
        self.facts = lines(facts)
        self.facts_file = self.write("facts.ndjson", self.facts)
        self.kinds = self.write("kinds.ndjson", self.run("limited", ["virt-cpu", "kinds", self.path("hosts")]).splitlines())
        self.verdicts = self.write(
            "verdicts.ndjson", self.run("limited", ["virt-cpu", "verdicts", "--host", self.kinds, self.facts_file]).splitlines())

    def path(self, name):
        return f"{self.directory}/{name}"

    def write(self, name, records):
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.writelines(record + "\n" for record in records)
        return self.path(name)

    def program(self, name, text):
        os.makedirs(self.path(name), exist_ok=True)
        with open(self.path(f"{name}/virt-cpu"), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(file.name, 0o755)

    def environment(self, which, **more):
        """With `which` virt-cpu first on PATH: limited or killed-once."""
        if which == "killed-once" and os.path.exists(self.path("killed-once/done")):
            os.unlink(self.path("killed-once/done"))
        # Examples are installed as they lie there, so nothing is left beside them.
        python = {"PYTHONPATH": EXAMPLES, "PYTHONDONTWRITEBYTECODE": "1"}
        return os.environ | {"PATH": f"{self.path(which)}:{os.environ['PATH']}"} | python | more

    def run(self, which, command, stdin=os.devnull, **more):
        """What a command prints. Raises with what it said if it fails."""
        with open(stdin, "rb") as file:
            run = subprocess.run(command, stdin=file, capture_output=True, env=self.environment(which, **more), timeout=600)
        if run.returncode:
            raise RuntimeError(f"{command[0]} ended with {run.returncode}: {run.stderr.decode()[-3000:]}")
        return run.stdout.decode()

    def fails(self, command, **more):
        """Holds if a command fails when its virt-cpu is killed."""
        once = self.path("killed-once/done")
        with open(os.devnull, "rb") as file:
            run = subprocess.run(
                command, stdin=file, capture_output=True, env=self.environment("killed-once", **more), timeout=600)
        assert os.path.exists(once), "virt-cpu was not killed"
        assert run.returncode, f"virt-cpu was killed, and {command[0]} ended with 0"

    def expect(self, answers, ordered=True, table=False):
        """Holds if these are the answers to the fleet: as many, with the same ids, errors where they belong, and all as plain
        virt-cpu facts answers the whole.

        - table: lines that are no records were left out.
        """
        records, facts = self.records, self.facts
        errors = fleet_guests.expected_errors()
        if table:
            kept = [number for number, record in enumerate(records) if record not in fleet_guests.NOT_RECORDS]
            records, facts = [records[number] for number in kept], [facts[number] for number in kept]
            errors = {index: errors[number] for index, number in enumerate(kept) if number in errors}
        assert len(answers) == len(records), f"{len(records)} records, {len(answers)} answers"
        expected = [(fleet_guests.identity(record), errors.get(number)) for number, record in enumerate(records)]
        given = [json.loads(answer) for answer in answers]
        answered = [(answer["id"], answer.get("error", {}).get("code")) for answer in given]
        order = (lambda values: values) if ordered else (lambda values: sorted(values, key=repr))
        assert order(answered) == order(expected), [pair for pair in zip(order(answered), order(expected)) if pair[0] != pair[1]][:3]
        assert order(list(answers)) == order(facts), "other lines than plain virt-cpu facts"

    def refused(self, command, **more):
        """Holds if the guests that refused.sql finds are as many as virt-cpu fleet counts."""
        found = [json.loads(line) for line in self.run("limited", [*command, self.facts_file, self.kinds, self.verdicts], **more).splitlines()]
        counted = json.loads(self.run("limited", ["virt-cpu", "fleet", "drain", "--format", "json", "--host", self.kinds, self.facts_file]))[0]
        states = counted["fleet"]["states"]
        assert len({row["id"] for row in found}) == len(found) == states["refused-where-it-is"] > 50, (len(found), states)
        assert all(row["reasons"][0]["code"] for row in found), found[:1]
