"""Counts, and what is kept of each disagreement."""

import collections
import os


class Outcome:
    """One suite on one libvirt, for one kind of virtualisation."""

    def __init__(self, run, suite, type):
        self.run, self.suite, self.type = run, suite, type
        self.agreed = self.tried = 0
        self.kinds = collections.Counter()
        self.explained = collections.Counter()
        self.shown = collections.Counter()

    def agree(self):
        self.agreed += 1
        self.tried += 1

    def explain(self, why):
        """A disagreement that is not a mistake; the reason is counted and printed."""
        self.tried += 1
        self.explained[why] += 1

    def differ(self, kind, id, text, inputs):
        """Keeps the inputs (file names and contents), and prints the first three of a kind, all of them into a file."""
        self.tried += 1
        self.kinds[kind] += 1
        folder = os.path.join(self.run.kept, self.suite, id)
        os.makedirs(folder, exist_ok=True)
        for name, content in inputs.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(content)
        with open(os.path.join(folder, "difference.txt"), "w") as file:
            file.write(f"{kind}\n{text}\n")
        self.shown[kind] += 1
        if self.shown[kind] <= self.run.most_shown:
            print(f"  {self.suite} {self.type} {id}: {kind}: {text[:400]}", flush=True)

    def finish(self, least):
        """Prints the line of the table. Too few agreements say nothing."""
        notes = [f"{count} {why}" for why, count in self.explained.most_common()]
        wrong = [f"{count} {kind}" for kind, count in self.kinds.most_common()]
        text = f"agree {self.agreed} of {self.tried}"
        if notes:
            text += "; explained: " + ", ".join(notes)
        if wrong:
            text += "; differ: " + ", ".join(wrong)
        if self.tried < least:
            text += f"; at least {least} are wanted"
        passed = not wrong and self.tried >= least
        name = f"{self.suite}, libvirt {self.run.libvirt}, QEMU {self.run.qemu}, {self.type}"
        print(f"{'ok      ' if passed else 'FAILED  '} {name}: {text}", flush=True)
        with open(os.path.join(self.run.kept, "results.tsv"), "a") as file:
            explained = sum(self.explained.values())
            file.write(f"{self.suite}\t{self.run.libvirt}\t{self.type}\t{self.agreed}\t{explained}\t{self.tried}\n")
        self.run.has_failed |= not passed
