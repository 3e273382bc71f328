"""Random CPUs, and CPUs as text."""

import xml.etree.ElementTree as ET

POLICIES = ["force", "require", "optional", "disable", "forbid"]

# qemu_capabilities.c, ignoredFeatures: libvirt's QEMU driver never lets these decide.
IGNORED = {"cmt", "mbm_total", "mbm_local", "osxsave", "ospke", "vmx-ept-uc", "vmx-ept-wb", "vmx-invvpid-single-context"}


def features_text(features):
    return "".join(f"<feature policy='{policy}' name='{name}'/>" for name, policy in sorted(features.items()))


def guest_text(model, features, vendor=None, attributes="match='exact'", fallback=None):
    fallback = f" fallback='{fallback}'" if fallback else ""
    vendor = f"<vendor>{vendor}</vendor>" if vendor else ""
    return f"<cpu {attributes}><model{fallback}>{model}</model>{vendor}{features_text(features)}</cpu>"


def host_text(model, names, vendor=None):
    vendor = f"<vendor>{vendor}</vendor>" if vendor else ""
    features = "".join(f"<feature name='{name}'/>" for name in sorted(names))
    return f"<cpu><arch>x86_64</arch><model>{model}</model>{vendor}{features}</cpu>"


def domain_text(type, name, cpu, machine="pc", vcpus=1, memory=16):
    return (f"<domain type='{type}'>\n  <name>{name}</name>\n  <memory unit='MiB'>{memory}</memory>\n"
            f"  <vcpu>{vcpus}</vcpu>\n  <os><type arch='x86_64' machine='{machine}'>hvm</type></os>\n  {cpu}\n</domain>\n")


class CPU:
    """A <cpu> as both print it: mode, model, vendor, features with policies."""

    def __init__(self, element):
        self.mode = element.get("mode")
        self.check = element.get("check")
        model, vendor = element.find("model"), element.find("vendor")
        self.model = model.text if model is not None else None
        self.vendor = vendor.text if vendor is not None else None
        self.features = {f.get("name"): f.get("policy", "require") for f in element.findall("feature")}
        for name in IGNORED:
            self.features.pop(name, None)

    @staticmethod
    def parse(text):
        root = ET.fromstring(text)
        element = root if root.tag == "cpu" else root.find("cpu")
        return CPU(element) if element is not None else None

    def differences(self, other):
        """Between this and another, as words; empty if they are equal."""
        words = []
        for what in ("model", "vendor"):
            if getattr(self, what) != getattr(other, what):
                words.append(f"{what} {getattr(self, what)}, {getattr(other, what)}")
        for name in sorted(set(self.features) | set(other.features)):
            mine, others = self.features.get(name), other.features.get(name)
            if mine != others:
                words.append(f"{name} {mine}, {others}")
        return words


def random_guest(random, map, host, near):
    """A guest that is near enough to the host for every answer to occur. `near` are the features of the host by name."""
    model = random.choice(list(map.models.values()))
    vendor = random.choice([None, None, None, "AMD", "Intel", model.vendor, "Bogus" if random.random() < 0.1 else None])
    features = {}
    for name in sorted(map.names(model.name) - near):
        if random.random() < 0.95:
            features[name] = random.choice(["disable", "optional", "force"])
    here, others = sorted(near), sorted(set(map.features) - near)
    for _ in range(random.randrange(6)):
        features[random.choice(others if random.random() < 0.125 else here)] = random.choice(POLICIES)
    if random.random() < 1 / 3:
        for name in here:
            features.setdefault(name, random.choice(["require", "optional", "disable", "force"]))
    if random.random() < 0.02:
        features["bogus"] = random.choice(POLICIES)
    name = "Bogus" if random.random() < 0.02 else model.name
    match = random.choice(["exact", "exact", "minimum", "strict"])
    return guest_text(name, features, vendor, f"match='{match}'")


def random_host(random, map):
    models = [m for m in map.models.values() if m.vendor != "AMD" or random.random() < 1 / 3]
    model = random.choice(models)
    names = random.sample(sorted(map.features), random.randrange(60))
    return host_text(model.name, names, model.vendor if random.random() < 0.5 else None)
