#!/usr/bin/env python3
"""Asks a libvirt which <cpu> elements it takes, and writes the answers into its columns of define-variants.tsv.

    for name in system trixie backports; do Tests/Integration/within $name Tests/Integration/define-variants.py; done

Each variant of define-variants.in goes into a minimal domain (4 vCPUs, 1 GiB, q35, no devices), which is defined and
undefined again, with --validate (grammar, parser, QEMU driver) and without (parser, QEMU driver). Nothing is started.
The oldest libvirt comes first: its messages stay. The columns of other libvirts stay as they are; `-` is a variant that
they were not asked yet.
"""

import atexit
import csv
import os
import re
import shutil
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "live"))
import cpus  # noqa: E402
import virsh  # noqa: E402

NAME = "virt-cpu-define-variant"
COLUMNS = {"9": "v9", "11": "v11", "12": "v12"}


def variants():
    """The comment that heads the list, and its rows (id, type, cpu)."""
    head, rows = [], []
    with open(os.path.join(here, "define-variants.in")) as file:
        for line in file.read().split("\n"):
            if line.startswith("#") and not rows and not line.startswith("# -- "):
                head.append(line)
            elif line and not line.startswith("#"):
                rows.append(line.split("\t"))
    return head, rows


def recorded(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    return {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def reason(answer):
    """One line that does not differ from run to run."""
    text = " ".join(answer.reason.split())
    text = re.sub(r"^(XML document failed to validate against schema).*", r"\1", text)
    return text.replace("\t", " ") or "-"


def main():
    column = COLUMNS[os.environ["LIBVIRT_VERSION"].split(".")[0]]
    path = os.path.join(here, "define-variants.tsv")
    head, rows = variants()
    known = recorded(path)
    commands = []
    # /tmp has the same name in the roots.
    folder = tempfile.mkdtemp(prefix="define-variants.", dir="/tmp")
    atexit.register(shutil.rmtree, folder)
    for id, type, cpu in rows:
        file = os.path.join(folder, id + ".xml")
        with open(file, "w") as out:
            out.write(cpus.domain_text(type, NAME, cpu, "q35", vcpus=4, memory=1024))
        commands.append([f"define --validate {file}", f"undefine {NAME}", f"define {file}", f"undefine {NAME}"])
    answers = virsh.ask_patiently(commands)
    names = ["v9", "v11", "v12"]
    lines = head + ["\t".join(["id", "type"] + [f"{name}_{what}" for name in names for what in ("validate", "define")]
                              + ["message", "cpu"])]
    for (id, type, cpu), (validated, _, defined, _) in zip(rows, answers):
        row = known.get(id, {})
        row[f"{column}_validate"] = "refuse" if validated.failed else "accept"
        row[f"{column}_define"] = "refuse" if defined.failed else "accept"
        if column == "v9" or row.get("message", "-") == "-":
            row["message"] = reason(defined if defined.failed else validated)
        cells = [id, type] + [row.get(f"{name}_{what}") or "-" for name in names for what in ("validate", "define")]
        lines.append("\t".join(cells + [row["message"], cpu]))
    with open(path, "w") as out:
        out.write("\n".join(lines) + "\n")
    print(f"{len(rows)} variants in {column}")


main()
