"""Names of the CPU map that is installed with a libvirt, to make CPUs of. No answer is worked out here."""

import os
import xml.etree.ElementTree as ET


class CPUMap:
    def __init__(self, directory):
        self.vendors, self.features, self.models = [], {}, {}
        self._read(directory, "index.xml")

    def _read(self, directory, name):
        tree = ET.parse(os.path.join(directory, name)).getroot()
        parts = tree.findall("arch[@name='x86']") if tree.findall("arch") else [tree]
        for part in parts:
            for element in part.iter():
                if element.tag == "include":
                    self._read(directory, element.get("filename"))
                elif element.tag == "vendor" and element.get("string"):
                    self.vendors.append(element.get("name"))
            for element in part.findall("feature"):
                self.features[element.get("name")] = Feature(element)
            for element in part.findall("model"):
                self.models[element.get("name")] = Model(element)

    def names(self, model):
        """The features of a model by name, those of its parents included."""
        names = set()
        while model:
            element = self.models[model].element
            names |= {f.get("name") for f in element.findall("feature") if f.get("removed") != "yes"}
            parent = element.find("model")
            model = parent.get("name") if parent is not None else None
        return names


class Feature:
    def __init__(self, element):
        self.name = element.get("name")
        self.cpuid = []
        """Of each CPUID bit: leaf, subleaf, register, mask."""
        for cpuid in element.findall("cpuid"):
            for register in ("eax", "ebx", "ecx", "edx"):
                if cpuid.get(register):
                    self.cpuid.append((int(cpuid.get("eax_in"), 0), int(cpuid.get("ecx_in", "0"), 0), register,
                                       int(cpuid.get(register), 0)))
        msr = element.find("msr")
        self.register = int(msr.get("index"), 0) if msr is not None else None
        self.is_migratable = element.get("migratable") != "no"


class Model:
    def __init__(self, element):
        self.name, self.element = element.get("name"), element
        vendor = element.find("vendor")
        self.vendor = vendor.get("name") if vendor is not None else None
        decode = element.find("decode")
        self.is_guest = decode is None or decode.get("guest") != "off"
