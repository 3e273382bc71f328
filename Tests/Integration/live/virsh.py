"""One virsh process that answers many commands."""

import concurrent.futures
import re
import subprocess
import time

PROMPT = "virsh # "


class Lost(RuntimeError):
    """libvirtd went away. `answered` is how many commands it answered before."""

    def __init__(self, words, answered):
        super().__init__(words)
        self.answered = answered


class Answer:
    """What virsh printed for one command, errors included."""

    def __init__(self, text):
        self.text = text

    @property
    def failed(self):
        return re.search(r"^error: ", self.text, re.M) is not None

    @property
    def reason(self):
        """The last error, which is libvirt's; the one before it is virsh's "Failed to …". QEMU's messages are in it, in
        several lines."""
        errors = re.split(r"^error: ", self.text, flags=re.M)[1:]
        return " ".join(errors[-1].split()) if errors else ""

    def document(self, root):
        """The XML document with this root element, or None."""
        match = re.search(rf"<{root}[ />].*</{root}>", self.text, re.S)
        return match.group(0) if match else None


def ask(commands, timeout=3600):
    """Feeds commands to one virsh, and returns an answer for each. virsh prints its prompt and the command before each
    answer, and flushes its output before an error, so that both arrive in order."""
    for command in commands:
        assert "\n" not in command, command
    done = subprocess.run(
        ["virsh", "-q", "-c", "qemu:///system"], input="\n".join(commands) + "\n", stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout)
    pieces = done.stdout.split(PROMPT)
    answers = [Answer(piece.partition("\n")[2]) for piece in pieces[1:] if piece.strip()]
    for index, answer in enumerate(answers):
        if re.search("failed to connect|End of file|socket is closed", answer.text):
            raise Lost(answer.reason, index)
        if "Failed to open file" in answer.text:
            raise RuntimeError(answer.reason)
    if len(answers) != len(commands):
        raise Lost(f"virsh answered {len(answers)} of {len(commands)} commands: …{done.stdout[-400:]}", len(answers))
    return answers


def ask_each(groups, sessions=4):
    """The answers to each group of commands. Groups must not depend on each other: several sessions work at them, because
    a guest's start and its end are mostly waiting."""
    shares = [groups[first::sessions] for first in range(sessions)]
    with concurrent.futures.ThreadPoolExecutor(sessions) as pool:
        answered = list(pool.map(lambda share: ask([command for group in share for command in group]) if share else [], shares))
    results = [None] * len(groups)
    for first, (share, answers) in enumerate(zip(shares, answered)):
        answers = iter(answers)
        for place, group in enumerate(share):
            results[first + place * sessions] = [next(answers) for _ in group]
    return results


def ask_patiently(groups, size=20):
    """As ask, for groups of commands. libvirtd has been seen to end by itself, and 9.0's ends after some definitions that
    it refuses (a distance to a NUMA cell that does not exist): then each group of a share is asked by itself."""
    results = []
    for first in range(0, len(groups), size):
        share = groups[first:first + size]
        try:
            results += _ask_groups(share)
        except Lost:
            for group in share:
                # 9.0 learns of the host's CPU when it examines QEMU, or when it is asked; after a restart it has examined
                # QEMU already, and accepts a maxphysaddr that is beyond the host's.
                results += [answers[1:] for answers in _ask_again([["capabilities"] + group])]
    return results


def _ask_again(groups, attempts=4):
    for _ in range(attempts - 1):
        time.sleep(3)
        try:
            return _ask_groups(groups)
        except Lost:
            pass
    return _ask_groups(groups)


def _ask_groups(groups):
    answers = iter(ask([command for group in groups for command in group]))
    return [[next(answers) for _ in group] for group in groups]
