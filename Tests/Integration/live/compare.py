"""virsh cpu-compare and hypervisor-cpu-compare of random CPUs, against virt-cpu compare with the host's files."""

import json
import re
import xml.etree.ElementTree as ET

import cpus
import virsh
from outcome import Outcome


def run(run):
    host = cpus.CPU(ET.parse(run.capabilities).getroot().find("host/cpu"))
    near = run.map.names(host.model) | set(host.features)
    compare(run, "compare", "host", near, "cpu-compare", run.capabilities, run.count(300, 2000))
    for type in run.types:
        path = run.domain_capabilities[type, "pc"]
        model = cpus.CPU(ET.parse(path).getroot().find("cpu/mode[@name='host-model']"))
        near = run.map.names(model.model) | set(model.features)
        near -= {name for name, policy in model.features.items() if policy == "disable"}
        command = f"hypervisor-cpu-compare --virttype {type} --machine pc"
        compare(run, "hypervisor-compare", type, near, command, path, run.count(100, 600))


def compare(run, suite, type, near, command, host, count):
    random = run.random(f"{suite}-{type}")
    outcome = Outcome(run, suite, type)
    paths = [run.write(f"{suite}-{type}", f"{number:04}.xml", cpus.random_guest(random, run.map, type, near) + "\n")
             for number in range(count)]
    answers = [word(answer.text) for answer in virsh.ask([f"{command} {path}" for path in paths])]
    done = run.tool.ask("compare", ["--format", "json-lines", "--host", host] + paths)
    said = {}
    for line in done.stdout.splitlines():
        line = json.loads(line)
        if line["schema"] == "compare":
            said[line["file"]] = line
    for path, answer in zip(paths, answers):
        own = said.get(path, {"result": "nothing", "reason": done.stderr[:300]})
        if own["result"] == answer[0]:
            outcome.agree()
        elif own["result"] == "not judged":
            outcome.differ("not judged", path[-8:-4], f"libvirt: {answer[0]}", {"cpu.xml": open(path).read()})
        else:
            text = f"virt-cpu {own['result']} {own['reason'] or own.get('missing') or ''}, libvirt {answer[0]} {answer[1]}"
            outcome.differ(f"virt-cpu {own['result']}, libvirt {answer[0]}", f"{type}-{path[-8:-4]}", text,
                           {"cpu.xml": open(path).read(), "host.xml": open(host).read()})
    seen = {answer[0] for answer in answers}
    if len(seen) < 3:
        print(f"  {suite} {type}: only {', '.join(sorted(seen))} occur")
    outcome.finish(count)


def word(text):
    """libvirt's answer in virt-cpu's word, and the reason of an error."""
    for phrase, result in (("is identical to", "identical"), ("is a superset of", "superset"),
                           ("is incompatible with", "incompatible")):
        if phrase in text:
            return result, ""
    error = re.findall(r"^error: (.*)", text, re.M)
    return "error", error[-1] if error else text
