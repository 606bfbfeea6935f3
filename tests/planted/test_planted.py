#!/usr/bin/env python3
"""Each planted defect of the C back end (defects.py) is found by the random programs.

    test_planted.py [--all] [WORD ...]     as plant.py says

A program is run where the C it becomes is not what the sound compiler writes; the defect is found when one of them fails."""
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "differential")]
import generate  # noqa: E402
import plant  # noqa: E402
import runner  # noqa: E402
from defects import DEFECTS  # noqa: E402

MOST, BATCH, TODAY = 2000, 8, 2  # programs looked at; run at a time; defects on one day


_sound = {}  # seed: what the sound compiler writes, for all defects


def emitted(sinter, made, folder):
    """The C of one program; None when the compiler writes none. The folder is a fresh one, and is gone after it: thousands of files that are
    written over, or stay, keep a disk busy."""
    program, _, shapes = made
    with tempfile.TemporaryDirectory(dir=folder) as place:
        runner.files.write(program, shapes, place)
        base = os.path.join(place, program.name)
        code, _ = runner.quiet([sinter, "emit", base + ".sinter", "-d", base, "--inline-weights"])
        if code:
            return None
        with open(os.path.join(base, program.name + ".c"), encoding="utf-8") as f:
            return f.read()


def differs(sinter, seed, made, folder):
    """Does the compiler with the defect write something else for this program?"""
    if seed not in _sound:
        _sound[seed] = emitted(plant.SINTER, made, folder)
    return _sound[seed] is not None and emitted(sinter, made, folder) != _sound[seed]


def find(defect):
    """(what, how it was found or None, programs looked at)"""
    with tempfile.TemporaryDirectory() as folder:
        sinter = plant.compiler_with(os.path.join("codegen", defect[1]), *defect[2:], folder)
        waiting = []
        for seed in range(1, MOST + 1):
            made = generate.make(seed, f"p{seed}")
            if differs(sinter, seed, made, folder):
                waiting.append(made)
            if len(waiting) == BATCH or (waiting and seed == MOST):
                failures = runner.check(waiting, os.path.join(folder, "run"), runner.SANITIZED, emitter=sinter)
                shutil.rmtree(os.path.join(folder, "run"))
                if failures:
                    return defect[0], f"program {failures[0].name[1:]}: {failures[0].kind}", seed
                waiting = []
    return defect[0], None, MOST


def main():
    if plant.cannot() or not shutil.which("clang"):
        print(f"skipped: {plant.cannot() or 'there is no clang'}")
        return 77
    defects = plant.chosen(DEFECTS, TODAY)
    found = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for what, how, seen in pool.map(find, defects):
            print(f"{what}\n    {how or 'NOT FOUND'} ({seen} programs looked at)", flush=True)
            found += how is not None
    print(f"{found} of {len(defects)} defects are found; {len(DEFECTS)} there are\ncases: {len(defects)}")
    return 0 if found == len(defects) else 1


if __name__ == "__main__":
    sys.exit(main())
