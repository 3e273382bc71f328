"""A small fleet out of the repository's Examples: definitions, varied, in partitions, and hosts that differ by a few features."""
import json
import os
import random
import re
import uuid

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = f"{TOP}/Examples"
X86 = ["rhel9", "debian12", "win11", "win-noid", "numa", "live", "gpu-passthrough", "crlf"]
CPUS = [
    "", "<cpu mode='host-model'/>", "<cpu mode='host-passthrough' check='none'/>", "<cpu mode='maximum'/>",
    "<cpu mode='custom'><model>Skylake-Server-IBRS</model></cpu>", "<cpu mode='custom'><model>Cascadelake-Server-noTSX</model></cpu>",
    "<cpu><model>EPYC</model><feature policy='require' name='svm'/></cpu>",
    "<cpu mode='custom' match='exact'><model fallback='forbid'>Broadwell</model><feature policy='disable' name='hle'/></cpu>",
]
HOSTS = [f"hv{number:02d}" for number in range(8)]
# The command that the tests put before virt-cpu sets this limit.
LIMIT = 64 << 10
# What is wrong with each record of the malformed partition in turn, and the code of its error.
MALFORMED = [
    ("malformed", lambda xml: xml[: len(xml) * 2 // 3]),
    ("malformed", lambda xml: xml.replace("</name>", "</nom>", 1)),
    ("noDomain", lambda xml: "<network><name>default</name></network>"),
    ("severalDomains", lambda xml: f"<domstatus>{2 * strip(xml)}</domstatus>"),
    ("refused", lambda xml: "<!DOCTYPE domain [<!ENTITY e 'x'>]>" + strip(xml).replace("<name>", "<name>&e;", 1)),
    ("unreadableCPU", lambda xml: "<domain type='kvm'><name>n</name><os><type arch='x86_64'>hvm</type></os><cpu mode='costum'/></domain>"),
    ("framing", lambda xml: ""),
    ("framing", lambda xml: None),
]
# Lines at the end of the malformed partition that are no records, and the id that can be read of each; one has a carriage return,
# which is not the end of a line. No table has a row for them.
NOT_RECORDS = {"": None, '{"id": "cut", "xml": "<dom': "cut", "no JSON": None, "[]": None, '{"id": "return",\r "xml": 5}': "return"}


def strip(xml):
    return re.sub(r"^\s*(<\?xml[^>]*\?>)?\s*(<!--.*?-->)?\s*", "", xml, count=1, flags=re.S)


def read(name):
    with open(f"{EXAMPLES}/{name}.xml", encoding="utf-8", newline="") as file:
        return file.read()


def varied(xml, name, chance):
    """The definition as another guest: its own name and UUID, and often another CPU or number of vCPUs."""
    xml = re.sub(r"<name>[^<]*</name>", f"<name>{name}</name>", xml, count=1)
    xml = re.sub(r"<uuid>[^<]*</uuid>", f"<uuid>{uuid.UUID(int=chance.getrandbits(128), version=4)}</uuid>", xml, count=1)
    if chance.random() < 0.7 and "aarch64" not in xml:
        xml = re.sub(r"<cpu\b[^>]*?(/>|>.*?</cpu>)", "", xml, count=1, flags=re.S)
        xml = xml.replace("</os>", "</os>" + chance.choice(CPUS), 1)
    return xml


def guest(number, names, chance):
    # Ids are whatever JSON has: what comes back is the same bytes.
    name = f"vm-{number:04d}"
    # The tables of the engines have text as ids; escapes and letters outside ASCII must survive.
    identity = {0: f'quoted "{name}" \\', 1: f"Gäst-{number}"}.get(number % 97, name)
    return {"id": identity, "host": chance.choice(HOSTS), "cluster": f"c{number % 3}", "xml": varied(read(chance.choice(names)), name, chance)}


def line(record):
    return json.dumps(record, ensure_ascii=False)


def partitions(guests=1000, parts=10, seed=20261130):
    """Lists of lines: the second partition is malformed throughout, the sixth has two records over LIMIT, the eighth is
    of aarch64 alone."""
    chance = random.Random(seed)
    made, size = [], guests // parts
    for part in range(parts):
        records = [guest(part * size + number, ["aarch64"] if part == 7 else X86, chance) for number in range(size)]
        if part == 1:
            for number, record in enumerate(records):
                record["xml"] = MALFORMED[number % len(MALFORMED)][1](record["xml"])
        if part == 5:
            records[40]["xml"] = records[40]["xml"].replace("</domain>", "<!--" + "x" * 2 * LIMIT + "--></domain>")
            # More than a record may be long at all: it is passed over and never held.
            records[60]["xml"] = records[60]["xml"].replace("</domain>", "<!--" + "y" * (2 * LIMIT + (3 << 20)) + "--></domain>")
        lines = [line(record) for record in records]
        if part == 1:
            lines[size - len(NOT_RECORDS):] = list(NOT_RECORDS)
        made.append(lines)
    return made


def identity(text):
    """The id of a line of the input."""
    return NOT_RECORDS[text] if text in NOT_RECORDS else json.loads(text)["id"]


def expected_errors(parts=10, guests=1000):
    """The code of the error of each record that has one, by its number."""
    size = guests // parts
    codes = {size + number: MALFORMED[number % len(MALFORMED)][0] for number in range(size)}
    codes |= {number: "framing" for number in range(2 * size - len(NOT_RECORDS), 2 * size)}
    return codes | {5 * size + 40: "tooLarge", 5 * size + 60: "tooLarge"}


def write_hosts(directory):
    """Descriptions of HOSTS: the two of Examples, some without features that microcode takes away."""
    lost = [[], [], ["md-clear"], ["mpx"], ["stibp", "ssbd"], ["pku", "ospke"], [], ["xsaves"]]
    for number, host in enumerate(HOSTS):
        with open(f"{EXAMPLES}/hosts/hv0{number % 2 + 1}.capabilities.xml", encoding="utf-8") as file:
            text = file.read()
        for feature in lost[number]:
            text = text.replace(f"      <feature name='{feature}'/>\n", "")
        text = re.sub(r"<uuid>[^<]*</uuid>", f"<uuid>{uuid.UUID(int=number + 1, version=4)}</uuid>", text, count=1)
        with open(f"{directory}/{host}.capabilities.xml", "w", encoding="utf-8") as file:
            file.write(text)
