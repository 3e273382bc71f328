"""What started guests have, as QEMU tells it of their first CPU, against virt-cpu show."""

import itertools
import json
import re
import xml.etree.ElementTree as ET

import cpus
import virsh
from outcome import Outcome

CPU_PATH = "/machine/unattached/device[0]"
PROPERTIES = ["feature-words", "filtered-features", "family", "model", "stepping", "vendor", "model-id"]
# The CPUID feature that says that a register is there.
REGISTERS = {0x10a: "arch-capabilities", 0xcf: "core-capability"}
# Features that QEMU turns on or off by rules of their own: each is asked for in a guest.
SPECIAL = ["acpi", "cmp_legacy", "ht", "invtsc", "monitor", "overflow-recov", "pdcm", "succor", "svm", "topoext", "vmx", "x2apic"]
MACHINES = ["pc", "q35", "pc-q35-5.2", "pc-i440fx-4.1", "pc-q35-3.1", "pc-i440fx-2.12", "pc-i440fx-2.4"]


def run(run):
    for type in run.types:
        defined, live = Outcome(run, "guest", type), Outcome(run, "live-xml", type)
        for guest in booted(run, type, choices(run, type)):
            for outcome, path in ((defined, guest["file"]), (live, guest["live"])):
                judge(run, outcome, type, guest, path)
        least = run.count(15, 60)
        defined.finish(least)
        live.finish(least)


def choices(run, type):
    """Models as QEMU has them, alone and with features, on machines old and new. check='none': everything starts."""
    random = run.random(f"guest-{type}")
    capabilities = ET.parse(run.domain_capabilities[type, "pc"]).getroot()
    models = [m.text for m in capabilities.findall("cpu/mode[@name='custom']/model")]
    offered = virsh_machines(run, type)
    known = sorted(run.map.features)
    random.shuffle(models)
    rows = []
    for model in itertools.islice(itertools.cycle(models), run.count(24, 100)):
        # On some virtual machines KVM cannot set the register that these models bring.
        nested = {"arch-capabilities": "disable"} if type == "kvm" and run.lacks_register else {}
        features = {name: random.choice(["require", "disable", "disable"])
                    for name in random.sample(known, random.choice([0, 0, 1, 3])) if not name.startswith("vmx-")} | nested
        topology = random.choice(["", "", "<topology sockets='1' cores='2' threads='1'/>",
                                  "<topology sockets='1' cores='1' threads='2'/>", "<topology sockets='2' cores='1' threads='1'/>"])
        cpu = cpus.guest_text(model, features, None, "mode='custom' match='exact' check='none'", "forbid")
        cpu = cpu.replace("</model>", "</model>" + topology)
        # Two thirds on today's machines.
        machine = random.choice(["pc", "q35"] if random.random() < 2 / 3 else offered)
        rows.append({"name": f"g{len(rows):04}", "cpu": cpu, "machine": machine, "vcpus": 2 if topology else 1,
                     "siblings": 2 if "sockets='1'" in topology else 1})
    for name in [name for name in SPECIAL if name in run.map.features]:
        cpu = cpus.guest_text("EPYC", {name: "require"}, None, "mode='custom' match='exact' check='none'", "forbid")
        rows.append({"name": f"g{len(rows):04}", "cpu": cpu, "machine": "pc", "vcpus": 1, "siblings": 1})
    ours = cpus.CPU(capabilities.find("cpu/mode[@name='host-model']"))
    for count in (0, 0, 2, 4):
        features = {name: "disable" for name in random.sample(sorted(ours.features), count)}
        cpu = run.startable(type, f"<cpu mode='host-model'>{cpus.features_text(features)}</cpu>")
        rows.append({"name": f"g{len(rows):04}", "cpu": cpu, "machine": random.choice(["pc", "q35"]), "vcpus": 1, "siblings": 1})
    for row in rows:
        row["file"] = run.write(f"guest-{type}", row["name"] + ".xml",
                                cpus.domain_text(type, row["name"], row["cpu"], row["machine"], vcpus=row["vcpus"]))
    return rows


def virsh_machines(run, type):
    """Those of MACHINES that this libvirt's QEMU has."""
    text = virsh.ask(["capabilities"])[0].document("capabilities")
    offered = {m.text for m in ET.fromstring(text).iter("machine")}
    return [m for m in MACHINES if m in offered]


