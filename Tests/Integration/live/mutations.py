"""Mutations of a definition that XML and libvirt may read in more than one way, by kind. None works out what they mean."""

import random as chance

import definitions

WORDS = ["on", "off", "yes", "no", "host-model", "custom", "require", "exact", "none", "1", "4", "x86_64", "kvm", "Haswell", "bogus"]
# Other values of an attribute, by the local names of the element and the attribute, or of the attribute alone.
VALUES = {
    "domain type": ["kvm", "qemu", "bogus"], "type arch": ["x86_64", "i686", "bogus"], "type machine": ["pc-q35-7.2", "pc-i440fx-7.2"],
    "cpu mode": ["custom", "host-model", "host-passthrough", "maximum", "bogus"], "match": ["exact", "minimum", "strict", "bogus"],
    "check": ["none", "partial", "full", "bogus"], "migratable": ["on", "off", "bogus"], "policy": ["force", "require", "optional", "disable", "forbid", "bogus"],
    "feature name": ["aes", "vmx", "sse4.1", "pcid", "hle", "bogus"], "fallback": ["allow", "forbid", "bogus"],
    "model vendor_id": ["GenuineIntel", "AuthenticAMD", "short"], "cache mode": ["emulate", "passthrough", "disable"], "level": ["1", "3", "5"],
    "maxphysaddr mode": ["emulate", "passthrough", "bogus"], "bits": ["36", "42", "39"], "sockets": ["1", "2", "4"], "dies": ["1", "2"],
    "cores": ["1", "2", "4"], "threads": ["1", "2", "4"], "current": ["1", "3", "4"], "state": ["on", "off", "bogus"], "retries": ["4095", "8191", "1"],
    "vendor_id value": ["abc", "KVMKVMKVM", "longer than that"], "hyperv mode": ["custom", "passthrough", "bogus"], "present": ["yes", "no", "bogus"],
    "timer name": ["tsc", "rtc", "hpet", "pit", "kvmclock", "hypervclock", "bogus"], "timer mode": ["auto", "native", "emulate", "bogus"],
    "offset": ["utc", "localtime", "bogus"], "cell id": ["0", "1", "2"], "cpus": ["0-1", "2-3", "0-3"], "memory": ["524288", "1048576", "512"],
    "unit": ["KiB", "MiB", "bogus"], "arg value": ["-cpu", "EPYC", "-nodefaults"], "sibling id": ["0", "1"], "sibling value": ["10", "20", "21"],
    "os id": ["http://microsoft.com/win/10", "http://debian.org/debian/12"],
}
# Other texts of an element, by its local name.
TEXTS = {
    "model": ["Haswell", "EPYC", "Nehalem", "bogus"], "vendor": ["Intel", "AMD", "bogus"], "vcpu": ["4", "2", "8"], "type": ["hvm", "bogus"],
    "emulator": ["/usr/bin/qemu-system-x86_64"], "title": ["Another", "Windows Server 2022"],
}
# Without names that begin with sve: libvirt takes them for Arm's vector lengths and adds the feature sve.
FEATURES = ["AES", "Aes", "sse4_1", "sse4-1", "sse41", "SSE4.1", "aes ", " aes", "lahf-lm", "pclmulqdq", "ds-cpl", "i64", "xd", "-aes", "+aes",
            "aes,", "pni", "sse3", "a\u00e8s", "", "aes=on", "vmx-ept-uc", "arch-capabilities", "hypervisor"]
