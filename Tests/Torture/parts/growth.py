"""Longer and longer streams, measured by the benchmark and held to a straight line here."""
import json
import os

from .torture import TOP, content, execute, expect

# Shorter streams are mostly the start of the program.
BASE = 10_000


def run(torture, place):
    report = f"{place}/growth.json"
    rows = []
    with torture.check("the benchmark's growth part runs"):
        outcome = execute([os.path.join(TOP, "Tests/Bench/bench"), "--json", report, "growth"], timeout=1800)
        print(outcome.stdout.decode().rstrip(), flush=True)
        expect(outcome.returncode == 0, outcome.stderr)
        rows = [row for row in json.loads(content(report))["rows"] if row["part"] == "growth"]
    for cores in (1, 2) if rows else ():
        with torture.check(f"on {cores} core{'s' * (cores - 1)} the last of a stream takes what the first took") as notes:
            own = {row["domains"]: row for row in rows if row["cores"] == cores}
            longest = max(own)
            expect(longest > BASE, f"BENCH_DOMAINS={longest} says nothing")
            base, last = own[BASE], own[longest]
            ratio = last["cpu_ms"] / longest / (base["cpu_ms"] / BASE)
            grown = last["peak_mib"] - base["peak_mib"]
            notes.append(f"{longest} domains take {ratio:.2f} times as much processor time each as {BASE}, and {grown:+.2f} MiB")
            # The machine does other things; something quadratic would be a hundredfold.
            expect(ratio < 1.5 and grown <= 0.5, *notes)
