"""Fast targets: their kernels are a file of their own, compiled with the flags that the compiler's Makefile gives."""
import os
import re

TIERS = {"zen4": "zen4", "avx512": "avx512", "avx2": "avx2", "neon": "neon", "x86": "c"}  # target: the set of kernels that is run; of x86 the one that nothing else has
AVX512 = ["avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"]
NEEDS = {"zen4": AVX512, "avx512": AVX512, "avx2": ["avx2", "fma"], "x86": ["sse2"], "neon": ["asimd"]}


def runs_here(target):
    """Does this machine have what the target needs?"""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            has = set(re.search(r"(?m)^(?:flags|Features)\s*:(.*)", f.read()).group(1).split())
    except (OSError, AttributeError):
        return False
    return has.issuperset(NEEDS[target])


def tiers(folder, name):
    """The sets of kernels that its Makefile compiles."""
    with open(os.path.join(folder, name, "Makefile"), encoding="utf-8") as f:
        return re.findall(rf"(?m)^{name}_kernels_(\w+)\.o:", f.read())


def flags(folder, name, tier):
    """What the Makefile compiles these kernels with."""
    with open(os.path.join(folder, name, "Makefile"), encoding="utf-8") as f:
        return re.search(rf"{name}_kernels_{tier}\.o:.*\n\t\$\(CC\) -std=c99 \$\(CFLAGS\) (.*?) -c ", f.read()).group(1).split()


def source(folder, name, target):
    """C in front of a case: of x86 the functions for other machines are not there, and those for all are chosen."""
    if target != "x86":
        return ""
    with open(os.path.join(folder, name, f"{name}.c"), encoding="utf-8") as f:
        others = re.findall(rf"(?m)^((\w+) {name}_\w+_(?:zen4|avx512|avx2)\((.*)\));$", f.read())
    out = ""
    for head, kind, takes in others:
        words = [re.search(r"\w+$", x).group() for x in takes.split(",")]
        unused = ", ".join(f"(void){word}" for word in words)
        gives = "" if kind == "void" else f"    return ({kind})1;\n"
        out += f"{head}\n{{\n    {unused};\n{gives}}}\n"
    return out
