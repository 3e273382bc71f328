"""Asks a real libvirt and virt-cpu the same questions. Run by within, beside a libvirtd of its own:

    within NAME python3 live [--long] [--seed N] [--cpu-map installed] [--suites a,b] VIRT-CPU FOLDER

A line a suite: "agree N of M". Disagreements are printed, and kept with their inputs in FOLDER. Exit status 1 if there are
any that no reason explains.
"""

import argparse
import os
import random
import shutil
import sys
import time
import xml.etree.ElementTree as ET

import baseline
import compare
import cpumap
import cpus
import define
import guests
import reading
import starts
import targets
import tool
import virsh

SUITES = {"define": define, "compare": compare, "baseline": baseline, "start": starts, "guest": guests, "target": targets,
          "reading": reading}


class Run:
    """What all suites use: the libvirt, its host as files, virt-cpu, random numbers, folders."""

    def __init__(self, arguments):
        self.libvirt, self.qemu = os.environ["LIBVIRT_VERSION"], os.environ["QEMU_VERSION"]
        self.seed, self.is_long = arguments.seed, arguments.long
        self.most_shown = 3
        self.has_failed = self.is_nested = self.lacks_register = False
        folder = os.path.abspath(arguments.folder)
        self.work, self.kept = os.path.join(folder, "work"), os.path.join(folder, "differences")
        for path in (self.work, self.kept):
            shutil.rmtree(path, ignore_errors=True)
            os.makedirs(path)
        self.map = cpumap.CPUMap(os.environ["LIBVIRT_MAP"])
        installed = os.environ["LIBVIRT_MAP"] if arguments.cpu_map == "installed" else None
        self.tool = tool.Tool(os.path.abspath(arguments.virt_cpu), self.libvirt, installed)
        self.types = self.probe()
        self.ask_host()

    def random(self, name):
        return random.Random(f"{self.seed} {name}")

    def count(self, short, long):
        return long if self.is_long else short

    def is_older_than(self, version):
        def numbers(text):
            return [int(part) for part in text.split(".")]
        return numbers(self.libvirt) < numbers(version)

    def write(self, folder, name, text):
        path = os.path.join(self.work, folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path

    def starts(self, type, cpu):
        path = self.write("probe", "probe.xml", cpus.domain_text(type, "probe", cpu))
        return virsh.ask([f"create --paused {path}", "destroy probe"])[0]

    def probe(self):
        answer = self.starts("kvm", "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>486</model></cpu>")
        if answer.failed:
            print(f"  guests of type kvm do not start here, so that only qemu is tried: {answer.reason}")
            return ["qemu"]
        passed = self.starts("kvm", "<cpu mode='host-passthrough' check='none'/>")
        # QEMU, and not libvirt, refuses where KVM itself runs in a virtual machine that lacks a register.
        self.is_nested = "failed to set MSR" in passed.reason
        named = self.starts("kvm", "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>kvm64</model>"
                            "<feature policy='require' name='arch-capabilities'/><feature policy='require' name='mds-no'/></cpu>")
        self.lacks_register = self.is_nested or "failed to set MSR" in named.reason
        return ["qemu", "kvm"]

    def startable(self, type, text):
        """A CPU or a domain without arch-capabilities and the features of its register, where KVM cannot set it: the
        rest of host-model, of host-passthrough and of what is made of them is then tried."""
        if type != "kvm" or not self.is_nested or not text.strip():
            return text
        root = ET.fromstring(text)
        cpu = root if root.tag == "cpu" else root.find("cpu")
        if cpu is None:
            return text
        if cpu.get("mode") in ("host-model", "host-passthrough", "maximum"):
            listed = {feature.get("name") for feature in cpu.findall("feature")}
            for name in self.register_features - listed:
                ET.SubElement(cpu, "feature", name=name)
        for feature in cpu.findall("feature"):
            if feature.get("name") in self.register_features:
                feature.set("policy", "disable")
        return ET.tostring(root, encoding="unicode")

    def refusal(self, type, said, reason):
        """Why a refusal is no mistake of virt-cpu's, or None."""
        if type == "kvm" and self.lacks_register and "failed to set MSR" in reason:
            return "are refused by QEMU: KVM of a virtual machine cannot set a register"
        if "MSI-X is not supported by interrupt controller" in reason:
            return "are refused by QEMU: a device of q35 needs an APIC"
        # Old domain capabilities do not tell what blocks a model, by which libvirt chooses one for an unlisted model.
        if said == "doubts" and self.is_older_than("10.9") and "guest CPU doesn't match specification" in reason:
            return "have an unlisted model, are doubted, and refused by a libvirt before 10.9"
        # Before 10.2 libvirt compares every model; a host's files do not show the version.
        if said == "doubts" and self.is_older_than("10.2") and "incompatible with host CPU" in reason:
            return "are doubted, and refused by a libvirt before 10.2"
        return None

    def ask_host(self):
        questions = [(type, machine) for type in self.types for machine in ("pc", "q35")]
        answers = virsh.ask(["capabilities"] + [
            f"domcapabilities --virttype {type} --machine {machine}" for type, machine in questions])
        self.capabilities = self.write("hosts", "host.capabilities.xml", answers[0].document("capabilities") + "\n")
        texts = [answer.document("domainCapabilities") + "\n" for answer in answers[1:]]
        self.domain_capabilities = {
            (type, machine): self.write("hosts/single", f"{type}-{machine}.xml", text)
            for (type, machine), text in zip(questions, texts)}
        self.write("hosts", "host.domcapabilities.xml", "".join(texts))
        self.host = os.path.join(self.work, "hosts", "host.*.xml")
        text = self.domain_capabilities[self.types[-1], "pc"]
        model = cpus.CPU(ET.parse(text).getroot().find("cpu/mode[@name='host-model']"))
        self.register_features = {"arch-capabilities"} | {
            name for name in model.features if self.map.features[name].register == 0x10a}

    def host_text(self):
        """One file with all that was asked of the host, for a folder of a disagreement."""
        names = ("host.capabilities.xml", "host.domcapabilities.xml")
        return "".join(open(os.path.join(self.work, "hosts", name)).read() for name in names)


def ask(run, name):
    """libvirtd has been seen to end by itself; within starts it again, and the suite is run once more."""
    try:
        SUITES[name].run(run)
    except virsh.Lost as error:
        print(f"  {name}: {error}: once more", flush=True)
        time.sleep(10)
        SUITES[name].run(run)


def main():
    parser = argparse.ArgumentParser(prog="live")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seed", type=int, default=20261128)
    parser.add_argument("--cpu-map", choices=["builtin", "installed"], default="builtin")
    parser.add_argument("--suites", default=",".join(SUITES))
    parser.add_argument("virt_cpu")
    parser.add_argument("folder")
    arguments = parser.parse_args()
    run = Run(arguments)
    print(f"libvirt {run.libvirt}, QEMU {run.qemu}, seed {run.seed}, {'long' if run.is_long else 'short'} form,"
          f" {' and '.join(run.types)}", flush=True)
    for name in arguments.suites.split(","):
        begin = time.monotonic()
        try:
            ask(run, name)
        except Exception as error:
            print(f"FAILED   {name}, libvirt {run.libvirt}: {type(error).__name__}: {error}", flush=True)
            if os.environ.get("LIVE_TRACE"):
                raise
            run.has_failed = True
        print(f"         {name}: {time.monotonic() - begin:.0f} s", flush=True)
    if run.has_failed:
        print(f"  disagreements are in {run.kept}")
    sys.exit(run.has_failed)


main()
