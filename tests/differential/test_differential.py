#!/usr/bin/env python3
"""Random programs: generated C against the evaluator.

    test_differential.py [--programs N] [--seed FIRST] [--only SEED] [--keep DIR] [--target TARGET]

Each program is evaluated in double precision, written as C, compiled - in turn by clang without optimisation and with the address and
undefined behaviour sanitizers, and by gcc -O2 with all warnings as errors, sinter itself with sanitizers and without - and run over
poisoned memory on batches of sequences of length 0, 1, the longest and others, in several orders and alone. What differs from the
evaluator by more than single precision can explain (bounds.py), or between batches at all, is shrunk and printed. Then the table of what
the programs were made of; a construct that none of them has is a failure too.

Of a fast target (avx512, avx2, neon; x86: its kernels for all machines) the kernels are compiled as its Makefile says.

SINTER_LONG=1: 20,000 programs; of a fast target 500."""
import argparse
import collections
import os
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

import coverage
import generate
import runner
import shrink
import targets
import text

LONG = bool(os.environ.get("SINTER_LONG"))
CHUNK, MANY = 50, 100 if LONG else 15  # programs in one link unit; those that go through more compilers
SOURCE = os.environ.get("SINTER_SOURCE", os.path.join(runner.HERE, "..", ".."))
FIRST = 1
PROGRAMS = ((1000, 20000), (70, 500))  # of target c and of a fast one: every day, and of SINTER_LONG


def compiler_of(seed):
    return runner.SANITIZED if seed // CHUNK % 2 == 0 else runner.OPTIMIZED


def one_chunk(first, n, folder, words, target):
    """(failures, constructs) of n programs"""
    counts = collections.Counter()
    mades = [generate.make(seed, f"p{seed}") for seed in range(first, first + n)]
    for program, _, shapes in mades:
        counts.update(coverage.of_program(program, shapes, words))
    where = os.path.join(folder, str(first))
    failures = runner.check(mades, where, compiler_of(first), target=target)
    shutil.rmtree(where)
    return failures, counts


def other_compilers(first, n, folder):
    where = os.path.join(folder, f"everywhere{first}")
    failures = runner.everywhere([generate.make(seed, f"p{seed}") for seed in range(first, first + n)], where)
    shutil.rmtree(where)
    return failures


def report(failure, folder, target):
    """Shrinks a program that fails and says how to see it again."""
    seed = int(failure.name[1:])
    made, tries = generate.make(seed, failure.name), iter(range(10 ** 6))

    def fails(smaller):
        where = os.path.join(folder, f"shrink{next(tries)}")
        found = runner.check([smaller], where, compiler_of(seed), target=target)
        shutil.rmtree(where)
        return bool(found) and found[0].kind == failure.kind

    if failure.kind.startswith("bits"):
        print(f"\nseed {seed}: {failure.kind}: {failure.message}")
        return
    program, values, shapes = shrink.shrink(made, fails, 150)
    print(f"\nseed {seed}: {failure.kind}\n{failure.message}\nShrunk; see it all with: tests/differential/test_differential.py --only {seed}\n")
    print(text.program(program, shapes))
    print(f"config: {program.config}\nbounds: " + ", ".join(f"{k} {v.lo:.4g} .. {v.hi:.4g} +- {v.error:.2g}" for k, v in values.items()))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=int)
    parser.add_argument("--seed", type=int, default=FIRST)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep")
    parser.add_argument("--target", choices=targets.TIERS)
    args = parser.parse_args()
    args.programs = args.programs or PROGRAMS[bool(args.target)][LONG]
    if not shutil.which("clang") or not shutil.which("gcc"):
        print("skipped: the differential test needs gcc and clang")
        return 77
    if args.target and not targets.runs_here(args.target):
        print(f"skipped: this machine does not run kernels of {args.target}")
        return 77
    if args.only is not None:
        return only(args.only, args.keep, args.target)
    with open(os.path.join(SOURCE, "grammar", "model.y"), encoding="utf-8") as f:
        words = coverage.words_of(f.read())
    counts, failures = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(os.cpu_count()) as pool:
        firsts = range(args.seed, args.seed + args.programs, CHUNK)
        jobs = [pool.submit(one_chunk, k, min(CHUNK, args.seed + args.programs - k), folder, words, args.target) for k in firsts]
        bits = None if args.target else pool.submit(other_compilers, args.seed, min(MANY, args.programs), folder)
        for job in jobs:
            found, some = job.result()
            failures += found
            counts += some
        failures += bits.result() if bits else []
        lines, missing = coverage.table(counts, words)
        print("\n".join(lines))
        kinds = collections.Counter(f.kind for f in failures)
        print(f"\n{args.programs} programs, {len(failures)} wrong" + "".join(f", {n} {kind}" for kind, n in kinds.items()) + f"\ncases: {args.programs}")
        shown = collections.Counter()
        for failure in failures:
            shown[failure.kind] += 1
            if shown[failure.kind] <= 2 and len(shown) <= 6:
                report(failure, folder, args.target)
    for construct in missing if args.programs >= PROGRAMS[0][0] else []:
        print(f"no program has: {construct}")
    return 1 if failures or (missing and args.programs >= PROGRAMS[0][0]) else 0


def only(seed, keep, target):
    made = generate.make(seed, f"p{seed}")
    folder = keep or tempfile.mkdtemp()
    print(text.program(made[0], made[2]))
    failures = runner.check([made], folder, compiler_of(seed), target=target)
    for f in failures:
        print(f"{f.kind}: {f.message}")
    print(f"everything is in {folder}" if keep else "right" if not failures else "wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
