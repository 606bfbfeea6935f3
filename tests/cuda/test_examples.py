#!/usr/bin/env python3
"""Every example that has observed inputs, through kernels on a GPU that the processor plays: what the evaluator says, at lengths about the
sizes of all tiles, and the same bits in another batch and order of threads.

    test_examples.py [NAME ...]

NAME is a folder of systems/ or hf/. The sequences of a folder, and its longest one cut or repeated to each of LENGTHS (where the evaluator
takes that length, in little time), are one batch. Some are run once more alone. Every second folder is tried on one day, the others on the
next; with SINTER_LONG=1 all, all of them alone too, and there are more lengths."""
import datetime
import os
import pathlib
import signal
import sys
import tempfile
import time

import numpy as np

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / stage) for stage in ('', 'systems')]
import oracle  # noqa: E402
from test_systems import same_bits, within  # noqa: E402

LONG = bool(os.environ.get('SINTER_LONG'))
SIZES = (8, 16, 32, 64, 128) if LONG else (32,)  # of tiles, in positions
LENGTHS = sorted({0, 1, *(n for b in SIZES for n in (b - 1, b, b + 1, 2 * b - 1, 2 * b))})
SLOW = () if LONG else ('20-structformer', '21-rxt', '31-bild', '36-asdm-unet')  # theirs are 0 and 1, and those that were observed
SECONDS = 60 if LONG else 1  # of a processor: an evaluator that takes longer for one sequence gets no longer ones
TOO_LONG = (-signal.SIGXCPU, -signal.SIGKILL)


def of_today(folders):
    """Every second one; all on a real GPU."""
    return folders if LONG or os.environ.get('SINTER_GPU') else folders[datetime.date.today().toordinal() % 2::2]


def size(row):
    return sum(x.size for x in row.values())


def stretched(given, n):
    """The longest sequence with every axis whose length differs between sequences cut, or repeated, to n; None if there is no such axis."""
    all_ = oracle.sequences(given)
    longest = max(all_, key=size)
    made, any_ = {}, False
    for name, x in longest.items():
        for axis in range(x.ndim):
            if len({s[name].shape[axis] for s in all_ if name in s}) > 1:
                x, any_ = np.take(x, np.arange(n) % x.shape[axis], axis), True
        made[name] = x
    return made if any_ else None


def batch_of(text, model, given, folder):
    """Sequences and what the evaluator makes of them, by number; and the lengths that were made."""
    rows = oracle.sequences(given)
    exact = oracle.evaluate(text, model, model / 'in.safetensors', folder / 'exact')  # which has been held against what was observed
    lengths = []
    for n in LENGTHS[:2] if model.name in SLOW else LENGTHS:
        row = stretched(given, n)
        if row is None:
            break
        save([row], folder / 'row')
        command = [oracle.REFERENCE, 'eval', text, '--model-dir', model, '--in', folder / 'row', '--out', folder / 'exact']
        code = oracle.run('sh', '-c', f'ulimit -t {SECONDS}; exec "$@"', 'sh', *command, accept=(0, 1, *TOO_LONG), seconds=3600).returncode
        if code in TOO_LONG:
            break
        if code == 0:
            exact.update({f'{len(rows)}/{name[2:]}': x for name, x in oracle.load(folder / 'exact').items()})
            rows.append(row)
            lengths.append(n)
    return rows, exact, lengths


def save(rows, file):
    oracle.save(file, {f'{k}/{name}': x for k, row in enumerate(rows) for name, x in row.items()})
    return file


def run(program, rows, folder, *options, **surroundings):
    command = [program, '--device=cuda', '--in', save(rows, folder / 'in'), '--out', folder / 'out', *options]
    oracle.run('env', *(f'{k}={v}' for k, v in surroundings.items()), *command, seconds=7200)
    return oracle.load(folder / 'out')


def one(path):
    """A line about a folder, and whether all is well."""
    kind, name = path.parts[-2:]
    text = path if kind == 'hf' else oracle.SOURCE / f'examples/systems/{name}.sinter'
    begin = time.time()
    try:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            rows, exact, lengths = batch_of(text, path, oracle.load(path / 'in.safetensors'), folder)
            evaluated = time.time()
            program, _ = oracle.compile_c(text, path, folder / 'c')
            compiled = time.time()
            got = run(program, rows, folder)
            worst = within(name, 'c', got, exact)
            few = rows if LONG else sorted(rows, key=size)[:4]
            turned = run(program, few, folder, '--batch=1', EMU_REVERSE='1')
            where = [next(i for i, r in enumerate(rows) if r is row) for row in few]
            wanted = {f'{k}/{n.split("/", 1)[1]}': x for k, i in enumerate(where) for n, x in got.items() if n.startswith(f'{i}/')}
            if not same_bits(turned, wanted):
                raise oracle.Wrong('alone, with threads from the last to the first, a sequence has other bits than in a batch')
            return 'ok      %-9s %-34s %-8.2g lengths %s; evaluator %.1f s, compilers %.1f s, GPU %.1f s' % (
                kind, name, worst, ' '.join(map(str, lengths)) or 'one', evaluated - begin, compiled - evaluated, time.time() - compiled), True
    except oracle.Wrong as wrong:
        return 'FAILED  %s: %s' % (name, wrong), False


def main():
    oracle.TARGET = 'cuda'
    oracle.say_if_few()
    names = sys.argv[1:]
    texts = {p.stem for p in (oracle.SOURCE / 'examples/systems').glob('*.sinter')}
    folders = [p for kind in ('systems', 'hf') for p in sorted((oracle.CASES / kind).glob('*/')) if kind == 'hf' or p.name in texts]
    folders = [p for p in folders if p.name in names] if names else of_today(folders)
    failed = oracle.failures(one, folders)
    print('%d failed\ncases: %d' % (failed, len(folders)))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
