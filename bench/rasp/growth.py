#!/usr/bin/env python3
"""How the time of compiled RASP programs grows with the length of the input, and docs/rasp-speed.md with its plot from it.

    bench/rasp/growth.py [option ...]       or      make bench-rasp

Built as `sinter build` builds; what counts is processor time, which other work on the machine changes little."""
import argparse
import datetime
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "cpu")]
import machine  # noqa: E402
import programs  # noqa: E402
import report  # noqa: E402

LENGTHS, LIMIT = (10**3, 10**4, 10**5, 10**6), 5.0
BLOCK, MOST, ENOUGH = 10**6, 64, 0.2  # tokens of different lines, how often they are read at most, seconds that a clock of ticks can tell
ORIGINAL = {"histogram": 2.1, "sort": 4.2}  # seconds of the original interpreter for 400 tokens


def cost(command, path):
    """(user, user + system, wall) in seconds of a command that reads a file."""
    with open(path, "rb") as file, open(os.devnull, "wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=file, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("%s ended with %d" % (command[0], process.returncode))
    return used.ru_utime, used.ru_utime + used.ru_stime, wall


class Bench:
    def __init__(self, sinter, folder, reps):
        self.sinter, self.folder, self.reps = sinter, folder, reps
        self.random = random.Random(1)

    def inputs(self, kind, lengths, times=1):
        path = os.path.join(self.folder, "input.txt")
        letters = programs.alphabet(kind)
        text = "".join("".join(self.random.choices(letters, k=n)) + "\n" for n in lengths)
        with open(path, "w", encoding="utf-8") as file:
            for _ in range(times):
                file.write(text)
        return path

    def build(self, source):
        made = os.path.join(self.folder, "program")
        subprocess.run([self.sinter, "build", source, "-o", made, "--target=c"], check=True)
        told = subprocess.run([self.sinter, "explain", source, "--json"], check=True, capture_output=True, text=True).stdout
        return made, json.loads(told)["growth"]

    def times(self, made, kind):
        """{n: user seconds of one input}, the least of some repetitions; short inputs many at a time. Where squares take too long, it ends."""
        found = {}
        for n in LENGTHS:
            before = found.get(n // 10)
            if before and found.get(n // 100) and before * min(max(before / found[n // 100], 10), 100) > LIMIT:
                break
            lines = BLOCK // n if not before or before < 0.02 else 1
            first = cost([made], self.inputs(kind, [n] * lines))[0]
            times = min(MOST, math.ceil(ENOUGH / max(first, 1e-4)))
            path = self.inputs(kind, [n] * lines, times)
            found[n] = first / lines if first > 1 else min(cost([made], path)[0] for _ in range(self.reps)) / (lines * times)
        return found

    def row(self, name, kind, source):
        made, growth = self.build(source)
        row = {"name": name, "tokens": kind, "growth": growth, "seconds": self.times(made, kind)}
        print(report.line(row), flush=True)
        return row

    def rows(self):
        rows = []
        for name, kind, text in programs.LIBRARY:
            source = os.path.join(self.folder, name + ".rasp")
            with open(source, "w", encoding="utf-8") as file:
                file.write("x = %s;\n" % text)
            rows.append(self.row(name, kind, source))
        return rows + [self.row("examples/" + name, kind, programs.example(name)) for name, kind in programs.EXAMPLES]

    def middle(self, made, path):
        """Medians of (user + system, wall)."""
        each = [cost([made], path)[1:] for _ in range(2 * self.reps + 1)]
        return [statistics.median(column) for column in zip(*each)]

    def marks(self):
        """The examples beside the original interpreter, at a million tokens, and on many short strings."""
        marks = []
        for name in ORIGINAL:
            made, _ = self.build(programs.example(name))
            with open(self.inputs("letters", [400]), encoding="utf-8") as file:
                text = file.read().strip()
            told = [subprocess.run([made, "--bench", text], check=True, capture_output=True, text=True).stdout for _ in range(self.reps)]
            bench = statistics.median(float(re.search(r"([\d.]+) ms each", line)[1]) / 1000 for line in told)
            million = self.middle(made, self.inputs("letters", [10**6]))
            short = self.middle(made, self.inputs("letters", [self.random.randint(5, 12) for _ in range(10000)]))
            marks.append({"name": name, "original": ORIGINAL[name], "bench": bench, "million": million, "short": short})
        return marks


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--sinter", default=os.path.join(programs.ROOT, "build", "bin", "sinter"), metavar="FILE")
    p.add_argument("--docs", default=os.path.join(programs.ROOT, "docs"), metavar="DIR", help="where rasp-speed.md and images/rasp-growth.svg go")
    p.add_argument("--machine", default="", metavar="TEXT", help="what the document calls this machine")
    p.add_argument("--reps", type=int, default=3, metavar="N", help="repetitions")
    o = p.parse_args()
    about = machine.about()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(os.path.abspath(o.sinter), folder, o.reps)
        data = {"date": datetime.date.today().isoformat(), "compiler": about["compiler"],
                "machine": o.machine or "%s, %d cores" % (about["processor"]["name"], about["cores"]),
                "load": machine.load(), "rows": bench.rows(), "marks": bench.marks()}
    print("\n" + report.marks(data["marks"]))
    report.write(data, o.docs)


if __name__ == "__main__":
    main()
