#!/usr/bin/env python3
"""Each planted defect of the C back end (defects.py) is found by the random programs.

    test_planted.py [--all] [WORD ...]     those of today, all of them, or those whose description has a word

One file of the compiler is changed and compiled, and linked with the library that is built already. A program is run where the C it
becomes is not what the sound compiler writes; the defect is found when one of them fails. SINTER_LONG=1: all of them."""
import datetime
import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "differential")]
import generate  # noqa: E402
import runner  # noqa: E402
from defects import DEFECTS  # noqa: E402

SOURCE = os.environ.get("SINTER_SOURCE", os.path.join(HERE, "..", ".."))
BUILD = os.environ.get("SINTER_BUILD", os.path.join(SOURCE, "build"))
MOST, BATCH, TODAY = 2000, 8, 7  # programs looked at; run at a time; defects on one day


def cache(name):
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as f:
        found = re.search(rf"^{name}:\w+=(.*)$", f.read(), re.M)
    return found.group(1) if found else ""


def compile_with(defect, folder):
    """The compiler with one defect."""
    what, name, old, new = defect
    path = os.path.join(SOURCE, "codegen", name)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        raise SystemExit(f"{what}: codegen/{name} has this {text.count(old)} times, not once:\n{old}")
    changed = os.path.join(folder, os.path.basename(name))
    with open(changed, "w", encoding="utf-8") as f:
        f.write(f'#line 1 "{path}"\n' + text.replace(old, new))
    sanitize = [f"-fsanitize={cache('SINTER_SANITIZE')}"] if cache("SINTER_SANITIZE") else []
    includes = [f"-I{os.path.join(SOURCE, d)}" for d in ("compiler", "codegen", ".", os.path.dirname(path))] + [f"-I{os.path.join(BUILD, 'grammar')}"]
    made, object_file = os.path.join(folder, "sinter"), changed[:-2] + ".o"
    subprocess.run([cache("CMAKE_C_COMPILER") or "cc", "-std=c11", "-D_GNU_SOURCE", "-w", *sanitize, *includes, "-c", changed, "-o", object_file], check=True)
    with open(os.path.join(BUILD, "CMakeFiles", "sinter.dir", "link.txt"), encoding="utf-8") as f:
        link = f.read().split()  # as the compiler itself was linked; what comes before the library is taken instead of its own
    link[link.index("-o") + 1] = made
    subprocess.run([*link[:link.index("-o")], object_file, *link[link.index("-o"):]], check=True, cwd=BUILD)
    return made


def emit(sinter, made, folder):
    """The C of one program, or what the compiler said when it wrote none."""
    program, _, shapes = made
    runner.files.write(program, shapes, folder)
    base = os.path.join(folder, program.name)
    code, said = runner.quiet([sinter, "emit", base + ".sinter", "-d", base, "--inline-weights"])
    return code, said


def differs(sinter, made, folder):
    """Does the compiler with the defect write something else for this program?"""
    name = made[0].name
    sound, other = os.path.join(folder, "sound"), os.path.join(folder, "other")
    for where, which in ((sound, runner.SINTER), (other, sinter)):
        os.makedirs(where, exist_ok=True)
        if emit(which, made, where)[0]:
            return where == other
    return not filecmp.cmp(os.path.join(sound, name, f"{name}.c"), os.path.join(other, name, f"{name}.c"), shallow=False)


def find(defect):
    """(what, how it was found or None, programs looked at)"""
    with tempfile.TemporaryDirectory() as folder:
        sinter = compile_with(defect, folder)
        waiting = []
        for seed in range(1, MOST + 1):
            made = generate.make(seed, f"p{seed}")
            if differs(sinter, made, folder):
                waiting.append(made)
            if len(waiting) == BATCH or (waiting and seed == MOST):
                failures = runner.check(waiting, os.path.join(folder, "run"), runner.SANITIZED, emitter=sinter)
                shutil.rmtree(os.path.join(folder, "run"))
                if failures:
                    return defect[0], f"program {failures[0].name[1:]}: {failures[0].kind}", seed
                waiting = []
    return defect[0], None, MOST


def chosen():
    words = [w for w in sys.argv[1:] if w != "--all"]
    if words:
        return [d for d in DEFECTS if any(w in d[0] for w in words)]
    if "--all" in sys.argv or os.environ.get("SINTER_LONG"):
        return DEFECTS
    day = datetime.date.today().toordinal()
    return [DEFECTS[(day * TODAY + k) % len(DEFECTS)] for k in range(TODAY)]


def main():
    if not shutil.which("clang") or not os.path.exists(os.path.join(BUILD, "libsinter_core.a")):
        print("skipped: planting defects needs clang and the built library")
        return 77
    defects = chosen()
    found = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for what, how, seen in pool.map(find, defects):
            print(f"{what}\n    {how or 'NOT FOUND'} ({seen} programs looked at)", flush=True)
            found += how is not None
    print(f"{found} of {len(defects)} defects are found; {len(DEFECTS)} there are\ncases: {len(defects)}")
    return 0 if found == len(defects) else 1


if __name__ == "__main__":
    sys.exit(main())
