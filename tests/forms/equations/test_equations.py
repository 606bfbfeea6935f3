#!/usr/bin/env python3
"""Every form against plain loops, for the equation in its own head.

    test_equations.py [--form NAME ...] [--sets N] [--seed FIRST] [--keep DIR] [--target TARGET] [--folder DIR] [--any-warning]

Models are made of the equation that a file of templates/forms/ has in its head: random expressions in the holes, roles of no, one and two
indices, lengths about the sizes of tiles, sequences of no and of one position. Those that become a kernel of the form are compiled under
sanitizers for each set of kernels that runs here, without a warning, run in ten batches at addresses of any alignment, and compared with the evaluator and with
plain loops. counts.txt has a line for each form: how many shapes are compared, how many of a hundred that are made become kernels, at
least, and options of sinter; a form without one does not build.

SINTER_LONG=1: 200 shapes a form."""
import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.path.insert(0, str(HERE.parents[1] / "differential"))
import case  # noqa: E402
import drive  # noqa: E402
import oracle  # noqa: E402
import program  # noqa: E402
import targets  # noqa: E402

FORMS = oracle.SOURCE / "templates/forms"
TOGETHER = 8  # shapes in one model
# But for where pointers may point, which takes a quarter of the time: the address sanitizer sees where they do when they are used.
SANITIZED = "clang -O0 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-sanitize=pointer-overflow".split()
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Werror".split()
PLAIN = "clang -O0".split()
ARM = "aarch64-linux-gnu-gcc -O1".split()
MARGIN = 1e-4  # of one and the value: sums of some hundred terms in single precision
TRIES = 16  # shapes made for one that is taken, at most


class Counts:
    """counts.txt: {form: (shapes, of a hundred, [option])}"""

    def __init__(self):
        self.path = HERE / "counts.txt"
        self.of = {}
        for line in self.path.read_text().splitlines() if self.path.exists() else []:
            if line and line[0] != "#":
                form, sets, share, *options = line.split()
                self.of[form] = (int(sets), int(share), options)


def taken(text, folder, form, options):
    """(names of what printed kernels of the form store, reasons why others are none)"""
    (folder / "m.sinter").write_text(text)
    done = oracle.run(oracle.REFERENCE, "explain", folder / "m.sinter", "--json", "--target=" + TARGET, *MORE, *options)
    stores, reasons = [], []
    for f in json.loads(done.stdout)["functions"]:
        for k in f["kernels"]:
            back = any(w["form"] == form for w in k["not"])
            stores += k["stores"] if k["form"] == form and not back else []
            reasons += [w["reason"] for w in k["not"]]
        reasons += [w["reason"] for w in f["plain"]]
    return stores, reasons


def chosen(head, wanted, seed, folder, options):
    """Shapes that become kernels of the form; (sets, how many were made, {reason: how often})"""
    sets, made, reasons = [], 0, {}
    while len(sets) < wanted and made < TRIES * wanted:
        one = program.Set(head, seed + made, str(len(sets) % TOGETHER))
        made += 1
        oracle.save(folder / "m.safetensors", program.weights_of([one]))
        stores, said = taken(program.text_of("m", [one]), folder, head.name, options)
        if stores:
            sets.append(one)
        for reason in set(said) if not stores else ():
            reasons[reason] = reasons.get(reason, 0) + 1
    return sets, made, reasons