NUMBERS = ["+{}", " {}", "{} ", "0{}", "0x{}", "{}.0", "", "{}e0", "\uff14", "&#x34;", "\t{}", "{}\n", "00{}", "{}{}", "{}k", "+ {}", "\r{}"]
# Not for vCPUs and cells: libvirt 9.0, 11.3 and 12.9 allocate memory for each of them before they refuse so many.
LARGE = ["-{}", "429496729{}", "18446744073709551617", "-4294967292", "2147483648"]
NOT_COUNTED = {"level", "bits", "limit", "retries", "frequency"}
DIGITS = {"sockets", "dies", "cores", "threads", "level", "bits", "limit", "current", "retries", "id", "value", "memory", "frequency", "cpus"}
ENCODINGS = ["UTF-8", "utf-8", "UTF8", "ISO-8859-1", "iso-8859-15", "windows-1252", "US-ASCII", "ASCII", "KOI8-R", "windows-1251", "ARMSCII-8", "windows-1255",
             "UTF-16", "UTF-16LE", "UCS-4", "Shift_JIS", "GBK", "EUC-JP", "UTF-7", "IBM037", "ISO-2022-JP", "bogus", "x-user-defined"]
INSTRUCTIONS = ["<?p?>", "<?p </cpu> ?>", "<?virt-cpu ignore?>", "<?xml-stylesheet href='x'?>", "<?p <cpu mode='maximum'/>?>", "<?XML ?>"]
COMMENTS = ["<!---->", "<!-- a -->", "<!-- </domain> -->", "<!-- <cpu mode='maximum'/> -->"]
BLANKS = [" ", "\n  ", "\t", "\r\n", "  \r", "&#32;", "&#10;", "\u00a0", "&#9; "]


def build(recipe, number, type):
    """The bytes of a recipe: the number of a base, and pairs of a kind and a seed."""
    which, steps = recipe
    definition = definitions.base(number, which, type)
    for kind, seed in steps:
        KINDS[kind](definition, chance.Random(seed))
    return definition.bytes()


def recipe(random):
    """Mostly a few kinds at once: what each does alone is the smaller part."""
    count = random.choice([1, 1, 2, 2, 2, 3, 4])
    steps = [(random.choice(list(KINDS)), random.getrandbits(32)) for _ in range(count)]
    return random.randrange(len(definitions.BASES)), steps


# --- choosing

def target(definition, random, wanted=lambda element: True):
    """An element, half of the time in <cpu>."""
    found = [element for element in definition.root.elements() if wanted(element)]
    near = [element for element in found if element.is_in("cpu")]
    if near and random.random() < 0.5:
        return random.choice(near)
    return random.choice(found) if found else None


def plain_attributes(element):
    return [pair for pair in element.attributes if not pair[0].startswith("xmlns") and not pair[0].startswith("xml:")]


def other_value(random, element, attribute):
    local = attribute.rpartition(":")[2]
    for key in (f"{element.local()} {local}", local):
        if key in VALUES:
            # What libvirt refuses is a small part: nothing is compared there.
            values = [value for value in VALUES[key] if value != "bogus"]
            return random.choice(values) if random.random() < 0.9 else "bogus"
    return random.choice(WORDS)


def other_text(random, definition, element):
    local = element.local()
    if local == "name":
        return definitions.name(definition.number, random.randrange(1, 9))
    if local == "uuid":
        return definitions.uuid(definition.number, random.randrange(1, 9))
    return random.choice(TEXTS[local]) if local in TEXTS else None


def has_text(element):
    return bool(element.content) and all(isinstance(part, str) for part in element.content)


def place(random, element):
    """A place among the parts of an element."""
    return random.randrange(len(element.content) + 1)


# --- kinds

def prefixed_attribute(definition, random):
    """Another attribute of the same local name, in a namespace, before or behind; or it alone."""
    element = target(definition, random, plain_attributes)
    if element is None:
        return
    pair = random.choice(plain_attributes(element))
    prefix = random.choice(["xml", "p", "qemu"])
    local = pair[0].rpartition(":")[2]
    new = [f"{prefix}:{local}", other_value(random, element, local)]
    if any(new[0] == name for name, _ in element.attributes):
        return
    index = element.attributes.index(pair)
    if random.random() < 0.2:
        element.attributes[index] = new
    else:
        element.attributes.insert(index + random.randrange(2), new)
    if prefix == "p":
        holder = random.choice([element, definition.root])
        if all(name != "xmlns:p" for name, _ in holder.attributes):
            holder.attributes.insert(random.randrange(len(holder.attributes) + 1), ["xmlns:p", random.choice(["u", "", "http://x/"]) or "v"])


