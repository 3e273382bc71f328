"""What filter writes for this host: defined, started, and for pin compared with the live host-model."""

import json

import cpus
import virsh
from outcome import Outcome

TARGETS = ["keep", "host-model-only", "host-model", "host-passthrough", "maximum", "hv-default", "baseline", "pin", "x86-64-v2",
           "x86-64-v3"]
BEFORE = [
    "", "<cpu mode='host-model'/>", "<cpu mode='host-passthrough' check='none' migratable='on'/>", "<cpu mode='maximum'/>",
    "<cpu mode='custom' match='exact'><model fallback='allow'>qemu64</model></cpu>",
    "<cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Nehalem</model>"
    "<feature policy='require' name='aes'/><feature policy='disable' name='popcnt'/></cpu>",
    "<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>kvm64</model>"
    "<feature policy='disable' name='pni'/></cpu>",
    "<cpu mode='host-model'><topology sockets='1' cores='2' threads='1'/><feature policy='disable' name='arat'/></cpu>",
]
HOST_MODELS = ["<cpu mode='host-model'/>", "<cpu mode='host-model' check='none'/>",
               "<cpu mode='host-model' check='full'/>"] + [
    f"<cpu mode='host-model'><feature policy='{policy}' name='{name}'/></cpu>"
    for name in ("arat", "hypervisor", "invtsc", "svm", "avx512er") for policy in ("require", "optional", "disable")]


def run(run):
    for type in run.types:
        targets(run, type)
    if "kvm" in run.types:
        pin(run)


def targets(run, type):
    outcome = Outcome(run, "target", type)
    rows = []
    for cpu in BEFORE:
        for machine in run.count(["pc"], ["pc", "q35"]):
            for target in TARGETS + ["EPYC"] * run.is_long:
                name = f"t{len(rows):04}"
                before = cpus.domain_text(type, name, cpu, machine, vcpus=2 if "topology" in cpu else 1)
                rows.append({"name": name, "target": target, "before": before, "machine": machine, "cpu": cpu})
    for row in rows:
        # Whatever is found, to see whether the finding is right.
        done = run.tool.ask("filter", ["--no-config", "--new-guest", "--fail-on", "never", "--format", "json-lines",
                                       "--default", row["target"], "--host", run.host], row["before"])
        row["found"] = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        row["written"] = done.stdout
        row["file"] = run.write(f"target-{type}", row["name"] + ".xml", run.startable(type, done.stdout))
        row["stderr"] = done.stderr
    answers = virsh.ask_each([[f"define --validate {row['file']}", f"start --paused {row['name']}",
                               f"destroy {row['name']}", f"undefine {row['name']}"] for row in rows])
    withheld = 0
    for row, (define, start, _, _) in zip(rows, answers):
        works = not define.failed and not start.failed
        errors = [f for f in row["found"] if f["severity"] == "error"]
        doubted = any(f["rule"] == "host-incompatible" for f in row["found"])
        withheld += bool(errors)
        reason = define.reason if define.failed else start.reason
        if works != bool(errors):
            outcome.agree()
        elif not works and run.refusal(type, "doubts" if doubted else "starts", reason):
            outcome.explain(run.refusal(type, "doubts" if doubted else "starts", reason))
        else:
            kind = f"{row['target']} is written and refused" if not works else f"{row['target']} is withheld and works"
            text = (f"{row['cpu'] or 'no <cpu>'} on {row['machine']} to {row['target']}: {reason} "
                    + "; ".join(f["message"] for f in errors))
            outcome.differ(kind, f"{type}-{row['name']}", text, {
                "before.xml": row["before"], "written.xml": row["written"], "findings.txt": row["stderr"],
                "host.xml": run.host_text()})
    print(f"  target {type}: {len(rows) - withheld} of {len(rows)} are written without an error")
    outcome.finish(50)


def pin(run):
    outcome = Outcome(run, "pin", "kvm")
    rows = []
    for cpu in HOST_MODELS:
        cpu = run.startable("kvm", cpu)
        for machine in ("pc", "q35"):
            name = f"p{len(rows):04}"
            text = cpus.domain_text("kvm", name, cpu, machine)
            rows.append({"name": name, "cpu": cpu, "machine": machine, "text": text,
                         "file": run.write("pin", name + ".xml", text)})
    answers = virsh.ask_each([[f"create --paused {row['file']}", f"dumpxml {row['name']}", f"destroy {row['name']}"]
                              for row in rows])
    findings = run.tool.findings([row["file"] for row in rows], [run.host])
    for row, (create, dump, _) in zip(rows, answers):
        done = run.tool.ask("filter", ["--no-config", "--fail-on", "never", "--default", "pin", "--host", run.host], row["text"])
        inputs = {"domain.xml": row["text"], "written.xml": done.stdout + done.stderr, "host.xml": run.host_text(),
                  "live.xml": dump.text}
        about = f"{row['cpu']} on {row['machine']}"
        refuses = any(f["severity"] == "error" for f in findings.get(row["file"], []))
        if create.failed:
            # There is no live CPU, which virt-cpu must know.
            why = run.refusal("kvm", "starts", create.reason)
            if refuses:
                outcome.agree()
            elif why:
                outcome.explain(why)
            else:
                outcome.differ("host-model does not start", row["name"], f"{about}: {create.reason}", inputs)
            continue
        if refuses:
            outcome.differ("host-model starts", row["name"], about, inputs)
            continue
        live = cpus.CPU.parse(dump.document("domain"))
        pinned = cpus.CPU.parse(done.stdout) if done.stdout else None
        if pinned is None or pinned.model is None:
            outcome.differ("not pinned", row["name"], f"{about}: {done.stderr[:300]}", inputs)
        elif pinned.differences(live):
            outcome.differ("not the live CPU", row["name"], f"{about}: (pinned, live) " + "; ".join(pinned.differences(live)), inputs)
        else:
            outcome.agree()
    outcome.finish(10)
