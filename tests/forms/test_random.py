#!/usr/bin/env python3
"""Random equations and networks: by their normal form they give the numbers of the text; with operands swapped the form is the same.

    test_random.py [--texts N] [--seed FIRST]

SINTER_LONG=1: 20,000 texts."""
import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "differential"))
import files  # noqa: E402
import random_texts  # noqa: E402

BUILD = os.environ.get("SINTER_BUILD", os.path.join(HERE, "..", "..", "build"))
SINTER = os.environ.get("SINTER", os.path.join(BUILD, "bin", "sinter"))
REFERENCE = os.environ.get("SINTER_REFERENCE") or SINTER  # without sanitizers: of texts as they are written; in normal form they have them
CHUNK = 25


def evaluated(base, *options):
    done = subprocess.run([SINTER if options else REFERENCE, "eval", base + ".sinter", f"--in={base}.in", f"--out={base}.out", *options], capture_output=True, text=True, timeout=60)
    return (files.read_safetensors(base + ".out"), "") if done.returncode == 0 else (None, done.stderr[:1500])


def difference(want, have):
    for name in want:
        size = max((abs(v) for v in want[name][1] if v - v == 0), default=0)
        for i, (a, b) in enumerate(zip(want[name][1], have[name][1])):
            if a - a == 0 and not abs(a - b) <= 1e-9 * (1 + size):
                return f"{name}, element {i}: {b!r}, as it is written {a!r}"
            if abs(a) == float("inf") and a != b:
                return f"{name}, element {i}: {b!r}, as it is written {a!r}"
    return ""


def failure(seed, folder):
    base = os.path.join(folder, f"r{seed}")
    text = random_texts.make(seed)
    with open(base + ".sinter", "w") as file:
        file.write(text)
    files.write_safetensors(base + ".in", random_texts.inputs(text, seed))
    want, said = evaluated(base)
    if not want:
        return "the text: " + said
    have, said = evaluated(base, "--normal")
    return said or difference(want, have)


def chunk(first, n, folder):
    wrong = [(seed, said) for seed in range(first, first + n) for said in [failure(seed, folder)] if said]
    texts = [os.path.join(folder, f"r{seed}.sinter") for seed in range(first, first + n)]
    done = subprocess.run([os.path.join(BUILD, "tests", "test_forms_invariance"), *texts], capture_output=True, text=True, timeout=600)
    return wrong + ([(first, "swapped: " + done.stdout[:3000])] if done.returncode else [])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=20000 if os.environ.get("SINTER_LONG") else 200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, ProcessPoolExecutor(2) as pool:
        folder = args.keep or made
        os.makedirs(folder, exist_ok=True)
        jobs = [pool.submit(chunk, at, min(CHUNK, args.seed + args.texts - at), folder) for at in range(args.seed, args.seed + args.texts, CHUNK)]
        wrong = [w for job in jobs for w in job.result()]
    for seed, said in wrong[:6]:
        print(f"seed {seed}: {said}")
    print(f"{len(wrong)} texts are wrong\ncases: {args.texts}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
