"""virsh cpu-baseline of random hosts, against virt-cpu baseline."""

import cpus
import virsh
from outcome import Outcome


def run(run):
    count = run.count(60, 400)
    random = run.random("baseline")
    outcome = Outcome(run, "baseline", "host")
    tries = []
    for number in range(count):
        hosts = [cpus.random_host(random, run.map) for _ in range(random.choice([1, 2, 2, 2, 3]))]
        options = [option for option in ("--migratable", "--features") if random.random() < 0.5]
        paths = [run.write("baseline", f"{number:04}-{place}.xml", host) for place, host in enumerate(hosts)]
        whole = run.write("baseline", f"{number:04}.xml", "\n".join(hosts) + "\n")
        tries.append((number, hosts, options, paths, whole))
    answers = virsh.ask([f"cpu-baseline {' '.join(options)} {whole}" for _, _, options, _, whole in tries])
    for (number, hosts, options, paths, _), answer in zip(tries, answers):
        text = answer.document("cpu")
        done = run.tool.ask("baseline", ["--expand" if o == "--features" else o for o in options] + paths)
        theirs = cpus.CPU.parse(text) if text else None
        ours = cpus.CPU.parse(done.stdout) if done.returncode == 0 else None
        inputs = {f"host{place}.xml": host for place, host in enumerate(hosts)}
        inputs["libvirt.xml"], inputs["virt-cpu.xml"] = answer.text, done.stdout + done.stderr
        told = f"{' '.join(options)}: "
        if theirs is None and ours is None:
            outcome.agree()
        elif theirs is None:
            outcome.differ("libvirt has none", f"{number:04}", told + answer.reason, inputs)
        elif ours is None:
            outcome.differ("virt-cpu has none", f"{number:04}", told + done.stderr, inputs)
        elif ours.differences(theirs):
            words = "; ".join(ours.differences(theirs))
            outcome.differ("another CPU", f"{number:04}", f"{told}(virt-cpu, libvirt) {words}", inputs)
        else:
            outcome.agree()
    outcome.finish(count)