class Model:
    """Some shapes in one text: written, compiled, run, compared."""

    def __init__(self, name, sets, folder, tiers, options):
        self.name, self.sets, self.folder, self.tiers, self.options = name, sets, folder, tiers, options
        self.data = program.inputs_of(sets)
        self.plain = name + "_plain"

    def write(self, name):
        (self.folder / f"{name}.sinter").write_text(program.text_of(name, self.sets))
        oracle.save(self.folder / f"{name}.safetensors", program.weights_of(self.sets))

    def emit(self, name, *options):
        oracle.run(oracle.SINTER, "emit", self.folder / f"{name}.sinter", "-d", self.folder / name, "--inline-weights", *options)
        return [self.folder / name / f"{name}{part}.c" for part in ("", "_weights") if (self.folder / name / f"{name}{part}.c").exists()]

    def evaluated(self):
        oracle.save(self.folder / f"{self.name}.in", {f"{k}/{n}": v for k, d in enumerate(self.data) for n, v in d.items()})
        return oracle.evaluate(self.folder / f"{self.name}.sinter", self.folder, self.folder / f"{self.name}.in", self.folder / f"{self.name}.want")

    def compile(self, compiler, source, out, *flags):
        oracle.run(*compiler, "-std=gnu11", "-ffp-contract=off", f"-I{HERE.parents[1] / 'differential'}", *flags, "-c", source, "-o", out, cwd=self.folder, seconds=oracle.COMPILES)
        return out

    def objects(self, compiler):
        """Objects of the model with its case: each set of kernels as the Makefile says, without a warning."""
        name = self.name
        files = self.emit(name, "--target=" + TARGET, *MORE, *self.options)
        made = targets.tiers(self.folder, name)
        ran = [t for t in made if t in self.tiers]
        out = [self.case_of(name, {t: f'{name}_use_kernels("{t}");' for t in ran}, files, compiler)]
        for tier in made:
            flags = targets.flags(self.folder, name, tier)
            out.append(self.compile(compiler, self.folder / name / f"{name}_kernels.c", f"{name}_{tier}.o", *flags, *WARNINGS))
        return out, [f"{name}_{t}" for t in ran]

    def case_of(self, name, uses, files, compiler):
        source = self.folder / f"{name}_case.c"
        source.write_text(case.case(name, self.sets, self.data, self.folder, uses, files))
        return self.compile(compiler, source, f"{name}_case.o", "-w")

    def look(self, compiler, runner=()):
        """Sentences about what is wrong."""
        self.write(self.name)
        self.write(self.plain)
        wanted = self.evaluated()
        objects, cases = self.objects(compiler)
        objects.append(self.case_of(self.plain, {"c": ""}, self.emit(self.plain, "--target=c"), PLAIN if compiler is SANITIZED else compiler))
        other = [self.plain + "_c"]
        (self.folder / "all.c").write_text(drive.all_of(cases + other))
        objects += [self.compile(compiler, self.folder / "all.c", "all.o"), self.compile(compiler, HERE.parents[1] / "differential/driver.c", "driver.o")]
        oracle.run(*compiler, *objects, "-o", "driver", "-lm", *(["-static"] if runner else []), cwd=self.folder, seconds=oracle.COMPILES)
        oracle.run(*runner, self.folder / "driver", "results", cwd=self.folder, seconds=oracle.COMPILES)
        results = drive.results(self.folder / "results")
        return [said for name in cases + other for said in self.compare(name, results.get(name), wanted)]

    def compare(self, name, result, wanted):
        if not result:
            return [f"{name} did not run"]
        statuses, given, differs = result
        if any(statuses):
            return [f"{name}: run() returns {max(statuses)}"]
        out = [f"{name}: {d}" for d in differs[:2]]
        for s in self.sets:
            for k in range(len(self.data)):
                said = distance(given.get((k, s.output)), wanted[f"{k}/{s.output}"])
                if said:
                    out.append(f"{name}: {s.output} (seed {s.seed}: {s.shape}; lengths {s.shape.ragged}) of sequence {k}: {said}")
                    break
        return out


def distance(have, want):
    want = want.astype(np.float64)
    if have is None or len(have) != want.size:
        return f"{len(have or ())} values, {want.shape} are wanted"
    have = np.array(have, dtype=np.float64).reshape(want.shape)
    with np.errstate(all="ignore"):
        bad = np.isfinite(want) & ~(np.abs(have - want) <= MARGIN * (1 + np.abs(want)))
    at = tuple(int(i) for i in np.argwhere(bad)[0]) if bad.any() else None
    return None if at is None else f"element {list(at)}: {have[at]}, the evaluator has {want[at]}; {int(bad.sum())} of {want.size} differ"


