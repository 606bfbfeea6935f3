#!/usr/bin/env python3
"""Each value of an option that a folder's README names, against the equations of that README in numpy.

    test_options.py [--seed N] [NAME ...]

equations/NAME.py is the system, written from the README alone:
    CONFIG                   a small config
    OPTIONS                  what to change in it, a dict each; {} is tried too
    inputs(c, draw)          the sequences; draw is a random generator
    outputs(c, w, x)         what comes out for one sequence; w makes the weights (formulas.Weights)
A key whose value is None is left out of the config. Where the folder of that name is there, the equations have to give its results from
its own data first. The text examples/systems/NAME.sinter has to say the same as they do, through the evaluator and through C, at every
option. Another seed makes other weights and inputs; a code, a rank or a token may then hang on the last digit of single precision."""
import argparse
import importlib.util
import json
import pathlib
import sys
import tempfile
import time
import zlib

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import formulas  # noqa: E402
import oracle  # noqa: E402
from test_systems import FOLDERS, TEXTS, same_bits, within  # noqa: E402

ON_FOLDER = 1e-10  # numpy against whoever made the folder, both in double precision
EQUATIONS = pathlib.Path(__file__).resolve().parent / 'equations'


def read(name):
    spec = importlib.util.spec_from_file_location('equations_' + name.replace('-', '_'), EQUATIONS / f'{name}.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbers(x):
    return {n: v.astype(np.float64) if v.dtype.kind == 'f' else v for n, v in x.items()}


def on_folder(name):
    """The equations on what was observed."""
    system, folder = read(name), FOLDERS / name
    config, made = json.loads((folder / 'config.json').read_text(encoding='utf-8')), {}
    weights = formulas.Weights(0, oracle.load(folder / 'model.safetensors'))
    for k, x in enumerate(oracle.sequences(oracle.load(folder / 'in.safetensors'))):
        made.update({f'{k}/{n}': np.asarray(v) for n, v in system.outputs(config, weights, numbers(x)).items()})
    worst = max(oracle.errors(made, oracle.load(folder / 'out.safetensors')).values())
    if worst > ON_FOLDER:
        raise oracle.Wrong('the equations differ from the folder by %.3g' % worst)
    return 'ok      %-28s %-24.2g on its folder' % (name, worst), True


def make(system, change, seed, folder):
    """Writes a model directory and its inputs; returns the outputs wanted."""
    config = {k: v for k, v in {**system.CONFIG, **change}.items() if v is not None}
    weights, given, wanted = formulas.Weights(seed), {}, {}
    for k, x in enumerate(system.inputs(config, np.random.default_rng(seed))):
        given.update({f'{k}/{n}': v for n, v in x.items()})
        wanted.update({f'{k}/{n}': np.asarray(v) for n, v in system.outputs(config, weights, numbers(x)).items()})
    (folder / 'config.json').write_text(json.dumps(config), encoding='utf-8')
    oracle.save(folder / 'model.safetensors', weights.made)
    oracle.save(folder / 'in.safetensors', given)
    return wanted


def one(task):
    name, change, seed = task
    said = 'on its folder' if change is None else ', '.join('%s = %s' % (k, json.dumps(v)) for k, v in change.items()) or 'as it is'
    try:
        if change is None:
            return on_folder(name)
        with tempfile.TemporaryDirectory() as folder:
            folder, text = pathlib.Path(folder), TEXTS / f'{name}.sinter'
            wanted = make(read(name), change, zlib.crc32(name.encode()) + seed, folder)
            exact = within(name, 'eval', oracle.evaluate(text, folder, folder / 'in.safetensors', folder / 'eval.out'), wanted)
            program = oracle.compile_fast(text, folder, folder / 'c')
            batched = oracle.answer(program, folder / 'in.safetensors', folder / 'c.out')
            single = within(name, 'c', batched, wanted)
            if not same_bits(batched, oracle.answer(program, folder / 'in.safetensors', folder / 'c.out', '--batch=1')):
                raise oracle.Wrong('one by one the program gives other bits than in a batch')
            return 'ok      %-28s eval %-8.2g C %-8.2g %s' % (name, exact, single, said), True
    except Exception as wrong:  # whatever it is, the other options are tried too
        return 'FAILED  %s, %s: %s: %s' % (name, said, type(wrong).__name__, wrong), False


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--seed', type=int, default=0)
    arguments.add_argument('names', nargs='*')
    asked = arguments.parse_args()
    names = asked.names or sorted(p.stem for p in EQUATIONS.glob('*.py'))
    tasks = [(name, change, asked.seed) for name in names for change in [None] * (FOLDERS / name).is_dir() + [{}] + read(name).OPTIONS]
    begin = time.time()
    oracle.say_if_few()
    failed = oracle.failures(one, tasks)
    print('%d systems, %d failed, %.0f s\ncases: %d' % (len(names), failed, time.time() - begin, len(tasks)))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
