#!/usr/bin/env python3
"""Breaks every barrier, wait, fence, mask, guard and bound of rendered kernels, one at a time: something says so, or the answer differs.

    test_mutants.py [--list] [MODEL ...]

Models are mutants/NAME.sinter. With a line `# kernels FORM ...` the kernels of these forms are broken, else all. What survives has a line in
mutants/survivors.txt with the reason why it computes the same; that may be 3 of 100, and a line there whose text no kernel has any more fails.
Some mutants of each model, each day others, and none of those with a line `# only by name`; with SINTER_LONG=1 all. --list prints what survives and has no line."""
import datetime
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
import mutate  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SECONDS, OFTEN, MOST = 30, 16, 0.03
ROUND = 256  # rows that a grid of one block takes at once
MODES = ({}, {'EMU_EAGER': '1', 'EMU_REVERSE': '1'}, {'EMU_GRID': '1'})


def weights_of(text, random):
    """Numbers for all weights: shapes are told by the lines `#weight NAME SHAPE` of a text."""
    made = {}
    for line in text.splitlines():
        if line.startswith('# weight '):
            name, *shape = line.split()[2:]
            made[name] = (random.normal(size=[int(n) for n in shape]) * 0.4).astype('f4')
    return made


def inputs_of(text, random):
    """Batches as files of tensors: lines `# input NAME SHAPE HIGHEST`, where a dim is a number or `t`; HIGHEST 0: real; and lines
    `# without NAME`: an input that need not be there. Those that are right, and those with an index out of range: the first one, the last, and one in the second round of a
    grid."""
    lines = [line.split() for line in text.splitlines() if line.startswith('# ')]
    lengths = [int(n) for n in next(line[2:] for line in lines if line[1] == 'lengths')]
    inputs = [(line[2], line[3:-1], int(line[-1])) for line in lines if line[1] == 'input']
    good, full, wrong = {}, {}, []
    forms = any(line[1] == 'kernels' for line in lines)  # none of them looks whether an index is out of range
    for name, shape, highest in inputs:
        for k, n in enumerate(lengths):
            size = [n if d == 't' else int(d) for d in shape]
            good[f'{k}/{name}'] = random.integers(0, highest, size) if highest else random.normal(size=size).astype('f4')
            full[f'{k}/{name}'] = np.full(size, highest - 1) if highest else np.ones(size, 'f4')
    right = [good, full]
    for line in lines:
        if line[1] == 'without':
            right.append({name: x for name, x in good.items() if name.split('/')[1] != line[2]})
    for name, shape, highest in inputs if not forms else ():
        second = next(k for k in range(len(lengths)) if sum(lengths[:k + 1]) > ROUND)
        for value, k, at in ((-1, 0, 0), (highest, len(lengths) - 1, -1), (-1, second, ROUND - sum(lengths[:second]))) if highest else ():
            bad = dict(good)
            bad[f'{k}/{name}'] = good[f'{k}/{name}'].copy()
            bad[f'{k}/{name}'][at] = value
            wrong.append(bad)
    return right, wrong


def leave_checks_to_the_gpu(folder, name):
    """The program and the host's part do not look whether an index is out of range."""
    for file, pattern, instead in ((f'{name}_main.c', r' \|\| value > most \|\| \(value < 0 && [^)]*\)', ''),
                                   (f'{name}_cuda.c', r'\n    for \(int64_t i = 0; [^\n]*\{\n        if [^\n]*\{\n[^\n]*_BAD_INDEX;\n        \}\n    \}', '')):
        text, n = re.subn(pattern, instead, (folder / file).read_text())
        if not n:
            raise oracle.Wrong(f'{file} checks indices in another way')
        (folder / file).write_text(text)


def of_forms(mutants, forms):
    """Those in kernels of these forms; in place of the kernel's name each has that of its form. All, where no form is named."""
    for m in mutants:
        form = m.kernel.split('_')[-1]
        yield m if not forms else m._replace(kernel=form) if form in forms else None


