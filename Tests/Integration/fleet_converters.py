"""The tests of Examples/fleet/kubevirt.py and nova.py: what they make is judged as the definition that a host would have."""
import json
import os
import subprocess
import sys

from fleet_runs import EXAMPLES

UUIDS = ["6f9619ff-8b86-4d11-b42d-00c04fc964ff", "1b4e28ba-2fa1-41d2-883f-0016d3cca427", "886313e1-3b8a-4372-9b90-0c9aee199e5d"]


def vmi(name, uid, cpu, architecture="amd64", **domain):
    return {"metadata": {"namespace": "shop", "name": name, "uid": uid}, "status": {"nodeName": "node01"},
            "spec": {"architecture": architecture, "domain": {"cpu": cpu, "machine": {"type": "q35"}, **domain}}}


# VMIs as the API server gives them, and what virt-launcher makes of each, as far as it concerns the CPU.
VMIS = [
    (vmi("web", UUIDS[0], {"cores": 2, "sockets": 2, "threads": 1, "model": "Skylake-Client-noTSX-IBRS", "features": [{"name": "pcid"}, {"name": "vmx", "policy": "disable"}]}),
     "<cpu mode='custom'><model>Skylake-Client-noTSX-IBRS</model><topology sockets='2' cores='2' threads='1'/>"
     "<feature name='pcid' policy='require'/><feature name='vmx' policy='disable'/><feature name='mpx' policy='disable'/></cpu>",
     {"vcpus": 4, "windows": None, "hostdevs": 0, "mode": "custom"}),
    (vmi("win", UUIDS[1], {"cores": 1}, features={"hyperv": {"relaxed": {}, "vapic": {"enabled": True}, "spinlocks": {"spinlocks": 8191}, "synic": {"enabled": False}}},
         devices={"gpus": [{"name": "gpu", "deviceName": "nvidia.com/TU104GL"}], "interfaces": [{"name": "fast", "sriov": {}}, {"name": "slow", "bridge": {}}]}),
     "<cpu mode='host-model'><topology sockets='1' cores='1' threads='1'/></cpu>", {"vcpus": 1, "hostdevs": 2, "mode": "host-model"}),
    (vmi("arm", UUIDS[2], {"model": "host-passthrough"}, architecture="arm64"), "<cpu mode='host-passthrough'/>", {"arch": "aarch64"}),
]


def convert(fleet, command, given):
    """What a converter prints."""
    run = subprocess.run([sys.executable, f"{EXAMPLES}/{command[0]}", *command[1:]], input=json.dumps(given) if isinstance(given, dict) else given,
                         capture_output=True, text=True, env=fleet.environment("limited"))
    assert run.returncode == 0, run.stderr
    return run


def facts(fleet, name, lines):
    fleet.write(name, lines)
    return [json.loads(line) for line in fleet.run("limited", ["virt-cpu", "facts", "--records", "ndjson"], stdin=fleet.path(name)).splitlines()]


def definition(cpu, arch="x86_64", machine="q35"):
    return f"<domain type='kvm'><name>n</name><os><type arch='{arch}' machine='{machine}'>hvm</type></os>{cpu}</domain>"


def kubevirt(fleet):
    records = convert(fleet, ["kubevirt.py", "records"], {"items": [one[0] for one in VMIS]}).stdout.splitlines()
    found = facts(fleet, "vmi.ndjson", records)
    wanted = facts(fleet, "launcher.ndjson", [
        json.dumps({"id": one["metadata"]["name"], "xml": definition(cpu, "aarch64" if one["spec"]["architecture"] == "arm64" else "x86_64")})
        for one, cpu, _ in VMIS])
    assert [one["id"] for one in found] == ["shop/web", "shop/win", "shop/arm"], found
    for one, other, (_, _, values) in zip(found, wanted, VMIS, strict=True):
        assert one["ask"] == other["ask"], (one, other)
        assert one["host"] == "node01" and values.items() <= one.items(), one
    assert found[1]["windows"], found[1]
    nodes(fleet)