def undeclared_prefix(definition, random):
    element = target(definition, random)
    attributes = plain_attributes(element)
    if attributes and random.random() < 0.7:
        pair = random.choice(attributes)
        name = "u:" + pair[0].rpartition(":")[2]
        if any(name == other for other, _ in element.attributes):
            return
        if random.random() < 0.3:
            pair[0] = name
        else:
            element.attributes.insert(element.attributes.index(pair) + random.randrange(2), [name, other_value(random, element, name)])
    else:
        element.name = "u:" + element.local()


def doubled_attribute(definition, random):
    """An attribute that is absent, or twice, which is not well-formed."""
    element = target(definition, random, plain_attributes)
    if element is None:
        return
    pair = random.choice(plain_attributes(element))
    index = element.attributes.index(pair)
    if random.random() < 0.7:
        del element.attributes[index]
    else:
        element.attributes.insert(index, [pair[0], other_value(random, element, pair[0])])


def root_in_namespace(definition, random):
    root = definition.root
    if random.random() < 0.5:
        root.name = "x:" + root.local()
        root.attributes.append(["xmlns:x", "urn:x"])
    elif all(name != "xmlns" for name, _ in root.attributes):
        root.attributes.append(["xmlns", "urn:x"])
        for child in root.content:
            if isinstance(child, definitions.Element) and ":" not in child.name and random.random() < 0.9:
                if all(name != "xmlns" for name, _ in child.attributes):
                    child.attributes.append(["xmlns", ""])


def element_in_namespace(definition, random):
    element = target(definition, random)
    if any(name in ("xmlns", "xmlns:y") for name, _ in element.attributes):
        return
    if random.random() < 0.5:
        element.name = "y:" + element.local()
        element.attributes.append(["xmlns:y", "urn:y"])
    else:
        element.attributes.append(["xmlns", random.choice(["urn:y", "urn:y", ""])])
    if random.random() < 0.5:
        # A second one, in no namespace, is beside it.
        twin(definition, random, element)


def other_prefix(definition, random):
    """The same namespace by another prefix, and another namespace by libvirt's prefix."""
    declared = [(element, pair) for element in definition.root.elements() for pair in element.attributes if pair[0].startswith("xmlns:")]
    element, pair = random.choice(declared)
    if random.random() < 0.5:
        pair[1] += random.choice(["x", "", " "])
        return
    old = pair[0][len("xmlns:"):] + ":"
    for inner in element.elements():
        if inner.name.startswith(old):
            inner.name = "z:" + inner.name[len(old):]
    if all(name != "xmlns:z" for name, _ in element.attributes):
        element.attributes.append(["xmlns:z", pair[1]])


def encoding(definition, random):
    """An encoding is declared, and there are characters above ASCII."""
    if definition.before.startswith("<?xml"):
        return
    name = random.choice(ENCODINGS)
    standalone = random.choice(["", "", " standalone='yes'", " standalone='no'"])
    declared = "" if random.random() < 0.15 else f" encoding='{name}'"
    definition.before = f"<?xml version='{random.choice(['1.0', '1.0', '1.0', '1.1'])}'{declared}{standalone}?>\n" + definition.before
    above_ascii(definition, random)
    if random.random() < 0.25:
        definition.codec = "latin-1"
    if random.random() < 0.05:
        definition.codec = random.choice(["utf-16", "utf-16-le", "utf-16-be"])


def above_ascii(definition, random):
    character = random.choice(["\u00e9", "\u2b2c", "\u20ac", "\u00ac", "\u00a0", "\U0001f600", "\u00e9\u00c4", "\ufeff"])
    where = random.randrange(5)
    element = target(definition, random, has_text)
    if where == 0 and element is not None:
        element.content.append(character)
    elif where == 1:
        definition.root.add(place(random, definition.root), f"<!-- {character}> -->")
    elif where == 2:
        definition.before += f"<!-- {character} -->"
    elif where == 3:
        definition.root.add(place(random, definition.root), f"<description>{character}</description>")
    else:
        element = target(definition, random, plain_attributes)
        random.choice(plain_attributes(element))[1] += character