def booted(run, type, rows):
    """Starts each guest and asks QEMU; yields those that run."""
    from_registers = [name for name, feature in sorted(run.map.features.items())
                      if not feature.cpuid and not name.startswith("vmx-")]
    groups = []
    for row in rows:
        commands = [f"create --paused {row['file']}", f"dumpxml {row['name']}"]
        for name in PROPERTIES + from_registers:
            question = json.dumps({"execute": "qom-get", "arguments": {"path": CPU_PATH, "property": name}})
            commands.append(f"qemu-monitor-command {row['name']} '{question}'")
        groups.append(commands + [f"destroy {row['name']}"])
    refused = []
    for row, mine in zip(rows, virsh.ask_each(groups)):
        if mine[0].failed:
            refused.append((row, mine[0].reason))
            continue
        row["live"] = run.write(f"guest-{type}", row["name"] + ".live.xml", mine[1].document("domain") + "\n")
        values = [json.loads(answer.text.strip().splitlines()[0]).get("return") for answer in mine[2:-1]]
        told = dict(zip(PROPERTIES + from_registers, values))
        row["facts"] = told
        row["has"] = names(run.map, told["feature-words"])
        # QEMU keeps the bits of a register that the guest cannot read; CPUID says that it is there.
        row["has"] |= {name for name in from_registers if told[name] is True
                       and REGISTERS.get(run.map.features[name].register, name) in row["has"] | {name}}
        if "xsave" not in row["has"]:
            # QEMU then shows the guest a leaf of zeros. [target/i386/cpu.c, cpu_x86_cpuid]
            row["has"] = {name for name in row["has"] if 0xd not in {place[0] for place in run.map.features[name].cpuid}}
        row["withheld"] = names(run.map, told["filtered-features"])
        if row["siblings"] > 1:
            # QEMU sets them when the guest executes CPUID, from the topology. [target/i386/cpu.c, cpu_x86_cpuid]
            row["has"] |= {"ht"} | ({"cmp_legacy"} if told["vendor"] != "GenuineIntel" else set())
        yield row
    for row, reason in refused:
        # Warnings come first.
        print(f"  guest {type}: {row['cpu']} on {row['machine']} does not start: …{reason[-240:]}")


def names(map, words):
    """The features whose bits are all set in QEMU's words."""
    registers = {(word["cpuid-input-eax"], word.get("cpuid-input-ecx", 0), word["cpuid-register"].lower()):
                 word["features"] for word in words}
    return {name for name, feature in map.features.items() if feature.cpuid and all(
        registers.get((leaf, subleaf, register), 0) & mask == mask for leaf, subleaf, register, mask in feature.cpuid)}


def judge(run, outcome, type, guest, path):
    done = run.tool.ask("show", ["--host", run.host, path])
    if done.returncode != 0:
        return outcome.differ("show fails", f"{type}-{guest['name']}", done.stderr, {"domain.xml": open(path).read()})
    facts, shown = {}, set()
    for line in done.stdout.splitlines()[1:]:
        fact = re.match(r"  (\S.*?)  +(.*)", line)
        if fact:
            facts[fact.group(1)] = fact.group(2)
        else:
            shown.add(line.strip())
    told = guest["facts"]
    words, kinds = [], []
    ignored = cpus.IGNORED | {name for name in shown | guest["has"] | guest["withheld"] if name.startswith("vmx-")}
    shown, has = shown - ignored, guest["has"] - ignored
    if shown != has:
        words.append(f"shown, not had: {' '.join(sorted(shown - has)) or '-'}; had, not shown: {' '.join(sorted(has - shown)) or '-'}")
        kinds.append("what the hypervisor withholds" if shown - has <= guest["withheld"] and not has - shown else "features")
    # The definition asks for what QEMU has filtered; the live XML has it disabled already.
    said = set(facts.get("unavailable", "").partition(" (")[0].split(", "))
    said |= set(re.findall(r"(\S+) \(needs ", facts.get("without effect", "")))
    withheld = guest["withheld"] - ignored
    if "<feature policy='disable' name='xsave'/>" in guest["cpu"]:
        # The definition says itself that they go.
        withheld = {name for name in withheld if 0xd not in {place[0] for place in run.map.features[name].cpuid}}
    if path == guest["file"] and withheld - said:
        words.append(f"withheld, not said: {' '.join(sorted(withheld - said))}")
        kinds.append("what is not said to be unavailable")
    signature = f"family {told['family']}, model {told['model']}, stepping {told['stepping']}"
    for what, real in (("signature", signature), ("brand string", told["model-id"].strip()), ("vendor", told["vendor"])):
        if facts.get(what) not in (real, "the host's", None):
            words.append(f"{what} shown {facts.get(what)}, is {real}")
            kinds.append(what)
    if not words:
        return outcome.agree()
    outcome.differ(" and ".join(kinds), f"{type}-{guest['name']}", f"{guest['cpu']} on {guest['machine']}: " + "; ".join(words),
                   {"domain.xml": open(path).read(), "shown.txt": done.stdout, "qom.json": json.dumps(told, indent=1),
                    "host.xml": run.host_text()})
