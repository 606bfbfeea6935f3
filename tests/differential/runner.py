"""Programs through the evaluator and through generated C; what is wrong with which."""
import os
import re
import subprocess

import drive
import files
import targets

HERE = os.path.dirname(os.path.abspath(__file__))
SINTER = os.environ.get("SINTER", os.path.join(HERE, "..", "..", "build", "bin", "sinter"))
REFERENCE = os.environ.get("SINTER_REFERENCE") or SINTER  # the same, without sanitizers if there is one
SANITIZED = ["clang", "-std=c11", "-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-w"]
OPTIMIZED = ["gcc", "-std=c11", "-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
PLAIN = ["-ffp-contract=off", "-w"]
EVERYWHERE = {  # compilers, their optimisation, and C without libm: the same bits from all of them
    "gcc -O0": ["gcc", "-std=c11", "-O0", *PLAIN], "gcc -O2": ["gcc", "-std=c11", "-O2", *PLAIN],
    "gcc -O3": ["gcc", "-std=c11", "-O3", *PLAIN], "clang -O2": ["clang", "-std=c11", "-O2", *PLAIN],
    "gcc -O2, freestanding": ["gcc", "-std=c11", "-O2", *PLAIN],
}
LIMIT = 60  # seconds for one process


class Failure:
    """kind: what went wrong, so that a shrunk program fails alike."""

    def __init__(self, name, kind, message):
        self.name, self.kind, self.message = name, kind, message.strip()


def quiet(command, **options):
    """(exit code, what it said)"""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LIMIT, **options)
        return done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        return -1, f"no end after {LIMIT} s"


def essence(said):
    """An error without the names in it."""
    found = re.search(r"error: (.*)", said)
    return re.sub("['\u2018].*?['\u2019]+", "..", found.group(1)) if found else ""


def compiled(made, folder, sinter, emitter=None, options=(), target=None):
    """The evaluator's results and the C of one program; or a Failure."""
    program, _, shapes = made
    base = os.path.join(folder, program.name)
    files.write(program, shapes, folder)
    for kind, command in (("eval", [sinter, "eval", base + ".sinter", f"--in={base}.in.safetensors", f"--out={base}.out.safetensors"]),
                          ("emit", [emitter or sinter, "emit", base + ".sinter", "-d", base, "--inline-weights", *options,
                            *([f"--target={target}"] if target else [])])):
        code, said = quiet(command)
        if code:
            return Failure(program.name, f"{kind}: {essence(said)}" if code == 1 else f"{kind} crashes", said)
    try:
        case = drive.program(program, folder, target)
    except ValueError as unread:
        return Failure(program.name, "header", str(unread))
    with open(base + "_case.c", "w") as f:
        f.write(case)
    return None


def objects(names, folder, compiler, target=None):
    """One object a program, of fast targets one more; Failures where it does not compile."""
    out = []
    for name in names:
        code, said = quiet([*compiler, "-I.", f"-I{HERE}", "-c", f"{name}_case.c"], cwd=folder)
        if code == 0 and target:
            source, flags = f"{name}/{name}_kernels.c", targets.flags(folder, name, targets.TIERS[target])
            code, said = quiet([*compiler, *flags, "-c", source, "-o", f"{name}_kernels.o"], cwd=folder)
        if code:
            out.append(Failure(name, "C compiler: " + essence(said), "\n".join(said.splitlines()[:6])))
    return out


def driver(folder, compiler):
    """The driver's own object, once a compiler."""
    name = f"driver_{compiler[0]}.o"
    if not os.path.exists(os.path.join(folder, name)):
        code, said = quiet([*compiler, "-c", os.path.join(HERE, "driver.c"), "-o", name], cwd=folder)
        assert code == 0, said
    return name


