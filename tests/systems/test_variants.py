#!/usr/bin/env python3
"""Model texts with other sizes and other values of options than the observed folders have, against small Python functions.

    test_variants.py [NAME ...]

Each function of reference/ first has to give the results of its folder from the folder's own data (1e-10). Then, for every variant of the
config, parameters and inputs are drawn, and evaluator and generated C have to agree with the function. C of the first variant of each
only, unless SINTER_LONG is set."""
import importlib
import json
import os
import pathlib
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import oracle  # noqa: E402
import tolerances  # noqa: E402
from reference import parts  # noqa: E402
from test_systems import FOLDERS, TEXTS, within  # noqa: E402


def numbered(sequences):
    return {f'{k}/{name}': np.asarray(x) for k, s in enumerate(sequences) for name, x in s.items()}


def reals(tensors):
    return {name: x.astype(np.float64) if x.dtype.kind == 'f' else x for name, x in tensors.items()}


def on_folder(name, system):
    """The function itself, on what was observed."""
    c = json.loads((FOLDERS / name / 'config.json').read_text())
    P = parts.Params(oracle.load(FOLDERS / name / 'model.safetensors'))
    given = oracle.sequences(oracle.load(FOLDERS / name / 'in.safetensors'))
    made = numbered([system.function(c, P, reals(s)) for s in given])
    worst = max(oracle.errors(made, oracle.load(FOLDERS / name / 'out.safetensors')).values())
    if worst > 1e-10:
        raise oracle.Wrong(f'the Python function differs from the folder by {worst:.3g}')
    return c


def make(name, system, c, number, folder):
    """A folder of a variant: config, parameters, inputs. Returns its outputs."""
    rng = np.random.default_rng(zlib.crc32(f'{name} {number}'.encode()))
    sequences = system.draw(c, rng)
    P = parts.Params({}, draw=True)
    order = sorted(range(len(sequences)), key=lambda k: -sum(np.size(x) for x in sequences[k].values()))
    made = {k: system.function(c, P, reals(sequences[k])) for k in order}  # the longest first: it names all parameters
    oracle.save(folder / 'in.safetensors', numbered(sequences))
    oracle.save(folder / 'model.safetensors', P.stored)
    (folder / 'config.json').write_text(json.dumps(c, indent=1))
    return numbered([made[k] for k in range(len(sequences))])


def variant(name, system, c, number, through_c):
    text = TEXTS / f'{name}.sinter'
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        wanted = make(name, system, c, number, folder)
        errors = [within(name, 'eval', oracle.evaluate(text, folder, folder / 'in.safetensors', folder / 'eval.out'), wanted)]
        if through_c:
            program, _ = oracle.compile_c(text, folder, folder / 'c')
            errors.append(within(name, 'c', oracle.answer(program, folder / 'in.safetensors', folder / 'c.out'), wanted))
        return errors


def one(name):
    system, lines, well = parts.SYSTEMS[name], [], True
    what = 'observed'
    try:
        config = on_folder(name, system)
        for number, change in enumerate(system.variants):
            what = json.dumps(change)
            errors = variant(name, system, {**config, **change}, number, number == 0 or os.environ.get('SINTER_LONG'))
            lines.append('ok      %-28s %s  %s' % (name, ' '.join('%-8.2g' % e for e in errors), what[:80]))
    except oracle.Wrong as wrong:
        well = False
        lines.append('FAILED  %s %s: %s' % (name, what, wrong))
    return '\n'.join(lines), well


def load_functions():
    for file in sorted((HERE / 'reference').glob('*.py')):
        importlib.import_module('reference.' + file.stem)


def main():
    load_functions()
    names = sys.argv[1:] or [n for n in sorted(parts.SYSTEMS) if (FOLDERS / n).is_dir() and (TEXTS / f'{n}.sinter').exists()]
    failed = 0
    with ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        for said, well in pool.map(one, names):
            print(said, flush=True)
            failed += not well
    print('%d systems, %d failed' % (len(names), failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
