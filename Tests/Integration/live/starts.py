"""Whether guests start, against virt-cpu check with the host's files."""

import re
import xml.etree.ElementTree as ET

import cpus
import virsh
from outcome import Outcome


def run(run):
    for type in run.types:
        rows = choices(run, type)
        outcome = Outcome(run, "start", type)
        for number, row in enumerate(rows):
            row["name"] = f"s{number:04}"
            row["file"] = run.write(f"start-{type}", row["name"] + ".xml",
                                    cpus.domain_text(type, row["name"], row["cpu"], row["machine"]))
        started = start(rows)
        # Those that run have a live definition with check='full', which must start as well.
        again = [{"name": row["name"] + "f", "machine": row["machine"], "cpu": live_cpu(row["live"]), "from": row["cpu"]}
                 for row in started[:run.count(10, 40)]]
        for row in again:
            row["file"] = run.write(f"start-{type}", row["name"] + ".xml",
                                    cpus.domain_text(type, row["name"], row["cpu"], row["machine"]))
        start(again)
        rows += again
        findings = run.tool.findings([row["file"] for row in rows], [run.host])
        for row in rows:
            judge(run, outcome, type, row, findings.get(row["file"], []))
        refused = sum(not row["starts"] for row in rows)
        print(f"  start {type}: {len(rows) - refused} start, {refused} are refused")
        outcome.finish(run.count(60, 200))


def start(rows):
    """Starts each, and returns those that run."""
    answers = virsh.ask_each([[f"create --paused {row['file']}", f"dumpxml {row['name']}", f"destroy {row['name']}"]
                              for row in rows])
    for row, (create, dump, _) in zip(rows, answers):
        row["starts"], row["reason"] = not create.failed, create.reason
        row["live"] = dump.document("domain") if row["starts"] else None
    return [row for row in rows if row["starts"]]


def live_cpu(live):
    return ET.tostring(ET.fromstring(live).find("cpu"), encoding="unicode").strip()


def judge(run, outcome, type, row, findings):
    said = "starts"
    if any(f["severity"] == "error" for f in findings):
        said = "refuses"
    elif any(f["rule"] == "host-incompatible" for f in findings):
        said = "doubts"
    real = "starts" if row["starts"] else "refuses"
    messages = "; ".join(f"{f['severity']}: {f['message']} [{f['rule']}]" for f in findings if f["severity"] != "note")
    inputs = {"domain.xml": open(row["file"]).read(), "live.xml": row["live"] or "", "host.xml": run.host_text()}
    theirs, ours = differing(row["reason"], THEIRS), differing(messages, OURS)
    # virt-cpu cuts a very long message.
    if said == real and theirs and theirs != ours and "…" not in messages:
        return outcome.differ("other features differ", f"{type}-{row['name']}",
                              f"{row['cpu']} on {row['machine']}: virt-cpu {messages}; libvirt {row['reason']}", inputs)
    if said == real:
        return outcome.agree()
    why = run.refusal(type, said, row["reason"])
    if why and real == "refuses":
        return outcome.explain(why)
    text = f"{row['cpu']} on {row['machine']}: virt-cpu {said} {messages}; libvirt {real} {row['reason']}"
    outcome.differ(f"virt-cpu {said}, libvirt {real}", f"{type}-{row['name']}", text, inputs)


# How both name the features by which a CPU differs from its definition under check='full'.
THEIRS = {"extra": r"extra features: ([^\s,]+(?:,[^\s,]+)*)", "missing": r"missing features: ([^\s,]+(?:,[^\s,]+)*)"}
OURS = {"extra": r"QEMU adds ([^\s,]+(?:, [^\s,]+)*)", "missing": r"does not provide ([^\s,]+(?:, [^\s,]+)*)"}


def differing(message, patterns):
    """The features in a message, by kind; None if it names none."""
    found = {kind: re.search(pattern, message) for kind, pattern in patterns.items()}
    if not any(found.values()):
        return None
    return {kind: set(re.split(", ?", match.group(1))) for kind, match in found.items() if match}


