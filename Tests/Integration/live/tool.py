"""virt-cpu under test."""

import json
import subprocess


class Tool:
    """The executable, with the options that tell it which libvirt judges."""

    def __init__(self, path, version, map):
        self.path = path
        self.map = map
        self.version = version
        self.helps = {}

    def options(self, command):
        """--cpu-map if a map is given, else --libvirt if this virt-cpu has it."""
        if self.map:
            return ["--cpu-map", self.map]
        if command not in self.helps:
            self.helps[command] = self.run([command, "--help"]).stdout
        return ["--libvirt", self.version] if "--libvirt " in self.helps[command] else []

    def run(self, arguments, input=None):
        return subprocess.run([self.path] + arguments, input=input, capture_output=True, text=True, timeout=3600)

    def answer(self, arguments, input):
        """The output for an input, in bytes. An exit status other than 0 is an error."""
        done = subprocess.run([self.path] + arguments, input=input, capture_output=True, timeout=3600)
        if done.returncode != 0:
            raise RuntimeError(f"virt-cpu {arguments[0]}: exit {done.returncode}: {done.stderr[:600].decode(errors='replace')}")
        return done.stdout

    def ask(self, command, arguments, input=None):
        return self.run([command] + self.options(command) + arguments, input)

    def findings(self, paths, hosts):
        """What check finds, by file."""
        arguments = ["--no-config", "--default", "keep", "--fail-on", "never", "--format", "json-lines"]
        for host in hosts:
            arguments += ["--host", host]
        done = self.ask("check", arguments + paths)
        if done.returncode != 0:
            raise RuntimeError(f"virt-cpu check: exit {done.returncode}: {done.stderr[:600]}")
        found = {}
        for line in done.stdout.splitlines():
            finding = json.loads(line)
            found.setdefault(finding["file"], []).append(finding)
        return found