def mark(definition, random):
    """What stands before the document: a byte order mark, white space, a comment, a document type."""
    definition.before = random.choice([
        "\ufeff", " ", "\n", "<!-- a -->", "<!-- <domain> -->\n", "<!DOCTYPE domain>\n", "<!DOCTYPE domain []>\n", "<?p?>\n",
        "<!DOCTYPE domain [<!ENTITY e 'host-passthrough'>]>\n", "<!DOCTYPE x:domain>", "<!DOCTYPE domain [<!ATTLIST cpu mode CDATA 'maximum'>]>\n",
    ]) + definition.before
    if random.random() < 0.2:
        definition.behind += random.choice(["<!-- b -->", "<?p?>", "\n\n", "<domain/>", "text"])


def empty_value(definition, random):
    element = target(definition, random, lambda e: plain_attributes(e) or has_text(e))
    attributes = plain_attributes(element)
    if attributes and (not has_text(element) or random.random() < 0.5):
        random.choice(attributes)[1] = ""
    else:
        element.content = random.choice([[], [""], [" "], ["<!-- none -->"], ["<![CDATA[]]>"], ["<?p?>"]])


def word(definition, random):
    """Another value, spelling or white space of an attribute or a text."""
    element = target(definition, random, lambda e: plain_attributes(e) or has_text(e))
    attributes = plain_attributes(element)
    if attributes and (not has_text(element) or random.random() < 0.5):
        pair = random.choice(attributes)
        value = other_value(random, element, pair[0])
        pair[1] = random.choice([value, value, value, pair[1].upper(), pair[1] + " ", " " + pair[1], pair[1] + "\n", "&#32;" + pair[1], pair[1].capitalize()])
    else:
        text = other_text(random, definition, element)
        if text is not None:
            element.content = [text]


def twin(definition, random, element):
    """Adds another element of the name, with other values, before or behind it."""
    other = element.copy()
    other.name = element.local()
    other.attributes = [pair for pair in other.attributes if not pair[0].startswith("xmlns")]
    for inner in other.elements():
        for pair in plain_attributes(inner):
            if random.random() < 0.4:
                pair[1] = other_value(random, inner, pair[0])
        if has_text(inner) and random.random() < 0.6:
            text = other_text(random, definition, inner)
            inner.content = [text] if text is not None else inner.content
        if random.random() < 0.15:
            inner.content = []
        if inner.attributes and random.random() < 0.15:
            del inner.attributes[random.randrange(len(inner.attributes))]
    parent = element.parent
    if parent is None:
        return
    index = parent.content.index(element) + random.randrange(2)
    if random.random() < 0.2:
        index = place(random, parent)
    parent.add(index, other)


def repeated_element(definition, random):
    element = target(definition, random, lambda e: e.parent is not None and ":" not in e.name or e.local() in ("arg", "commandline", "os", "libosinfo"))
    if element.parent is None:
        return
    old = element.name
    twin(definition, random, element)
    if ":" in old:
        for part in element.parent.content:
            if isinstance(part, definitions.Element) and part.name == element.local():
                part.name = old


def missing_element(definition, random):
    element = target(definition, random, lambda e: e.parent is not None and e.local() not in ("memory", "name"))
    element.parent.content.remove(element)


def stray_element(definition, random):
    """An element where it does not belong."""
    element = target(definition, random, lambda e: e.parent is not None)
    other = target(definition, random, lambda e: not has_text(e))
    if any(inner is other for inner in element.elements()):
        return
    copy = element.copy()
    if random.random() < 0.3:
        element.parent.content.remove(element)
    other.add(place(random, other), copy)