def nodes(fleet):
    """Labels of a Skylake without TSX and of a node that nobody labelled; then what starts there."""
    expanded = fleet.run("limited", ["sh", "-c", "echo '<cpu><model>Skylake-Client-noTSX-IBRS</model></cpu>' | virt-cpu baseline --expand -"])
    features = [line.split("'")[3] for line in expanded.splitlines() if "policy='require'" in line] + ["ssbd", "hypervisor"]
    labels = {f"cpu-feature.node.kubevirt.io/{name}": "true" for name in features}
    labels |= {f"cpu-model.node.kubevirt.io/{name}": "true" for name in ("Penryn", "Haswell-noTSX-IBRS", "Skylake-Client-noTSX-IBRS")}
    labels |= {f"host-model-required-features.node.kubevirt.io/{name}": "true" for name in ("ssbd", "hypervisor")}
    labels |= {"host-model-cpu.node.kubevirt.io/Skylake-Client-IBRS": "true", "cpu-vendor.node.kubevirt.io/Intel": "true", "kubernetes.io/arch": "amd64"}
    os.makedirs(fleet.path("nodes"), exist_ok=True)
    said = convert(fleet, ["kubevirt.py", "hosts", fleet.path("nodes")], {"items": [
        {"metadata": {"name": "node01", "labels": labels}}, {"metadata": {"name": "control", "labels": {"kubernetes.io/arch": "amd64"}}}]}).stderr
    assert said == "control: not labelled by node-labeller: left out\n" and os.listdir(fleet.path("nodes")) == ["node01.domcapabilities.xml"], said
    kinds = fleet.write("nodes.ndjson", fleet.run("limited", ["virt-cpu", "kinds", fleet.path("nodes")]).splitlines())
    # Haswell has hle and rtm; EPYC is another vendor's; ssbd is there and md-clear is not.
    cases = {"Penryn": "starts", "Haswell-noTSX-IBRS": "starts", "Haswell-IBRS": "refuses", "EPYC": "refuses"}
    cpus = {f"<cpu mode='custom'><model>{model}</model></cpu>": answer for model, answer in cases.items()}
    cpus |= {f"<cpu mode='custom'><model>Penryn</model><feature name='{name}'/></cpu>": answer for name, answer in (("ssbd", "starts"), ("md-clear", "refuses"))}
    cpus |= {"<cpu mode='host-model'/>": "starts", "<cpu mode='host-passthrough'/>": "starts"}
    asked = [json.dumps({"id": cpu, "host": "node01", "xml": definition(cpu)}) for cpu in cpus]
    found = facts(fleet, "models.ndjson", asked)
    fleet.write("models.facts", [json.dumps(one) for one in found])
    verdicts = {}
    for line in fleet.run("limited", ["virt-cpu", "verdicts", "--host", kinds, fleet.path("models.facts")]).splitlines():
        verdicts[json.loads(line)["ask"]] = json.loads(line)["answer"]
    answers = {one["id"]: verdicts[one["ask"]] for one in found}
    assert answers == cpus, [(cpu, answers[cpu], cpus[cpu]) for cpu in cpus if answers[cpu] != cpus[cpu]]


def nova_object(kind, **fields):
    return {"nova_object.version": "1.0", "nova_object.changes": sorted(fields), "nova_object.name": kind, "nova_object.namespace": "nova", "nova_object.data": fields}


def nova(fleet):
    """As nova's database has them: an object, a string with it, and an instance that never started."""
    topology = nova_object("VirtCPUTopology", cores=1, threads=1, sockets=2)
    passthrough = nova_object("VirtCPUModel", vendor=None, features=[], mode="host-passthrough", model=None, arch=None, match="exact", topology=topology)
    custom = nova_object(
        "VirtCPUModel", vendor="Intel", mode="custom", model="Cascadelake-Server-noTSX", arch=None, match="exact", topology=topology,
        features=[nova_object("VirtCPUFeature", policy="require", name="ssbd"), nova_object("VirtCPUFeature", policy="disable", name="vmx")])
    instances = [
        {"id": UUIDS[0], "host": "compute1", "cluster": "az1", "name": "a & b", "vcpus": 2, "arch": None, "machine": "pc", "vcpu_model": passthrough},
        {"id": UUIDS[1], "host": "compute2", "cluster": "az1", "name": "c", "vcpus": 2, "arch": "x86_64", "machine": None, "vcpu_model": json.dumps(custom)},
        {"id": UUIDS[2], "host": None, "cluster": None, "name": "d", "vcpus": 1, "arch": None, "machine": None, "vcpu_model": None},
    ]
    records = convert(fleet, ["nova.py"], "".join(json.dumps(one) + "\n" for one in instances)).stdout.splitlines()
    found = facts(fleet, "nova.ndjson", records)
    wanted = facts(fleet, "nova-wanted.ndjson", [
        json.dumps({"id": 1, "xml": definition("<cpu mode='host-passthrough' match='exact'><topology sockets='2' cores='1' threads='1'/></cpu>", machine="pc")}),
        json.dumps({"id": 2, "xml": definition(
            "<cpu mode='custom' match='exact'><model>Cascadelake-Server-noTSX</model><vendor>Intel</vendor>"
            "<feature name='vmx' policy='disable'/><feature name='ssbd' policy='require'/></cpu>")})])
    assert [one["id"] for one in found] == UUIDS, found
    assert [one.get("ask") for one in found] == [one["ask"] for one in wanted] + [None], (found, wanted)
    assert found[0]["name"] == "a & b" and found[0]["uuid"] == UUIDS[0] and found[1]["host"] == "compute2" and found[1]["cluster"] == "az1", found
    assert found[2]["error"]["code"] == "framing", found[2]
