#!/usr/bin/env python3
"""Every system and every model with observed inputs: the normal form gives what the text gives, both by the evaluator.

    test_texts.py [NAME ...]

A few stand for all; SINTER_LONG=1: all."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import oracle  # noqa: E402
import tolerances  # noqa: E402

FEW = ("01-bytetransformer 04-primer 09b-hnet-mamba 17-paraformer-cif 28b-reformer 36-asdm-unet albert bert bloom deberta-v2 gemma2 llama "
       "longformer mamba mixtral mpnet swin t5 whisper xlnet").split()


def command(case):
    text = oracle.SOURCE / "examples/systems" / f"{case.name}.sinter"
    return [str(text), "--model-dir", str(case)] if text.exists() else [str(case)]


def evaluated(case, out, *options):
    done = subprocess.run([oracle.SINTER, "eval", *command(case), f"--in={case / 'in.safetensors'}", f"--out={out}", *options],
                          capture_output=True, text=True, timeout=600)
    return "" if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr[:2000]}"


def differs(want, have):
    if want.shape != have.shape:
        return f"shape {have.shape}, {want.shape} is wanted"
    if want.dtype.kind != "f":
        return "" if np.array_equal(want, have) else "other integers"
    fine = np.isfinite(want)
    error = np.max(np.abs(np.where(fine, want - have, 0)), initial=0) / max(1e-6, np.max(np.abs(np.where(fine, want, 0)), initial=0))
    return "" if error <= tolerances.EVAL else f"error {error:.3g}"


def check(case, folder):
    plain, normal = (os.path.join(folder, f"{case.name}.{kind}") for kind in ("plain", "normal"))
    start = time.time()
    said = evaluated(case, plain) or evaluated(case, normal, "--normal")
    if not said:
        want, have = oracle.load(plain), oracle.load(normal)
        said = "; ".join(f"{name}: {wrong}" for name in want for wrong in [differs(want[name], have[name])] if wrong)
    return case.name, said, time.time() - start


def main():
    cases = [d for kind in ("systems", "hf") for d in sorted((oracle.CASES / kind).glob("*")) if (d / "in.safetensors").exists()]
    names = sys.argv[1:] or ([] if os.environ.get("SINTER_LONG") else FEW)
    cases = [c for c in cases if not names or c.name in names]
    if not cases:
        print("skipped: the observed cases are not here")
        return 77
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda case: check(case, folder), cases))
    for name, said, seconds in results:
        if said or len(sys.argv) > 1 or seconds > 10:
            print(f"{name}: {said or 'fine'} ({seconds:.1f} s)")
    print(f"{sum(bool(said) for _, said, _ in results)} texts differ\ncases: {len(results)}")
    return any(said for _, said, _ in results)


if __name__ == "__main__":
    sys.exit(main())