def choices(run, type):
    """CPUs that come near to what this host can start: all ways of asking, and random ones around host-model."""
    random = run.random(f"start-{type}")
    capabilities = ET.parse(run.domain_capabilities[type, "pc"]).getroot()
    host_model = cpus.CPU(capabilities.find("cpu/mode[@name='host-model']"))
    listed = {m.text: m for m in capabilities.findall("cpu/mode[@name='custom']/model")}
    usable = [name for name, m in listed.items() if m.get("usable") == "yes"]
    unlisted = sorted(set(run.map.models) - set(listed))
    has = sorted(name for name, policy in host_model.features.items() if policy == "require")
    lacks = sorted(set(run.map.features) - set(has) - run.map.names(host_model.model))
    cpu_list = list(fixed(host_model, has, type))
    for name in unlisted:
        for fallback in ("allow", "forbid"):
            cpu_list.append(cpus.guest_text(name, {}, None, "mode='custom' match='exact'", fallback))
    models = list(listed)
    random.shuffle(models)
    for name in models[:run.count(15, 120)]:
        check = random.choice(["", " check='partial'", " check='full'", " check='none'"])
        cpu_list.append(cpus.guest_text(name, {}, None, f"mode='custom' match='exact'{check}", "forbid"))
    while len(cpu_list) < run.count(70, 320):
        cpu_list.append(near(random, run, host_model, usable, has, lacks))
    if not run.is_long:
        fixed_count = len(list(fixed(host_model, has, type)))
        rest = cpu_list[fixed_count:]
        random.shuffle(rest)
        cpu_list = cpu_list[:fixed_count] + rest[:max(30, 70 - fixed_count)]
    return [{"cpu": run.startable(type, cpu), "machine": random.choice(["pc", "q35"])} for cpu in cpu_list]


def fixed(host_model, has, type):
    """Ways of asking that every libvirt is tried with."""
    for check in ("", " check='none'", " check='partial'", " check='full'"):
        for mode in ("host-model", "host-passthrough", "maximum"):
            yield f"<cpu mode='{mode}'{check}/>"
        yield cpus.guest_text("qemu64", {}, None, f"mode='custom' match='exact'{check}", "forbid")
        yield cpus.guest_text(host_model.model, host_model.features, None, f"mode='custom' match='exact'{check}", "forbid")
        for policy in cpus.POLICIES:
            features = {"invtsc": policy}
            yield cpus.guest_text("qemu64", features, None, f"mode='custom' match='exact'{check}", "forbid")
    for policy in ("forbid", "disable", "require"):
        yield cpus.guest_text("kvm64", {has[0]: policy}, None, "mode='custom' match='exact' check='partial'", "forbid")
        yield cpus.guest_text("kvm64", {"avx512er": policy}, None, "mode='custom' match='exact' check='partial'", "forbid")
    for value in ("on", "off"):
        for mode in ("host-model", "host-passthrough", "maximum"):
            yield f"<cpu mode='{mode}' deprecated_features='{value}'/>"
        yield f"<cpu mode='custom' match='exact' deprecated_features='{value}'><model>qemu64</model></cpu>"
    for policy in cpus.POLICIES:
        yield f"<cpu mode='host-model'><feature policy='{policy}' name='invtsc'/></cpu>"
        yield f"<cpu mode='host-model'><feature policy='{policy}' name='avx512er'/></cpu>"
        yield f"<cpu mode='maximum'><feature policy='{policy}' name='avx512er'/></cpu>"
    yield "<cpu mode='host-model'><feature policy='require' name='bogus'/></cpu>"
    for match in ("minimum", "strict"):
        for check in ("", " check='none'", " check='full'"):
            yield cpus.guest_text("kvm64", {}, None, f"mode='custom' match='{match}'{check}", "forbid")
    for check in ("none", "partial", "full"):
        for name, policy in (("cvt16", "force"), ("pconfig", "require"), ("hypervisor", "forbid"), ("avx512er", "require")):
            feature = f"<feature policy='{policy}' name='{name}'/>"
            yield f"<cpu mode='maximum' check='{check}'>{feature}</cpu>"
            yield f"<cpu mode='host-model' check='{check}'>{feature}</cpu>"
            yield f"<cpu mode='custom' match='exact' check='{check}'><model>qemu64</model>{feature}</cpu>"
    for vendor in ("AMD", "Intel", "Hygon"):
        yield cpus.guest_text("kvm64", {}, vendor, "mode='custom' match='exact'", "forbid")
        yield cpus.guest_text(host_model.model, {}, vendor, "mode='custom' match='exact'", "forbid")
    yield ""


def near(random, run, host_model, usable, has, lacks):
    name = random.choice(usable if random.random() < 0.5 else sorted(run.map.models))
    features = {}
    if random.random() < 0.7 and name in run.map.models:
        for feature in sorted(run.map.names(name) - set(has) - run.map.names(host_model.model)):
            if random.random() < 0.97:
                features[feature] = random.choice(["disable", "disable", "optional", "force"])
    for _ in range(random.randrange(5)):
        feature = random.choice(lacks if random.random() < 0.15 else has)
        features[feature] = random.choice(cpus.POLICIES + ["require", "optional"])
    vendor = random.choice([None, None, None, None, "AMD", "Intel"])
    match = random.choice(["exact", "exact", "exact", "minimum", "strict"])
    check = random.choice(["", "", " check='partial'", " check='full'", " check='none'"])
    return cpus.guest_text(name, features, vendor, f"mode='custom' match='{match}'{check}", random.choice(["allow", "forbid"]))
