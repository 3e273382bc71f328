"""Definitions as text that can be mutated: every name, value and piece of text stays as it is written."""

import re
import xml.parsers.expat


class Element:
    def __init__(self, name, attributes):
        self.name = name
        self.attributes = attributes
        """Pairs of a name as written and a value as written between the quotes."""
        self.content = []
        """Elements, and strings of markup."""
        self.parent = None

    def local(self):
        return self.name.rpartition(":")[2]

    def elements(self):
        """This element and all in it, in document order."""
        yield self
        for part in self.content:
            if isinstance(part, Element):
                yield from part.elements()

    def add(self, index, part):
        self.content.insert(index, part)
        if isinstance(part, Element):
            part.parent = self

    def copy(self):
        result = Element(self.name, [list(pair) for pair in self.attributes])
        for part in self.content:
            result.add(len(result.content), part.copy() if isinstance(part, Element) else part)
        return result

    def is_in(self, local):
        return self.local() == local or (self.parent is not None and self.parent.is_in(local))

    def text(self):
        tag = self.name + "".join(f" {name}='{value}'" for name, value in self.attributes)
        if not self.content:
            return f"<{tag}/>"
        inside = "".join(part.text() if isinstance(part, Element) else part for part in self.content)
        return f"<{tag}>{inside}</{self.name}>"


class Definition:
    def __init__(self, text, number):
        self.number = number
        """No two definitions of a run have the same names or UUIDs, whatever is made of them."""
        self.root = parse(text)
        self.before = ""
        self.behind = "\n"
        self.codec = "utf-8"

    def bytes(self):
        return (self.before + self.root.text() + self.behind).encode(self.codec, "xmlcharrefreplace")


def parse(text):
    """The root of a definition in which nothing has to be escaped."""
    roots, open = [], []

    def start(name, pairs):
        element = Element(name, [list(pair) for pair in zip(pairs[::2], pairs[1::2])])
        open[-1].add(len(open[-1].content), element) if open else roots.append(element)
        open.append(element)

    parser = xml.parsers.expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: open.pop()
    parser.CharacterDataHandler = lambda data: open[-1].content.append(data) if data.strip() else None
    parser.Parse(text, True)
    return roots[0]


def name(number, which=0):
    return f"virt-cpu-{number}" + ("" if which == 0 else f"-{which}")


def uuid(number, which=0):
    return f"5d9b1c1e-{which:04x}-4c1b-8a00-{number:012x}"


def number(dump):
    """The number of the definition that libvirt has printed, by its UUID or else its name; None if both were changed."""
    found = re.search(r"<uuid>5d9b1c1e-....-4c1b-8a00-(.{12})</uuid>", dump)
    if found:
        return int(found[1], 16)
    found = re.search(r"<name>\s*virt-cpu-(\d+)", dump)
    return int(found[1]) if found else None


QEMU = "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
WINDOWS = """<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\
<libosinfo:os id='http://microsoft.com/win/11'/></libosinfo:libosinfo></metadata>"""
HYPERV = """<hyperv mode='custom'><relaxed state='on'/><vapic state='on'/><spinlocks state='on' retries='8191'/>\
<vpindex state='on'/><runtime state='on'/><synic state='on'/><stimer state='on'><direct state='on'/></stimer>\
<vendor_id state='on' value='abcdef'/><tlbflush state='on'/></hyperv>"""
CLOCK = """<clock offset='localtime'><timer name='rtc' tickpolicy='catchup'/><timer name='tsc' present='yes' mode='native'/>\
<timer name='hypervclock' present='yes'/><timer name='kvmclock' present='no'/></clock>"""
NUMA = """<numa><cell id='0' cpus='0-1' memory='524288' unit='KiB'/><cell id='1' cpus='2-3' memory='524288' unit='KiB'/></numa>"""
# Without distances: libvirt 9.0 ends at one to a cell that does not exist.

# What stands for <cpu>, for <features> and for the rest.
BASES = [
    ("<cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Penryn</model><vendor>Intel</vendor>"
     "<topology sockets='1' dies='1' cores='2' threads='2'/><cache level='3' mode='emulate'/>"
     "<maxphysaddr mode='emulate' bits='40'/><feature policy='require' name='aes'/><feature policy='disable' name='sse4.1'/></cpu>",
     HYPERV + "<kvm><hidden state='on'/></kvm><pmu state='off'/><pvspinlock state='on'/>", WINDOWS, CLOCK),
    ("<cpu mode='host-passthrough' check='none' migratable='on'><topology sockets='2' dies='1' cores='2' threads='1'/>"
     "<cache mode='passthrough'/><maxphysaddr mode='passthrough'/><feature policy='disable' name='vmx'/></cpu>",
     "<kvm><hidden state='on'/><hint-dedicated state='on'/></kvm>", "", "<clock offset='utc'/>"),
    ("<cpu mode='host-model' check='partial'><model fallback='allow'/><topology sockets='4' cores='1' threads='1'/>"
     "<feature policy='disable' name='hle'/><feature policy='require' name='pcid'/></cpu>", "<pmu state='on'/>", WINDOWS, CLOCK),
    ("<cpu mode='maximum'><cache mode='disable'/></cpu>", "", "", "<clock offset='utc'/>"),
    ("", HYPERV, WINDOWS, CLOCK),
    ("<cpu mode='custom' match='minimum'><model fallback='allow' vendor_id='KVMKVMKVMKVM'>Nehalem</model>"
     "<feature policy='optional' name='x2apic'/><feature policy='forbid' name='invtsc'/>" + NUMA + "</cpu>",
     "<hyperv mode='passthrough'/>", "", CLOCK),
    ("<cpu><topology sockets='4' cores='1' threads='1'/>" + NUMA + "</cpu>", "<pmu/>", "", ""),
    ("<cpu match='strict'><model>qemu64</model><vendor>AMD</vendor><feature name='svm' policy='force'/></cpu>", "", "", ""),
    ("<cpu mode='host-model'/>", "", "", "QEMU"),
]


def base(number, which, type):
    """The definition to begin with."""
    cpu, features, metadata, clock = BASES[which]
    arguments = ""
    if clock == "QEMU":
        arguments = "<qemu:commandline><qemu:arg value='-cpu'/><qemu:arg value='Penryn,+aes'/></qemu:commandline>"
        clock = ""
    text = (f"<domain type='{type}' {QEMU}><name>{name(number)}</name><uuid>{uuid(number)}</uuid><title>A guest</title>{metadata}"
            f"<memory unit='KiB'>1048576</memory><vcpu current='2'>4</vcpu>"
            f"<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><features><acpi/><apic/>{features}</features>{cpu}{clock}"
            f"<devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>{arguments}</domain>")
    return Definition(text, number)