def text_nodes(definition, random):
    """A value in several pieces: comments, CDATA, instructions, references, elements, white space between them."""
    element = target(definition, random, has_text)
    if element is None:
        return
    text = "".join(element.content)
    cut = random.randrange(len(text) + 1) if text.isascii() and "<" not in text and "&" not in text else 0
    pieces = [text[:cut], text[cut:]] if cut else [text]
    if random.random() < 0.4:
        index = random.randrange(len(pieces))
        if "<" not in pieces[index] and "&" not in pieces[index]:
            pieces[index] = f"<![CDATA[{pieces[index]}]]>"
    if random.random() < 0.3 and pieces[-1][:1].isalnum():
        pieces[-1] = f"&#{ord(pieces[-1][0])};" + pieces[-1][1:]
    content = []
    for piece in pieces:
        for _ in range(random.randrange(3)):
            content.append(random.choice(BLANKS + COMMENTS + INSTRUCTIONS[:2] + ["<![CDATA[]]>", "<![CDATA[ ]]>", "<b/>", "<b> </b>", ""]))
        content.append(piece)
    for _ in range(random.randrange(3)):
        content.append(random.choice(BLANKS + COMMENTS))
    element.content = content


def space(definition, random):
    element = target(definition, random)
    if all(name != "xml:space" for name, _ in element.attributes):
        element.attributes.append(["xml:space", random.choice(["preserve", "default", "bogus", ""])])
    if random.random() < 0.7:
        text_nodes(definition, random)


def number(definition, random):
    element = target(definition, random, lambda e: any(name.rpartition(":")[2] in DIGITS for name, _ in plain_attributes(e)) or e.local() == "vcpu")
    if element is None:
        return
    pairs = [pair for pair in plain_attributes(element) if pair[0].rpartition(":")[2] in DIGITS]
    if element.local() == "vcpu" and (not pairs or random.random() < 0.5):
        element.content = [random.choice(NUMBERS).replace("{}", "4")]
    else:
        pair = random.choice(pairs)
        spellings = NUMBERS + LARGE if pair[0].rpartition(":")[2] in NOT_COUNTED else NUMBERS
        pair[1] = random.choice(spellings).replace("{}", pair[1])


def feature(definition, random):
    element = target(definition, random, lambda e: e.local() == "feature")
    if element is None:
        cpu = target(definition, random, lambda e: e.local() == "cpu")
        if cpu is None:
            return
        element = definitions.Element("feature", [["policy", "require"], ["name", "aes"]])
        cpu.add(place(random, cpu), element)
    for pair in element.attributes:
        if pair[0] == "name":
            pair[1] = random.choice(FEATURES)
        elif pair[0] == "policy" and random.random() < 0.2:
            pair[1] = random.choice(["Require", "REQUIRE", "require ", "", "forbid"])
    if random.random() < 0.3:
        twin(definition, random, element)


def instruction(definition, random):
    element = target(definition, random, lambda e: not has_text(e))
    for _ in range(1 + random.randrange(2)):
        element.add(place(random, element), random.choice(INSTRUCTIONS + COMMENTS + ["text", " ", "<![CDATA[<cpu mode='maximum'/>]]>", "&#160;", "&amp;"]))


def order(definition, random):
    """The children of an element, or its attributes, in another order."""
    element = target(definition, random, lambda e: len(e.content) > 1 or len(e.attributes) > 1)
    if len(element.content) > 1 and not has_text(element):
        random.shuffle(element.content)
    else:
        random.shuffle(element.attributes)


KINDS = {
    "prefixed attribute": prefixed_attribute, "undeclared prefix": undeclared_prefix, "absent or doubled attribute": doubled_attribute,
    "root in a namespace": root_in_namespace, "element in a namespace": element_in_namespace, "other prefix": other_prefix,
    "encoding": encoding, "above ASCII": above_ascii, "before the root": mark, "empty value": empty_value, "other word": word,
    "repeated element": repeated_element, "missing element": missing_element, "stray element": stray_element, "text nodes": text_nodes,
    "xml:space": space, "number": number, "feature name": feature, "instruction": instruction, "order": order,
}
