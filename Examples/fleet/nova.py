"""nova.py < instances.ndjson > records.ndjson: what nova's database knows of its instances, as records.

A line has id, host, cluster, name, vcpus, arch, machine and vcpu_model: nova's VirtCPUModel, as the JSON that the column
instance_extra.vcpu_model holds or as a string with it. README.md has the query.
"""
import json
import sys
from xml.sax.saxutils import escape, quoteattr


def plain(value):
    """An object of nova's as its fields."""
    if isinstance(value, dict) and "nova_object.data" in value:
        return {name: plain(field) for name, field in value["nova_object.data"].items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def attributes(**values):
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)


def cpu(model):
    text = f"<cpu{attributes(mode=model.get('mode'), match=model.get('match'))}>"
    for element in ("model", "vendor"):
        if model.get(element):
            text += f"<{element}>{escape(model[element])}</{element}>"
    for feature in sorted(model.get("features") or [], key=lambda feature: feature["name"]):
        text += f"<feature{attributes(policy=feature.get('policy'), name=feature['name'])}/>"
    return text + "</cpu>"


def definition(instance):
    """The domain; None where nova does not know the CPU, which is an answer with an error, not a guest without a CPU."""
    stored = instance.get("vcpu_model")
    model = plain(json.loads(stored) if isinstance(stored, str) else stored)
    if not model:
        return None
    system = attributes(arch=model.get("arch") or instance.get("arch") or "x86_64", machine=instance.get("machine"))
    return (f"<domain type='kvm'><name>{escape(instance.get('name') or instance['id'])}</name><uuid>{escape(instance['id'])}</uuid>"
            f"<vcpu>{instance.get('vcpus') or 1}</vcpu><os><type{system}>hvm</type></os>{cpu(model)}</domain>")


for line in sys.stdin:
    instance = json.loads(line)
    record = {name: instance.get(name) for name in ("id", "host", "cluster")}
    print(json.dumps({**record, "xml": definition(instance)}))
