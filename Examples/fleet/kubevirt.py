"""What KubeVirt's objects say of guests and hosts, for virt-cpu facts and kinds. README.md says what they do not say.

kubectl get vmi -A -o json | kubevirt.py records > records.ndjson
kubectl get nodes -o json | kubevirt.py hosts DIRECTORY          a file for each node that node-labeller has labelled
"""
import functools
import json
import pathlib
import re
import subprocess
import sys
from xml.sax.saxutils import escape, quoteattr

ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}


def attributes(**values):
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items() if value)


def cpu(wanted):
    """The <cpu> that virt-launcher writes."""
    model = wanted.get("model") or "host-model"
    if model in ("host-model", "host-passthrough"):
        text, forbidden = f"<cpu mode='{model}'>", []
    else:
        # virt-launcher disables mpx under a named model if the VMI does not name it.
        text, forbidden = f"<cpu mode='custom'><model>{escape(model)}</model>", [{"name": "mpx", "policy": "disable"}]
    features = wanted.get("features") or []
    named = {feature["name"] for feature in features}
    for feature in features + [feature for feature in forbidden if feature["name"] not in named]:
        text += f"<feature{attributes(policy=feature.get('policy') or 'require', name=feature['name'])}/>"
    return text + "</cpu>"


def definition(vmi):
    name, spec = vmi["metadata"]["name"], vmi["spec"]
    domain = spec["domain"]
    wanted, devices = domain.get("cpu") or {}, domain.get("devices") or {}
    vcpus = (wanted.get("sockets") or 1) * (wanted.get("cores") or 1) * (wanted.get("threads") or 1)
    architecture = spec.get("architecture") or "amd64"
    system = attributes(
        arch=ARCHITECTURES.get(architecture, architecture), machine=(domain.get("machine") or {}).get("type"))
    # Enlightenments are how virt-cpu recognises Windows here.
    hyperv = "".join(
        f"<{key}{attributes(state='on', retries=(value or {}).get('spinlocks'))}/>"
        for key, value in ((domain.get("features") or {}).get("hyperv") or {}).items() if (value or {}).get("enabled", True))
    passed = [*(devices.get("gpus") or []), *(devices.get("hostDevices") or [])]
    passed += [interface for interface in devices.get("interfaces") or [] if "sriov" in interface]
    return (f"<domain type='kvm'><name>{escape(name)}</name><uuid>{escape(vmi['metadata']['uid'])}</uuid><vcpu>{vcpus}</vcpu>"
            f"<os><type{system}>hvm</type></os>" + (f"<features><hyperv>{hyperv}</hyperv></features>" if hyperv else "")
            + cpu(wanted) + "<devices>" + "<hostdev mode='subsystem' type='pci'/>" * len(passed) + "</devices></domain>")


def records():
    for vmi in json.load(sys.stdin)["items"]:
        identity = f"{vmi['metadata'].get('namespace', 'default')}/{vmi['metadata']['name']}"
        host = (vmi.get("status") or {}).get("nodeName")
        print(json.dumps({"id": identity, "host": host, "cluster": None, "xml": definition(vmi)}))


@functools.cache
def features_of(model):
    """What a model has, by virt-cpu's CPU map."""
    expanded = subprocess.run(
        ["virt-cpu", "baseline", "--expand", "-"], input=f"<cpu mode='custom'><model>{escape(model)}</model></cpu>",
        capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"policy='require' name='([^']+)'", expanded))


def domain_capabilities(labels):
    """The part of virsh domcapabilities that the labels repeat; None for a node without them."""
    def labelled(prefix):
        return sorted(key.split("/", 1)[1] for key in labels if key.startswith(prefix + ".node.kubevirt.io/"))

    model, vendor, features = labelled("host-model-cpu"), labelled("cpu-vendor"), set(labelled("cpu-feature"))
    if not model or not features:
        return None
    # Labels name what host-model requires. What it disables is what its model has and the node lacks.
    policies = [(name, "require") for name in labelled("host-model-required-features")]
    policies += [(name, "disable") for name in sorted(features_of(model[0]) - features)]
    host_model = f"<model fallback='forbid'>{model[0]}</model>" + "".join(f"<vendor>{name}</vendor>" for name in vendor[:1])
    host_model += "".join(f"<feature policy='{policy}' name='{name}'/>" for name, policy in policies)
    models = "".join(f"<model usable='yes'>{name}</model>" for name in labelled("cpu-model"))
    architecture = labels.get("kubernetes.io/arch", "amd64")
    return (f"<domainCapabilities><domain>kvm</domain><arch>{ARCHITECTURES.get(architecture, architecture)}</arch><cpu>"
            f"<mode name='host-passthrough' supported='yes'/><mode name='host-model' supported='yes'>{host_model}</mode>"
            f"<mode name='custom' supported='yes'>{models}</mode></cpu></domainCapabilities>\n")


def hosts(directory):
    for node in json.load(sys.stdin)["items"]:
        name, labels = node["metadata"]["name"], node["metadata"].get("labels") or {}
        if text := domain_capabilities(labels):
            pathlib.Path(directory, f"{name}.domcapabilities.xml").write_text(text)
        else:
            print(f"{name}: not labelled by node-labeller: left out", file=sys.stderr)


if __name__ == "__main__":
    records() if sys.argv[1] == "records" else hosts(sys.argv[2])
