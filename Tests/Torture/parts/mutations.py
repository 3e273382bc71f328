"""Mutated definitions, in this process's child for all of them and in the executable for some."""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import time

from .torture import TOP, VIRT_CPU, content, expect, execute, shown

DRIVER = os.path.join(TOP, ".build/release/torture-mutations")
COUNT = int(os.environ.get("TORTURE_COUNT", "1000000"))
# Twenty at least: memory at a tenth of the way is compared with memory at the end.
BLOCK = max(1, min(20_000, COUNT // 20))


# A declaration that names another encoding than UTF-8.
OTHER_ENCODING = re.compile(r"""<\?xml[^>]*encoding\s*=\s*['"](?!utf-?8['"])""", re.IGNORECASE)


class Block:
    """Inputs that lie in files, and what filter's code made of each."""

    def __init__(self, place):
        self.place = place
        self.verdicts = {}
        for line in content(f"{place}/verdicts").splitlines():
            index, status, error = line.split(b"\t", 2)
            self.verdicts[int(index)] = (int(status), error)

    def file(self, index):
        return f"{self.place}/files/{index}.xml"


class Mutations:
    def __init__(self, torture, place):
        self.torture, self.place = torture, place
        self.random = torture.random("mutations")
        self.arguments = [line.split("\t") for line in execute([DRIVER, "arguments"]).stdout.decode().splitlines()]
        self.wrong = []
        self.checked = self.refused = self.filtered = self.fixed = self.streams = self.long = self.records = 0
        self.seconds = {"in process": 0, "check": 0, "filter": 0, "check --fix": 0, "streams": 0, "records": 0}

    def fail(self, index, words):
        """Notes what is wrong with an input, and keeps it."""
        kept = self.torture.keep(f"{self.torture.seed}-{index}.xml", content(f"{self.place}/files/{index}.xml"))
        self.wrong.append(f"{index}: {words} ({kept})")

    def outcome(self, index, command, given=b"", **options):
        """What a run with an input comes to.

        Returns: None where it hangs, which is noted; that ends nothing else.
        """
        try:
            return execute(command, given, **options)
        except subprocess.TimeoutExpired as error:
            self.fail(index, f"hangs for {error.timeout:.0f} s: {' '.join(command)}")
            return None

    def timed(self, what, work, *arguments):
        start = time.monotonic()
        work(*arguments)
        self.seconds[what] += time.monotonic() - start

    # All of them

    def check(self, block):
        """`check` of the whole directory: what it refuses, and in which words, is what filter's code refused."""
        command = [VIRT_CPU, "check", "--no-config", "--quiet", "--format", "json-lines", "-j2", "files"]
        try:
            outcome = execute(command, cwd=self.place, timeout=600)
        except subprocess.TimeoutExpired:
            self.checked += len(block.verdicts)
            return self.find_hanging(command[:-1], block)
        output, errors = outcome.stdout, outcome.stderr
        said = {}
        for line in errors.splitlines():
            found = re.match(rb"files/(\d+)\.xml:(.*)", line)
            if not found or int(found[1]) in said:
                self.wrong.append(f"check said {shown(line)}")
            else:
                said[int(found[1])] = found[2]
        for index, (_, error) in block.verdicts.items():
            if said.pop(index, b"") != error and not (error and self.is_passed_over(index, error, block)):
                self.fail(index, f"check does not say {shown(error)}")
        for index in said:
            self.fail(index, f"check refuses what filter takes: {shown(said[index])}")
        expected = 2 if any(error for _, error in block.verdicts.values()) else None
        if outcome.returncode not in ((expected,) if expected else (0, 1)):
            self.wrong.append(f"check ended with {outcome.returncode}")
        if output and not all(line.startswith(b"{") and line.endswith(b"}") for line in output.splitlines()):
            self.wrong.append("check printed what is no finding")
        self.checked += len(block.verdicts)
        self.refused += sum(1 for _, error in block.verdicts.values() if error)

    def is_passed_over(self, index, error, block):
        """Whether `check` of the directory, which hides notes, rightly says nothing of an input: it has a template's marker, or
        its root is none of a definition's, or it mentions no domain at all. Named by hand, it is said to be a template, or refused
        in the words of filter's code."""
        text = content(block.file(index))
        root = re.match(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*<([A-Za-z_][\w.:-]*)(?=[\s/>])", text, re.S)
        isTemplate = re.search(rb"\{[%{]|<%|[$%]\{", text)
        isOther = root and root[1] not in (b"domain", b"domains", b"domstatus", b"domainsnapshot") or b"domain" not in text
        if not isTemplate and not isOther:
            return False
        outcome = self.outcome(index, [VIRT_CPU, "check", "--no-config", block.file(index)])
        if outcome is None:
            return True
        if isTemplate and b": not judged: it is a template (" in outcome.stderr:
            return outcome.returncode == 0
        return outcome.returncode == 2 and outcome.stderr.rstrip(b"\n").endswith(b".xml:" + error)

    def find_hanging(self, command, block):
        """`check` of each file alone, for the one that it hangs at."""
        before = len(self.wrong)
        for index in block.verdicts:
            self.outcome(index, [*command, block.file(index)])
            if len(self.wrong) > before:
                return
        self.wrong.append("check hangs at a block of files, and at none of them alone")

    # Some of them

    def filter(self, block):
        """The executable's own filter, for the inputs whose output the driver left."""
        def one(index):
            outcome = self.outcome(index, [VIRT_CPU, *self.arguments[index % len(self.arguments)]], content(block.file(index)))
            if outcome is None:
                return index, None
            status, error = block.verdicts[index]
            last = outcome.stderr.splitlines()[-1] if outcome.stderr else b""
            if outcome.returncode != status:
                return index, f"exit status {outcome.returncode}, in process {status}"
            if outcome.stdout != content(f"{self.place}/outputs/{index}"):
                return index, "the executable wrote something else than its code in process"
            if error and last != b"<stdin>:" + error:
                return index, f"stderr says {shown(last)}, not {shown(error)}"
            return index, None
        indices = [int(name) for name in os.listdir(f"{self.place}/outputs")]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for index, words in pool.map(one, indices):
                if words:
                    self.fail(index, words)
        self.filtered += len(indices)

    def fix(self, block):
        """`check --fix` of copies: a file is as it was, or differs in its <cpu> only, and is mended once and for all."""
        os.mkdir(f"{self.place}/fixed")
        chosen = self.random.sample(sorted(block.verdicts), min(200, len(block.verdicts)))
        for index in chosen:
            shutil.copyfile(block.file(index), f"{self.place}/fixed/{index}.xml")
        command = [VIRT_CPU, "check", "--no-config", "--quiet", "--new-guest", "--default", "host-model", "--fix", "fixed"]
        first = self.fix_all(command, chosen)
        for index in chosen if first else []:
            path = f"{self.place}/fixed/{index}.xml"
            if content(path) == content(block.file(index)):
                continue
            if block.verdicts[index][1]:
                self.fail(index, "check --fix rewrote what is malformed")
            compared = self.outcome(index, [DRIVER, "compare", block.file(index), path])
            if compared and compared.returncode:
                self.fail(index, f"check --fix: {shown(compared.stdout)}")
            self.fixed += 1
        mended = {index: content(f"{self.place}/fixed/{index}.xml") for index in chosen}
        second = first and self.fix_all(command, chosen)
        for index in chosen if second else []:
            if content(f"{self.place}/fixed/{index}.xml") != mended[index]:
                self.fail(index, "check --fix does not end")
        for outcome in filter(None, (first, second)):
            if outcome.returncode not in (0, 1, 2):
                self.wrong.append(f"check --fix ended with {outcome.returncode}")
        shutil.rmtree(f"{self.place}/fixed")

    def fix_all(self, command, chosen):
        """None where it hangs, which is noted with the file that it hangs at."""
        try:
            return execute(command, cwd=self.place)
        except subprocess.TimeoutExpired:
            before = len(self.wrong)
            for index in chosen:
                self.outcome(index, [*command[:-1], f"fixed/{index}.xml"], cwd=self.place)
                if len(self.wrong) > before:
                    return None
            self.wrong.append("check --fix hangs at 200 files, and at none of them alone")
            return None

    def stream(self, block):
        """Well-formed inputs one after another, long enough for two threads, and one that is not: the same as on one."""
        fine = [index for index, (_, error) in block.verdicts.items() if not error]
        broken = [index for index, (_, error) in block.verdicts.items() if error]
        # A second thread goes on only where documents are in UTF-8. In the others NULs separate documents, and what follows
        # one in UTF-16 may be taken for more of it: only those that say with their first bytes what they are in.
        mixes = self.random.random() < 0.25
        parts, size = [], 0
        for index in self.random.choices(fine, k=20_000) if fine else ():
            data = content(block.file(index))
            is_marked, is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")), b"\0" in data
            if is_wide and not is_marked or not mixes and is_marked:
                continue
            parts.append(data)
            size += len(data)
            if size >= 4 << 20:
                break
        if broken and self.random.random() < 0.5:
            parts.insert(self.random.randrange(len(parts) + 1), content(block.file(self.random.choice(broken))))
        data = b"\n".join(parts)
        for arguments in (self.arguments[0], self.arguments[4]):
            cores = sorted(os.sched_getaffinity(0))
            name = f"{self.torture.seed}-stream-{self.streams}.xml"
            self.streams += 1
            try:
                two = execute([VIRT_CPU, *arguments], data)
                one = execute(["taskset", "-c", str(cores[0]), VIRT_CPU, *arguments], data)
            except subprocess.TimeoutExpired as error:
                self.wrong.append(f"{' '.join(error.cmd)} hangs at a stream ({self.torture.keep(name, data)})")
                continue
            if (one.returncode, one.stdout, one.stderr) != (two.returncode, two.stdout, two.stderr):
                self.wrong.append(f"two threads do not make of a stream what one makes ({self.torture.keep(name, data)})")
            # One that breaks early is read by one thread.
            self.long += not mixes and len(two.stdout) > 2 << 20

    GOOD = "<domain type='kvm'><name>neighbour</name><os><type arch='x86_64'>hvm</type></os><cpu mode='host-model'/></domain>"

    def records_of(self, block):
        """Inputs as records between good neighbours: as many answers, the ids byte for byte, the neighbours as ever, and an
        error where filter's code found one, in the same words."""
        inputs = []
        for index in self.random.sample(sorted(block.verdicts), min(1000, len(block.verdicts))):
            try:
                text = content(block.file(index)).decode()
            except UnicodeDecodeError:
                continue
            # In a record, a definition is UTF-8 whatever it declares; in a file, it is not.
            if not OTHER_ENCODING.search(text):
                inputs.append((index, text))
        lines = []
        for number, (index, text) in enumerate(inputs):
            identifier = self.random.choice([f'"\\u00e9 {index}"', f'{{"i": [{index}, 1.50]}}', f" {index} "]).strip()
            lines += [(f'"before {number}"', self.GOOD, None), (identifier, text, index)]
        given = "".join(f'{{"id":{identifier},"xml":{json.dumps(text)}}}\n' for identifier, text, _ in lines).encode()
        for command in (["facts"], ["filter", "--no-config", "--no-local", "--default", "host-model", "--fail-on", "never"]):
            outcome = execute([VIRT_CPU, *command, "--records", "ndjson"], given, timeout=600)
            answers = outcome.stdout.splitlines()
            if outcome.returncode or len(answers) != len(lines):
                self.wrong.append(f"{command[0]}: {len(lines)} records, {len(answers)} answers, status {outcome.returncode}")
                continue
            neighbours = set()
            for (identifier, text, index), answer in zip(lines, answers):
                if not answer.startswith(f'{{"id":{identifier},'.encode()):
                    self.wrong.append(f"{command[0]}: the id of {identifier} is not that of {shown(answer[:80])}")
                elif index is None:
                    neighbours.add(answer.split(b",", 1)[1])
                else:
                    self.compare_record(command[0], index, text, json.loads(answer), block.verdicts[index][1])
            if len(neighbours) > 1:
                self.wrong.append(f"{command[0]}: a neighbour's answer is not always the same")
        self.records += len(inputs)

    def compare_record(self, command, index, text, answer, error):
        """One answer, and what filter's code said of the same definition."""
        said = answer.get("error")
        if error and (not said or said["code"] != "framing" and f"{said.get('line')}:{said.get('column')}: error: {said['message']}".encode() != error):
            # Of a definition with several domains, the first fault counts.
            if not said or said["code"] != "severalDomains":
                self.fail(index, f"{command} --records says {said}, not {shown(error)}")
        if said and not error and said["code"] not in ("noDomain", "severalDomains", "unreadableCPU", "framing"):
            self.fail(index, f"{command} --records refuses what filter takes: {said}")
        if answer.get("written") and not answer["changed"] and answer["xml"] != text:
            self.fail(index, f"{command} --records changes what it says it has not changed")


def run_driver(mutations, torture, place):
    """Goes through all blocks.

    Returns: what the driver said in the end, and its exit status.
    """
    command = ["nice", "-n", "5", DRIVER, "run", str(torture.seed), str(COUNT), str(BLOCK), place]
    driver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    said = []
    began = time.monotonic()
    for line in driver.stdout:
        words = line.split()
        if words[0] != "block":
            said.append(line.rstrip("\n"))
            continue
        mutations.seconds["in process"] += time.monotonic() - began
        block = Block(place)
        mutations.timed("check", mutations.check, block)
        mutations.timed("filter", mutations.filter, block)
        mutations.timed("check --fix", mutations.fix, block)
        mutations.timed("streams", mutations.stream, block)
        mutations.timed("records", mutations.records_of, block)
        for directory in ("files", "outputs"):
            shutil.rmtree(f"{place}/{directory}")
            os.mkdir(f"{place}/{directory}")
        began = time.monotonic()
        driver.stdin.write("\n")
        driver.stdin.flush()
    return said, driver.wait()


def crashed(torture, place):
    """The inputs that were worked on when the driver ended by a signal, or gave one up."""
    data = content(f"{place}/current")
    indices = [int.from_bytes(data[at:at + 8], "little", signed=True) for at in range(0, len(data), 16)]
    paths = []
    for index in indices:
        if index >= 0:
            try:
                made = execute([DRIVER, "input", str(torture.seed), str(index)])
            except subprocess.TimeoutExpired:
                paths.append(f"{index}, which hangs while it is made")
                continue
            paths.append(torture.keep(f"{torture.seed}-{index}.xml", made.stdout))
    return ", ".join(paths)


def run(torture, place):
    mutations = Mutations(torture, place)
    said, status = run_driver(mutations, torture, place)
    figures = {line.split()[0]: line.split()[1:] for line in said}
    kinds = [line.split(" ", 2)[1:] for line in said if line.startswith("kind ")]
    with torture.check(f"{COUNT} mutated definitions through filter's code in one process") as notes:
        for line in (line for line in said if line.startswith("FAILED ")):
            index = line.split()[1]
            torture.keep(f"{torture.seed}-{index}.xml", content(f"{place}/kept/{torture.seed}-{index}.xml"))
        expect(status in (0, 1), f"the driver ended with {status} at", crashed(torture, place))
        wrong = [line for line in said if line.startswith("FAILED ")]
        expect(not wrong and status == 0, f"{len(wrong)} wrong, kept in {torture.kept}: ", "; ".join(wrong[:5]))
        notes.append(f"{int(figures['bytes'][0]) / 1e6:.0f} MB, {mutations.seconds['in process']:.0f} s, longest {figures['longest'][0]} ms")
    for count, kind in kinds:
        print(f"         {int(count):8} {kind}")
    with torture.check("The driver's memory stays what it was") as notes:
        expect("memory" in figures, "the driver did not get that far")
        early, late = (int(word) / 1024 for word in figures["memory"])
        notes.append(f"{early:.1f} MiB at a tenth, {late:.1f} MiB at the end")
        # Inputs of all sizes come by: the allocator's share of the largest.
        expect(late < early + 8, *notes)
    with torture.check("The executable agrees") as notes:
        notes.append(f"check of all {mutations.checked} files ({mutations.seconds['check']:.0f} s), {mutations.refused} refused with the same words")
        notes.append(f"filter of {mutations.filtered} ({mutations.seconds['filter']:.0f} s)")
        notes.append(f"check --fix mended {mutations.fixed} ({mutations.seconds['check --fix']:.0f} s)")
        notes.append(f"{mutations.streams} streams on one and two threads, {mutations.long} of them long ({mutations.seconds['streams']:.0f} s)")
        notes.append(f"{mutations.records} as records between good neighbours ({mutations.seconds['records']:.0f} s)")
        expect(not mutations.wrong, f"{len(mutations.wrong)} wrong:", "; ".join(mutations.wrong[:5]))
        expect(mutations.checked == COUNT, f"only {mutations.checked} checked")
        expect(mutations.long > 0, "no stream was long enough for two threads")
