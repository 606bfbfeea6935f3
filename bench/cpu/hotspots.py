#!/usr/bin/env python3
"""Where a compiled model spends its time: share of each function, by perf.

    bench/cpu/hotspots.py [option ...] MODEL.sinter [option of sinter build ...]

The model is built with its functions kept apart (the C compiler may not inline what is called once), so that each stands by its name; the
sum may be a few per cent slower than the real executable. It runs on the ids of --ids (a sequence a line), else on what --bench makes up.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APART = "-g -fno-inline-functions-called-once -fno-ipa-cp -fno-ipa-sra -fno-partial-inlining"
ROW = re.compile(r"\s*([0-9.]+)%\s+\S+\s+\[(.)\]\s+(\S+)")


def build(sinter, folder, arguments):
    out = os.path.join(folder, "model")
    surroundings = {**os.environ, "CC": "%s %s" % (os.environ.get("CC", "cc"), APART)}
    if subprocess.run([sinter, "build", "-o", out] + arguments, env=surroundings).returncode != 0:
        sys.exit(1)
    return out


def record(program, folder, o):
    data = os.path.join(folder, "perf.data")
    run = [program, "--threads=%d" % o.threads] + ([] if o.ids else ["--bench"]) + (["--kernels=" + o.kernels] if o.kernels else [])
    ids = open(o.ids, encoding="utf-8") if o.ids else subprocess.DEVNULL
    command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-o", data] + run + (["--input-format=ids"] if o.ids else [])
    try:
        subprocess.run(command, stdin=ids, stdout=subprocess.DEVNULL, check=True)
    except FileNotFoundError:
        sys.exit("hotspots.py: perf is not here (Debian calls the package linux-perf)")
    except subprocess.CalledProcessError as why:
        sys.exit("hotspots.py: '%s' failed with exit code %d" % (" ".join(command), why.returncode))
    return data


def shares(data):
    """(share, function), the largest first; what the system did is one of them."""
    told = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-F", "overhead,dso,symbol"], capture_output=True, text=True, check=True)
    found = {}
    for row in filter(None, map(ROW.match, told.stdout.splitlines())):
        name = "(the system)" if row[2] == "k" else re.sub(r"\.(constprop|isra|part|cold)\S*", "", row[3])
        found[name] = found.get(name, 0) + float(row[1])
    return sorted(((share, name) for name, share in found.items()), reverse=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--threads", type=int, default=1, metavar="N")
    p.add_argument("--ids", metavar="FILE", help="token ids, as make bench leaves them in build/bench/ids")
    p.add_argument("--kernels", metavar="NAME", help="passed to the executable")
    p.add_argument("--least", type=float, default=0.5, metavar="PERCENT", help="smaller shares are left out")
    p.add_argument("--sinter", default=os.path.join(ROOT, "build", "bin", "sinter"), metavar="FILE")
    o, arguments = p.parse_known_args()
    if not arguments:
        p.error("which model?")
    with tempfile.TemporaryDirectory() as folder:
        for share, name in shares(record(build(o.sinter, folder, arguments), folder, o)):
            if share >= o.least:
                print("%6.1f %%  %s" % (share, name))


if __name__ == "__main__":
    main()