def run(names, folder, compiler, target=None):
    """[Failure] of programs that stop, and their results."""
    if not names:
        return [], {}
    with open(os.path.join(folder, "all.c"), "w") as f:
        f.write(drive.all_of(names))
    parts = ["case", "kernels"] if target else ["case"]
    code, said = quiet([*compiler, f"-I{HERE}", "all.c", driver(folder, compiler), *[f"{n}_{part}.o" for n in names for part in parts], "-o", "driver", "-lm"], cwd=folder)
    assert code == 0, said
    stopped, results, at = [], {}, 0
    while at < len(names):
        path = os.path.join(folder, f"results{at}")
        code, said = quiet([os.path.join(folder, "driver"), path, str(at)], cwd=folder)
        found = drive.results(path)
        results.update(found)
        if code == 0:
            break
        last = list(found)[-1]
        stopped.append(Failure(last, "stops: " + reason(said), said[:3000]))
        at = names.index(last) + 1
    return stopped, results


def reason(said):
    for word in ("runtime error:", "AddressSanitizer:"):
        if word in said:
            return " ".join(said.split(word)[1].split()[:3])
    return "signal or time"


def differences(made, folder, result):
    """What one program's C gave, against the evaluator; a Failure or None."""
    program, values, _ = made
    statuses, given, differs = result
    if any(statuses):
        return Failure(program.name, "status", f"run() returns {max(statuses)}")
    if differs:
        return Failure(program.name, "batch", "\n".join(differs[:4]))
    wanted = files.read_safetensors(os.path.join(folder, f"{program.name}.out.safetensors"))
    for (sequence, name), have in given.items():
        shape, want = wanted[f"{sequence}/{name}"]
        if len(have) != len(want):
            return Failure(program.name, "shape", f"output {name} of sequence {sequence}: {len(have)} values, {shape} are wanted")
        allowed = values[name].error
        for i, (a, b) in enumerate(zip(have, want)):
            if not (int(a) == b if values[name].grain == 1 and a.lstrip("-").isdigit() else abs(float(a) - b) <= allowed + 1e-12 or float(a) == b):
                return Failure(program.name, "value", f"output {name} of sequence {sequence}, element {i} of {shape}: {a}, the evaluator has {b!r}, "
                                                      f"{allowed:.2g} apart are allowed")
    return None


def check(mades, folder, compiler, emitter=None, target=None):
    """All of a folder of programs [(program, values, shapes)]: [Failure], at most one a program. emitter: the compiler that writes C, else
    one with sanitizers if the C has them; target: a fast one."""
    os.makedirs(folder, exist_ok=True)
    sinter = SINTER if compiler is SANITIZED else REFERENCE
    failures = [f for f in (compiled(m, folder, sinter, emitter, target=target) for m in mades) if f]
    fine = [m for m in mades if m[0].name not in {f.name for f in failures}]
    failures += objects([m[0].name for m in fine], folder, compiler, target)
    fine = [m for m in fine if m[0].name not in {f.name for f in failures}]
    stopped, results = run([m[0].name for m in fine], folder, compiler, target)
    failures += stopped
    bad = {f.name for f in failures}
    failures += [f for f in (differences(m, folder, results[m[0].name]) for m in fine if m[0].name not in bad) if f]
    return failures


def everywhere(mades, folder):
    """[Failure] of programs that give other bits with another compiler."""
    failures, first, written = [], None, {}
    for name, compiler in EVERYWHERE.items():
        options = ["--freestanding"] if "freestanding" in name else []
        where = os.path.join(folder, *options or ["hosted"])
        if where not in written:
            os.makedirs(where)
            unwritten = [f for f in (compiled(m, where, REFERENCE, options=options) for m in mades) if f]
            failures += unwritten
            written[where] = [m[0].name for m in mades if m[0].name not in {f.name for f in unwritten}]
        wrong = objects(written[where], where, compiler)
        stopped, results = run([n for n in written[where] if n not in {f.name for f in wrong}], where, compiler)
        failures += wrong + stopped
        first = first or results
        for program in results:
            if program in first and results[program][1] != first[program][1]:
                failures.append(Failure(program, f"bits of {name}", "other bits than gcc -O0 gives"))
    return failures
