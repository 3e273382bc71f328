"""What virsh define accepts and refuses, against virt-cpu check and against the recorded table."""

import csv
import os
import re

import cpus
import virsh
from outcome import Outcome

# The rules that say what libvirt's parser, driver and grammar refuse.
RULES = {"invalid-cpu", "duplicate-feature", "topology-vcpus", "invalid-numa", "invalid-hyperv"}

# Variants whose subject no rule has, as in Tests/LintTests/Rules/Libvirt/DefineVariantsTests.swift.
OTHER_MATTERS = {"sve-disabled-length", "attribute-unknown", "model-child", "cpu-other-namespace", "text-in-cpu"}
# The same, for the beginnings of their ids: what is not read of NUMA cells and enlightenments.
OTHER_SUBJECTS = (
    "numa-cache-", "numa-ic-", "numa-attr-", "numa-child-", "numa-el-", "numa-dist-second-", "numa-second-",
    "hyperv-ipi-passthrough", "hyperv-mode-passthrough-", "hyperv-twice-", "hyperv-second-", "hyperv-tlbflush-direct",
    "hyperv-tlbflush-ext", "hyperv-direct")
COLUMNS = {"9": "v9", "11": "v11", "12": "v12"}


def run(run):
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "define-variants.tsv")) as file:
        rows = list(csv.DictReader((line for line in file if line.strip() and not line.startswith("#")),
                                   delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in rows if row["type"] in run.types]
    name = "virt-cpu-define-variant"
    groups = []
    for row in rows:
        row["file"] = run.write("define", row["id"] + ".xml",
                                cpus.domain_text(row["type"], name, row["cpu"], "q35", vcpus=4, memory=1024))
        groups.append([f"define --validate {row['file']}", f"undefine {name}", f"define {row['file']}", f"undefine {name}"])
    for row, (validated, _, defined, _) in zip(rows, virsh.ask_patiently(groups)):
        row["grammar"], row["parser"] = ("refuse" if answer.failed else "accept" for answer in (validated, defined))
        row["reason"] = defined.reason or validated.reason
    # define asks the host only for the width of its addresses.
    findings = run.tool.findings([row["file"] for row in rows], [run.capabilities])
    for type in run.types:
        said, table = Outcome(run, "define", type), Outcome(run, "define-table", type)
        for row in rows:
            if row["type"] == type:
                judge(run, said, row, [f for f in findings.get(row["file"], []) if f["rule"] in RULES])
                against_table(run, table, row)
        said.finish(20)
        if table.tried:
            table.finish(20)


def judge(run, outcome, row, findings):
    parser = "refuse" if any(f["severity"] == "error" for f in findings) else "accept"
    grammar = "refuse" if parser == "refuse" or any("--validate" in f["message"] for f in findings) else "accept"
    said, real = (grammar, parser), (row["grammar"], row["parser"])
    if said == real:
        return outcome.agree()
    if row["id"] in OTHER_MATTERS or row["id"].startswith(OTHER_SUBJECTS):
        return outcome.explain("have a subject that no rule has")
    text = (f"{row['cpu']}: virt-cpu says validate {said[0]}, define {said[1]}; libvirt {real[0]}, {real[1]}"
            f" {row['reason']}")
    kind = f"virt-cpu {'accepts' if 'accept' in (said[1], said[0]) and said < real else 'refuses'} otherwise"
    outcome.differ(kind, row["id"], text, {"domain.xml": open(row["file"]).read()})


def against_table(run, outcome, row):
    column = COLUMNS.get(run.libvirt.split(".")[0])
    if column is None:
        return
    expected = row[f"{column}_validate"], row[f"{column}_define"]
    if expected == (row["grammar"], row["parser"]):
        return outcome.agree()
    # Recorded on a host of 46 bits.
    if re.fullmatch(r"maxphysaddr-emulate-(\d+-kvm|beyond-host)", row["id"]):
        return outcome.explain("depend on the width of the host's physical addresses")
    outcome.differ("not as recorded", row["id"], f"{row['cpu']}: recorded {expected}, {row['grammar']}, {row['parser']}",
                   {"domain.xml": open(row["file"]).read()})