def one_form(head, wanted, seed, folder, pool, options):
    """(shapes that were compared, made, reasons, sentences about what is wrong)"""
    (folder / head.name).mkdir(parents=True)
    sets, made, reasons = chosen(head, wanted, seed, folder / head.name, options)

    def job(first):
        some = sets[first:first + TOGETHER]
        where = folder / head.name / str(first)
        where.mkdir()
        try:
            return Model(f"{head.name}{first}", some, where, TIERS, options).look(COMPILER, RUNNER)
        except oracle.Wrong as wrong:
            return [f"seeds {[s.seed for s in some]}: {wrong}"]
    return sets, made, reasons, pool.map(job, range(0, len(sets), TOGETHER))


def main():
    global TARGET, TIERS, COMPILER, RUNNER, MORE, WARNINGS
    parser = argparse.ArgumentParser()
    parser.add_argument("--form", action="append")
    parser.add_argument("--sets", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep")
    parser.add_argument("--any-warning", action="store_true", help="values alone decide")
    parser.add_argument("--target", choices=("x86", "neon"), default="x86")
    parser.add_argument("--folder", type=pathlib.Path, default=FORMS, help="forms of one's own: they are compared instead")
    args = parser.parse_args()
    TARGET, MORE = args.target, [] if args.folder == FORMS else [f"--forms={args.folder.resolve()}"]
    WARNINGS = ["-w"] if args.any_warning else WARNINGS
    all_tiers = ["zen4", "avx512", "avx2", "c"] if TARGET == "x86" else ["neon"]
    here = os.uname().machine == ("x86_64" if TARGET == "x86" else "aarch64")
    COMPILER, RUNNER = (SANITIZED, ()) if here else (ARM, ("qemu-aarch64",))
    if (TARGET == "x86" and not here) or any(not shutil.which(c) for c in (COMPILER[0], PLAIN[0], *RUNNER)):
        print("skipped: no compiler, or no machine or emulator, for " + TARGET)
        return 77
    TIERS = [t for t in all_tiers if t in ("c", "neon") or targets.runs_here(t)]
    counts, bad, begin, total = Counts(), 0, time.time(), 0
    heads = [h for h in program.heads_of(args.folder) if not args.form or h.name in args.form]
    with tempfile.TemporaryDirectory() as made_folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = pathlib.Path(args.keep or made_folder)
        jobs = []
        for h in heads:
            sets, share, options = counts.of.get(h.name, (24, 1, []))
            wanted = args.sets or (200 if os.environ.get("SINTER_LONG") else sets)
            jobs.append((h, sets, share, one_form(h, wanted, args.seed, folder, pool, options)))
        for h, wanted, share, (sets, made, reasons, wrong) in jobs:
            said = [sentence for some in wrong for sentence in some]
            of_hundred = 100 * len(sets) // max(made, 1)
            total += len(sets)
            if len(sets) < wanted and share and not args.sets:
                said.append(f"{len(sets)} shapes are compared, counts.txt wants {wanted}")
            if of_hundred < share:
                said.append(f"of a hundred that are made {of_hundred} become kernels, counts.txt wants {share}")
            print(f"{'FAIL' if said else 'good'} {h.name}: {len(sets)} shapes x {len(TIERS)} sets of kernels x 10 batches; {made} made")
            for sentence in said:
                print("    " + sentence)
            for reason, n in sorted(reasons.items(), key=lambda r: -r[1])[:6 if args.form else 0]:
                print(f"    {n} x not taken: {reason}")
            bad += bool(said)
            sys.stdout.flush()
    print(f"{total} shapes of {len(heads)} forms, {bad} forms wrong, {time.time() - begin:.0f} s\ncases: {total}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
