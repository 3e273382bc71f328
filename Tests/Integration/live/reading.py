"""What libvirt reads of thousands of mutated definitions, against what virt-cpu reads of them.

Each definition is defined. What virt-cpu says of it must be what virt-cpu says of libvirt's own form of it (`virsh dumpxml
--inactive`), in which there is nothing left to be read in two ways.
"""

import collections
import json
import os
import re
import time

import define
import definitions
import mutations
import virsh
from outcome import Outcome

# Machines that libvirt replaces by the one that they stand for.
ALIASES = {None, "", "pc", "q35"}

# The enlightenments of such a guest depend on the release: 9.0 keeps them, and gives them to QEMU; later ones drop them
# (docs/security.md).
PASSED_THROUGH = "<hyperv mode='passthrough'"


class Case:
    """One mutated definition, and both answers."""

    def __init__(self, number, recipe, type):
        self.number, self.recipe, self.type = number, recipe, type
        self.bytes = mutations.build(recipe, number, type)
        self.dump = self.reason = None
        """What libvirt made of it, or why it did not."""
        self.error = None
        """Code and words of what virt-cpu does not read."""
        self.finding = None
        """What virt-cpu says that libvirt refuses."""
        self.differences = []


class Reading:
    """Asks both sides."""

    def __init__(self, run):
        self.run = run
        self.next = 0

    def case(self, recipe, type):
        self.next += 1
        return Case(self.next, recipe, type)

    def ask(self, cases):
        """Asks libvirt and virt-cpu about all cases."""
        for case in cases:
            case.path = os.path.join(self.run.work, "reading", f"{case.number:05}.xml")
            os.makedirs(os.path.dirname(case.path), exist_ok=True)
            with open(case.path, "wb") as file:
                file.write(case.bytes)
        for first in range(0, len(cases), 200):
            self.ask_libvirt(cases[first:first + 200])
        self.ask_virt_cpu(cases)

    # --- libvirt

    def ask_libvirt(self, cases):
        """libvirtd has been seen to end at some definitions: the others are asked once more."""
        rest = cases
        while rest:
            self.clean()
            try:
                answers = virsh.ask([f"define {case.path}" for case in rest])
            except virsh.Lost as lost:
                rest[lost.answered].reason = f"libvirtd ended: {lost}"
                self.ask_libvirt(rest[:lost.answered])
                rest = rest[lost.answered + 1:]
                continue
            self.note(rest, answers, self.clean())
            return

    def note(self, cases, answers, dumps):
        for case, answer in zip(cases, answers):
            case.reason = answer.reason if answer.failed else None
        open = {case.number: case for case in cases if case.reason is None}
        # Where the name is in pieces and the UUID is libvirt's own, the definition has no number.
        strangers = []
        for dump in dumps:
            number = definitions.number(dump)
            if number in open:
                open.pop(number).dump = dump
            else:
                strangers.append(dump)
        if len(open) != len(strangers) or len(open) > 1:
            raise RuntimeError(f"which of {len(open)} definitions became {strangers}")
        for case, dump in zip(open.values(), strangers):
            case.dump = dump

    def clean(self, attempts=5):
        """Undefines all domains, and returns libvirt's form of each."""
        for attempt in range(attempts):
            try:
                found = virsh.ask(["list --all --uuid"])[0].text.split()
                answers = virsh.ask([f"{command} {uuid}" for uuid in found for command in ("dumpxml --inactive", "undefine")]) if found else []
                return [answer.document("domain") for answer in answers[::2]]
            except virsh.Lost:
                if attempt == attempts - 1:
                    raise
                time.sleep(3)

    # --- virt-cpu

    def ask_virt_cpu(self, cases):
        for case in cases:
            if b"\0" in case.bytes:
                done = self.run.tool.run(["show", "--no-config", case.path])
                case.error = ("refused", done.stderr.strip()) if done.returncode == 2 else None
                case.facts = None
        readable = [case for case in cases if b"\0" not in case.bytes]
        for case, facts in zip(readable, self.facts([case.bytes for case in readable])):
            case.facts = facts
            if "error" in facts:
                case.error = facts["error"]["code"], facts["error"]["message"]
        read = [case for case in cases if case.error is None]
        findings = self.run.tool.findings([case.path for case in read], [self.run.capabilities]) if read else {}
        for case in read:
            errors = [f["message"] for f in findings.get(case.path, [])
                      if f["severity"] == "error" and f["rule"] in define.RULES]
            case.finding = errors[0] if errors else None
        both = [case for case in read if case.dump is not None and case.facts is not None]
        dumps = [(without_default(case.dump) if case.facts.get("mode") == "none" else case.dump).encode() for case in both]
        shown = zip(self.show([case.bytes for case in both]), self.show(dumps), self.facts(dumps))
        for case, (ours, theirs, facts) in zip(both, shown):
            case.differences = differences(case.facts, ours, facts, theirs, case.dump)

    def facts(self, texts):
        output = self.run.tool.answer(["facts", "--records", "nul"], b"".join(text + b"\0" for text in texts))
        lines = [json.loads(line) for line in output.splitlines()]
        if len(lines) != len(texts):
            raise RuntimeError(f"{len(lines)} lines of facts for {len(texts)} definitions")
        return lines

    def show(self, texts):
        """What show says of each guest. A NUL between a document's last instruction and the next document is an error, so that
        a stream may have to be cut."""
        if not texts:
            return []
        options = self.run.tool.options("show")
        try:
            shown = json.loads(self.run.tool.answer(["show", "--no-config", "--format", "json"] + options, b"\0".join(texts)))
        except RuntimeError:
            if len(texts) == 1:
                raise
            return self.show(texts[:len(texts) // 2]) + self.show(texts[len(texts) // 2:])
        if len(shown) != len(texts):
            raise RuntimeError(f"{len(shown)} guests are shown for {len(texts)} definitions")
        return shown

    # --- the smallest case

    def smallest(self, case):
        """The case with as few of its mutations as are needed for a disagreement of its kind."""
        kind = verdict(case)
        while True:
            which, steps = case.recipe
            smaller = [self.case((which, steps[:index] + steps[index + 1:]), case.type) for index in range(len(steps))]
            if not smaller:
                return case
            self.ask(smaller)
            found = [other for other in smaller if verdict(other) == kind]
            if not found:
                return case
            case = found[0]


def differences(facts, shown, libvirts_facts, libvirts_shown, dump):
    """What is read otherwise, as words."""
    words = []
    leaves_machine = facts["machine"] in ALIASES
    for key in ("name", "type", "arch", "machine", "mode", "windows", "os", "vcpus", "qemuCPU", "hostdevs", "domain"):
        ours, theirs = facts[key], libvirts_facts[key]
        if key == "machine" and leaves_machine:
            continue
        if key == "domain" and ours and theirs:
            if facts["mode"] in ("host-passthrough", "maximum"):
                # libvirt checks the model at the first start, and drops it when it writes the definition.
                ours = re.sub("<model.*?</model>|<vendor>.*?</vendor>", "", ours)
            # What libvirt chooses by itself.
            if leaves_machine:
                ours, theirs = (re.sub(" machine='[^']*'", "", side) for side in (ours, theirs))
            if " arch=" not in ours:
                theirs = re.sub(" arch='[^']*'", "", theirs)
            if "<emulator>" not in ours:
                theirs = re.sub("<devices>.*</devices>", "", theirs)
        if ours != theirs:
            words.append(f"{key}: virt-cpu {ours!r}, libvirt {theirs!r}")
    if shown["uuid"] is not None and shown["uuid"] != libvirts_shown["uuid"]:
        words.append(f"uuid: virt-cpu {shown['uuid']}, libvirt {libvirts_shown['uuid']}")
    ours, theirs = ({fact["what"]: fact["value"] for fact in side["facts"]} for side in (shown, libvirts_shown))
    for what in dict.fromkeys(list(ours) + list(theirs)):
        if what == "enlightenments" and PASSED_THROUGH in dump:
            continue
        if what != "runs on" and ours.get(what) != theirs.get(what):
            words.append(f"{what}: virt-cpu {ours.get(what)!r}, libvirt {theirs.get(what)!r}")
    added, lost = (sorted(set(a["features"]) - set(b["features"])) for a, b in ((shown, libvirts_shown), (libvirts_shown, shown)))
    if added or lost:
        words.append(f"features: virt-cpu +{' '.join(added)}, libvirt +{' '.join(lost)}")
    return words


def without_default(dump):
    """libvirt's form without the model that it adds where a definition names none: the hypervisor's default by its name."""
    return re.sub(r"<cpu mode='custom' match='exact' check='(?:none|partial)'>\s*<model fallback='(?:forbid|allow)'>qemu64</model>", "<cpu>", dump)


def verdict(case):
    """One of the columns of the table, and a kind."""
    if case.dump is None:
        if case.error or case.finding:
            return "refused by both", ""
        return "libvirt alone refuses", without_values(case.reason)
    if case.error and case.error[0] in ("malformed", "refused", "tooLarge"):
        return "virt-cpu refuses, with a reason", without_values(case.error[1])
    if case.error:
        return "disagreements", f"virt-cpu: {case.error[1]}"
    if case.finding:
        return "disagreements", f"virt-cpu says that libvirt refuses it: {without_values(case.finding)}"
    if case.differences:
        return "disagreements", "read otherwise: " + ", ".join(word.partition(":")[0] for word in case.differences)
    return "agreements", ""


def without_values(text):
    text = re.sub(r"(binary|[Ff]eature:|domain type|architecture|Bytes:) .*", r"\1 …", re.sub(r"'[^']*'", "'…'", text))
    return re.sub(r"\d+", "N", text)[:110]


COLUMNS = ["agreements", "virt-cpu refuses, with a reason", "refused by both", "libvirt alone refuses", "disagreements"]


def run(run):
    count = run.count(500, 4000)
    random = run.random("reading")
    reading = Reading(run)
    cases = [reading.case((which, []), type) for type in run.types for which in range(len(definitions.BASES))]
    plain = set(cases)
    cases += [reading.case(mutations.recipe(random), random.choice(run.types)) for _ in range(count)]
    reading.ask(cases)
    outcome = Outcome(run, "reading", "xml")
    counts, kinds = collections.Counter(), collections.Counter()
    for case in cases:
        column, kind = verdict(case)
        if case in plain and column != "agreements":
            column, kind = "disagreements", f"a definition without a mutation: {column}"
        counts[column] += 1
        kinds[column, kind] += 1
        if column in ("agreements", "refused by both"):
            outcome.agree()
        elif column == "disagreements":
            shown = outcome.shown[kind] < run.most_shown
            small = reading.smallest(case) if shown else case
            outcome.differ(kind, f"{case.number:05}", words(small), {
                "definition.xml": small.bytes.decode("utf-8", "replace"), "libvirt.xml": small.dump or small.reason,
                "whole.xml": case.bytes.decode("utf-8", "replace")})
        else:
            outcome.explain(column)
    print(f"  reading, libvirt {run.libvirt}, seed {run.seed}: {len(cases)} tried, " + ", ".join(f"{counts[column]} {column}" for column in COLUMNS))
    list_refusals(run, cases, kinds)
    outcome.finish(count)


def list_refusals(run, cases, kinds):
    """Prints the commonest reasons of refusals that only one side has, and keeps all of them, each with a definition."""
    path = os.path.join(run.work, "refusals.txt")
    with open(path, "w") as file:
        for column in ("virt-cpu refuses, with a reason", "libvirt alone refuses"):
            found = [(kind, number) for (where, kind), number in kinds.most_common() if where == column]
            print(f"  {column}: " + "; ".join(f"{number} {kind}" for kind, number in found[:5]) + (f"; more in {path}" if found else ""))
            for kind, number in found:
                example = next(case for case in cases if verdict(case) == (column, kind))
                file.write(f"{column}: {number} {kind} ({os.path.basename(example.path)})\n")


def words(case):
    """A disagreement for a person: the mutations, the definition, both answers."""
    which, steps = case.recipe
    made = f"base {which}, " + (", ".join(kind for kind, _ in steps) or "as it is")
    ours = "; ".join(case.differences) or (case.error or ("", case.finding))[1]
    return f"{made}: {ours}\n{case.bytes.decode('utf-8', 'replace')}"
