#!/usr/bin/env python3
"""Random programs: the normal form against the text, both by the evaluator.

    test_programs.py [--programs N] [--seed FIRST] [--keep DIR]

The programs are those of the differential test. Where both are finite they agree within what double precision can explain; where the text
is finite, so is the normal form.

SINTER_LONG=1: 30,000 programs."""
import argparse
import math
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "differential"))
import files  # noqa: E402
import generate  # noqa: E402

SINTER = os.environ.get("SINTER", os.path.join(HERE, "..", "..", "build", "bin", "sinter"))
REFERENCE = os.environ.get("SINTER_REFERENCE") or SINTER  # without sanitizers: of texts as they are written; in normal form they have them
SMALLER = 2.0 ** -24  # bounds are those of single precision; 5 of its 29 bits are left for another order
CHUNK = 25


def evaluated(base, kind, *options):
    out = f"{base}.{kind}.safetensors"
    done = subprocess.run([SINTER if options else REFERENCE, "eval", base + ".sinter", f"--in={base}.in.safetensors", f"--out={out}", *options],
                          capture_output=True, text=True, timeout=120)
    return (out, "") if done.returncode == 0 else (None, f"{kind}: exit code {done.returncode}: {done.stderr[:2000]}")


def difference(want, have, error):
    for i, (a, b) in enumerate(zip(want, have)):
        if isinstance(a, int):
            if a != b:
                return f"element {i}: {b}, the text gives {a}"
        elif math.isfinite(a) and not abs(a - b) <= error * SMALLER + 1e-12 * (1 + abs(a)):
            return f"element {i}: {b!r}, the text gives {a!r}, {error * SMALLER:.2g} apart are allowed"
    return None


def failure(seed, folder):
    program, values, shapes = generate.make(seed, f"p{seed}")
    base = os.path.join(folder, program.name)
    files.write(program, shapes, folder)
    plain, said = evaluated(base, "plain")
    if not plain:
        return None if "error:" in said else said
    normal, said = evaluated(base, "normal", "--normal")
    if not normal:
        return said
    want, have = files.read_safetensors(plain), files.read_safetensors(normal)
    for name in want:
        error = values[name.split("/")[1]].error
        wrong = "shape" if want[name][0] != have[name][0] else difference(want[name][1], have[name][1], error)
        if wrong:
            return f"{name}: {wrong}"
    return None


def chunk(first, n, folder):
    return [(seed, wrong) for seed in range(first, first + n) for wrong in [failure(seed, folder)] if wrong]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=int, default=30000 if os.environ.get("SINTER_LONG") else 200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, ProcessPoolExecutor(2) as pool:
        folder = args.keep or made
        os.makedirs(folder, exist_ok=True)
        jobs = [pool.submit(chunk, at, min(CHUNK, args.seed + args.programs - at), folder)
                for at in range(args.seed, args.seed + args.programs, CHUNK)]
        wrong = [w for job in jobs for w in job.result()]
    for seed, said in wrong[:8]:
        print(f"seed {seed}: {said}")
    print(f"{len(wrong)} programs differ\ncases: {args.programs}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
