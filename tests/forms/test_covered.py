#!/usr/bin/env python3
"""Random equations and networks of blocks, covered: C of the kernels' equations against the evaluator.

    test_covered.py [--texts N] [--seed FIRST]

SINTER_LONG=1: 2,000 texts."""
import argparse
import os
import pathlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import random_texts
import running
from running import oracle

sys.path.insert(0, str(running.HERE.parent / 'differential'))
import files  # noqa: E402

LARGEST = 1e6  # beyond it single precision says little of sums that cancel


def differs(got, wanted):
    """A sentence; None where all outputs are near, measured by the largest value that the text computes there."""
    for name, want in wanted.items():
        have, want = got[name].astype(np.float64), want.astype(np.float64)
        fine = np.isfinite(want) & (np.abs(want) < LARGEST)
        size = np.abs(want[fine]).max(initial=0)
        if have.shape != want.shape:
            return f'{name}: shape {have.shape}, wanted {want.shape}'
        with np.errstate(all='ignore'):
            bad = fine & ~(np.abs(have - want) <= 1e-3 * (1 + size))
        if bad.any():
            at = tuple(np.argwhere(bad)[0])
            return f'{name}{[int(i) for i in at]}: {have[at]}, the evaluator has {want[at]}'
    return None


def failure(seed, folder):
    folder.mkdir()
    text = random_texts.make(seed)
    (folder / 'm.sinter').write_text(text)
    files.write_safetensors(folder / 'in.safetensors', random_texts.inputs(text, seed))
    try:
        wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want.safetensors')
        got = oracle.answer(running.compiled(folder), folder / 'in.safetensors', folder / 'got.safetensors')
        return differs(got, wanted)
    except oracle.Wrong as wrong:
        return str(wrong)[:2000]


def main():
    if not running.machine_can():
        print('skipped: this machine cannot run the target ' + running.TARGET)
        return 77
    parser = argparse.ArgumentParser()
    parser.add_argument('--texts', type=int, default=2000 if os.environ.get('SINTER_LONG') else 40)
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    seeds, bad = range(args.seed, args.seed + args.texts), 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        for seed, said in zip(seeds, pool.map(lambda s: failure(s, pathlib.Path(folder) / str(s)), seeds)):
            if said:
                bad += 1
                print(f'seed {seed}: {said}')
                sys.stdout.flush()
    print(f'{bad} texts are wrong\ncases: {args.texts}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
