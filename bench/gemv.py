#!/usr/bin/env python3
"""Products of few rows, bound by memory: twelve layers of 768 x 3072 and back, 226 MB of weights, one to three rows.

    gemv.py [--target TARGET] [--sinter FILE]

Prints what share of the bandwidth, probed in turn with it, a run reaches on one thread and on two (gemv.c)."""
import argparse
import array
import json
import os
import pathlib
import random
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LAYERS, D, F = 12, 768, 3072
TEXT = f"""model m
weights "m.safetensors"
dim d = {D}, f = {F}
ragged t
input x[t,d]: real
for l in 0..{LAYERS} under "{{l}}" {{
  m[t,f] = max(sum[d] "up"[f,d] * x[t,d], 0)
  x[t,d] = x[t,d] + sum[f] "down"[d,f] * m[t,f]
}}
output y = x
"""


def weights(path):
    some = array.array("f", (random.Random(1).gauss(0, 0.02) for _ in range(4096))).tobytes()
    header, at, size = {}, 0, D * F * 4
    for layer in range(LAYERS):
        for name, shape in (("up", [F, D]), ("down", [D, F])):
            header[f"{layer}.{name}"] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
            at += size
    text = json.dumps(header).encode()
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _ in range(at // len(some)):
            out.write(some)
    return at // 4


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="avx512")
    parser.add_argument("--sinter", default=os.environ.get("SINTER", "build/bin/sinter"))
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "m.sinter").write_text(TEXT)
        count = weights(folder / "m.safetensors")
        subprocess.run([o.sinter, "emit", folder / "m.sinter", "-d", folder, "--target=" + o.target], check=True)
        subprocess.run(["make", "-s", "-C", folder, "-j2", "m"], check=True)
        objects = sorted(p for p in folder.glob("*.o") if p.name != "m_main.o")
        subprocess.run(["gcc", "-std=c99", "-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-I", folder, HERE / "gemv.c", *objects, "-o", folder / "gemv", "-pthread", "-lm"],
                       check=True)
        subprocess.run([folder / "gemv", str(count)], check=True)


if __name__ == "__main__":
    main()