class Model:
    def __init__(self, path, folder):
        self.folder, text, random = folder, path.read_text(), np.random.default_rng(7)
        oracle.save(folder / 'w.safetensors', weights_of(text, random))
        self.right, self.wrong = ([self.save(tensors) for tensors in batches] for batches in inputs_of(text, random))
        options = [word for line in text.splitlines() if line.startswith('# options ') for word in line.split()[2:]]
        oracle.run(oracle.SINTER, 'emit', path, '--model-dir', folder, '--target=cuda', '--weights=f32', *options, '-d', folder / 'c')
        kernels = next((folder / 'c').glob('*.cu'))
        changed, mutants = mutate.mutate(kernels.read_text())
        kernels.write_text(changed)
        forms = [word for line in text.splitlines() if line.startswith('# kernels ') for word in line.split()[2:]]
        self.mutants = [m for m in of_forms(mutants, forms) if m]
        if not forms:
            leave_checks_to_the_gpu(kernels.parent, kernels.stem)
        self.program = oracle.emulate.build(oracle.run, oracle.CC, folder / 'c', kernels.stem, *oracle.emulate.UNDEFINED, '-w')
        self.wanted = [self.answer(0, *run) for run in self.runs()]
        for k, given in enumerate(self.right):
            code, bits = self.wanted[k if k == 0 else len(MODES) - 1 + k]
            self.out(0).write_bytes(bits)
            worst = oracle.errors(oracle.load(self.out(0)), oracle.evaluate(path, folder, given, folder / 'exact')) if code == 0 else {'': 1}
            if max(worst.values()) > 1e-4:
                raise oracle.Wrong('%s is wrong without a defect: %s' % (path.name, worst))
        if any(code != 1 for code, _ in self.wanted[len(self.wanted) - len(self.wrong):]):
            raise oracle.Wrong('%s: an index out of range is not found' % path.name)

    def save(self, tensors):
        file = self.folder / f'in{len(list(self.folder.glob("in*")))}.safetensors'
        oracle.save(file, tensors)
        return file

    def runs(self):
        return [(self.right[0], mode) for mode in MODES] + [(given, MODES[-1]) for given in self.right[1:] + self.wrong]

    def out(self, number):
        return self.folder / f'out{number}'

    def answer(self, number, given, mode):
        out = self.out(number)
        try:
            done = subprocess.run([self.program, '--device=cuda', '--batch=100', '--in', given, '--out', out], capture_output=True, timeout=SECONDS,
                                  env={**os.environ, **mode, 'EMU_MUTANT': str(number)})
        except subprocess.TimeoutExpired:
            return 'hangs', b''
        return done.returncode, out.read_bytes() if done.returncode == 0 else b''

    def survives(self, mutant):
        same = all(self.answer(mutant.number, *run) == wanted for run, wanted in zip(self.runs(), self.wanted))
        self.out(mutant.number).unlink(missing_ok=True)
        return same


def reasons():
    """Model, kernel and line of each survivor that is known, and why it survives."""
    known = {}
    for line in (HERE / 'mutants/survivors.txt').read_text().splitlines():
        if line and not line.startswith('#'):
            model, kernel, text, why = (part.strip() for part in line.split(' | '))
            known[model, kernel, text] = why
    return known


def one(path, pool, known, lists):
    """How many were tried and survive; whether all is well."""
    name = path.stem
    with tempfile.TemporaryDirectory() as folder:
        model = Model(path, pathlib.Path(folder))
        part = model.mutants
        if not os.environ.get('SINTER_LONG') and not lists:
            part = part[datetime.date.today().toordinal() % OFTEN::OFTEN]
        survive = [m for m, lives in zip(part, pool.map(model.survives, part)) if lives]
    new = [m for m in survive if (name, m.kernel, m.text) not in known]
    living = {(name, m.kernel, m.text) for m in (survive if len(part) == len(model.mutants) else model.mutants)}
    gone = [key for key in known if key[0] == name and key not in living]
    for m in new:
        print(' | '.join((name, m.kernel, m.text, '?')) if lists else 'FAILED  %s: nobody sees: %s in %s, line %d: %s' % (
            name, m.kind, m.kernel, m.line, m.text))
    for key in gone:
        print('FAILED  %s: is found or gone, and has a line in survivors.txt' % ' | '.join(key))
    print('%s: %d of %d mutants tried, %d survive with a reason' % (name, len(part), len(model.mutants), len(survive) - len(new)), flush=True)
    return len(part), len(survive), not new and not gone


def main():
    lists, known = '--list' in sys.argv, reasons()
    names = [word for word in sys.argv[1:] if word != '--list']
    paths = [p for p in sorted((HERE / 'mutants').glob('*.sinter')) if not names or p.stem in names]
    if not names:
        paths = [p for p in paths if '\n# only by name' not in p.read_text()]
    tried = survive = 0
    well = True
    with ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        for path in paths:
            n, lives, good = one(path, pool, known, lists)
            tried, survive, well = tried + n, survive + lives, well and good
    if (os.environ.get('SINTER_LONG') or lists) and survive > MOST * tried:
        print('FAILED  %d of %d survive, %g of 100 may' % (survive, tried, 100 * MOST))
        well = False
    print('cases: %d' % tried)
    return not well


if __name__ == '__main__':
    sys.exit(main())
