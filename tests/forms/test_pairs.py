#!/usr/bin/env python3
"""Products that go in pairs (runtime/simd/tile_pairs.h): the set of kernels zen4 of target x86.

    test_pairs.py [PART ...]     explain, sets, numbers; zen4: what that set gives alone

One program has products of every kind and of sizes around those of pairs, panels and tiles; rows and columns are odd in some way. What it
gives has to be within K roundings of the lengths of its row and column of what the evaluator gives, the same bits for every batch, order and
number of threads, and where nothing goes in pairs the same bits as with avx512. Which products do is told by explain."""
import json
import pathlib
import re
import shutil
import sys
import tempfile

import numpy as np

import running

oracle = running.oracle
bad = checks = 0
LONGEST = 8  # times as long as columns: what is longer is multiplied as it stands
ROUNDING = 2.0 ** -24


def check(what, holds, shown=''):
    global bad, checks
    bad, checks = bad + (not holds), checks + 1
    print(f'{"ok" if holds else "FAIL":5} {what}' + (f': {shown}' if str(shown) and not holds else ''), flush=True)


# ---- the program ----------------------------------------------------------------------------------------------------------------------

class Product:
    """A product x[t,k] w[n,k] (of heads x[t,h,k] w[h,n,k]): `times` is the size of its weights, `pairs` whether explain says that it may go in
    pairs, `goes` whether it does: mates are those of one x, of which no other may be much longer. Of deep ones there are fewer rows, s."""

    def __init__(self, name, k, n, x=None, heads=0, times=1.0, pairs=True, goes=None, odd=None):
        self.name, self.k, self.n, self.x, self.heads, self.times, self.odd = name, k, n, x or 'x' + name, heads, times, odd
        self.pairs, self.goes = pairs, pairs if goes is None else goes
        self.head, self.rows = (f'h{heads},' if heads else ''), ('s' if k > 1000 else 't')

    def shape(self):
        return ([self.heads] if self.heads else []) + [self.n, self.k]

    def given(self):
        return f'{self.x}[{self.rows},{self.head}k{self.k}]'

    def result(self):
        return f'y{self.name}[{self.rows},{self.head}n{self.n}]'

    def sum(self):
        return f'(sum[k{self.k}] {self.given()} * "w{self.name}"[{self.head}n{self.n},k{self.k}])'


def sized(k, n):
    return Product(f'{k}_{n}', k, n, pairs=n >= 48 and 48 <= k <= 4096)


ALONE = [sized(*sizes) for sizes in ((47, 48), (48, 47), (48, 48), (49, 49), (50, 96), (95, 48), (96, 97), (97, 50), (144, 50), (384, 48),
                                     (1536, 48), (1537, 49), (4096, 48), (4097, 48))]
ODD = [Product('outlier', 96, 48, goes=False, odd='outlier'), Product('endless', 96, 49, goes=False, odd='inf'),
       Product('none', 96, 50, goes=False, odd='nan'), Product('zero', 96, 51, goes=False, odd='zero'), Product('small', 96, 52, odd='small')]
HEADS = [Product('heads', 50, 49, heads=3)]
APART = [Product('tiny', 96, 48, x='xapart', times=1e-3, goes=False), Product('one', 96, 50, x='xapart', goes=False),
         Product('huge', 96, 48, x='xapart', times=1e3)]
NEAR = [Product('third', 98, 48, x='xnear', times=0.3), Product('whole', 98, 48, x='xnear'), Product('longer', 98, 53, x='xnear', times=2.0),
        Product('bad', 98, 48, x='xnear', odd='outlier', goes=False)]
GATE = [Product('gate', 99, 49), Product('gated', 99, 49, x='xgate', times=3.0)]
GATE_APART = [Product('high', 100, 49), Product('low', 100, 49, x='xhigh', times=0.01, goes=False)]
LAYER = [Product('layer', 101, 70)]
ALL = [*ALONE, *ODD, *HEADS, *APART, *NEAR, *GATE, *GATE_APART, *LAYER]


def text():
    dims = sorted({f'k{p.k} = {p.k}' for p in ALL} | {f'n{p.n} = {p.n}' for p in ALL} | {f'h{p.heads} = {p.heads}' for p in ALL if p.heads})
    out = ['model m', 'ragged t <= 4096, s <= 4096', 'weights "model.safetensors"', 'dim ' + ', '.join(dims)]
    out += [*{p.x: f'input {p.given()}: real' for p in ALL}.values(), 'input residual[t,n70]: real']
    out += [f'output {p.result()} = {p.sum()}' for p in [*ALONE, *ODD, *HEADS, *APART, *NEAR]]
    out += [f'output y{a.name}[t,n{a.n}] = {a.sum()} * {b.sum()}' for a, b in (GATE, GATE_APART)]
    out += [f'output ylayer[t,n70] = residual[t,n70] + 0.5 * {LAYER[0].sum()} + "bias"[n70]']
    return '\n'.join(out) + '\n'


def stored():
    random = np.random.default_rng(11)
    weights = {'bias': random.normal(size=70).astype(np.float32)}
    for p in ALL:
        w = (random.normal(size=p.shape()) * p.times).astype(np.float32)
        if p.odd == 'outlier':
            w[5] *= np.float32(1e4)
        elif p.odd == 'small':
            w[5:9] *= np.array([[1e-4], [0], [7], [0.1]], np.float32)
        elif p.odd == 'zero':
            w[:] = 0
        elif p.odd:
            w[7, 40] = float(p.odd)
        weights['w' + p.name] = w
    return weights


HUGE = np.float32(1e30)
ROWS = [0, HUGE, 1 / HUGE, 1e-42, np.inf, -np.inf, np.nan, 1e12, 1e-12, 1e5, 3e-5]  # times what it is; or there is one such number in it
PLAIN_ROWS = 7  # the first ones cannot be made as long as columns


def odd_rows(x):
    for row, value in enumerate(ROWS):
        if np.isfinite(value):
            x[row] *= np.float32(value)
        else:
            x[row, ..., x.shape[-1] // 2] = value
    x[len(ROWS)] = 0
    x[len(ROWS), ..., 1] = -3
    return x


LENGTHS = [0, 1, 7, 8, 9, 300, 16]
DEEP = [9, 0, 8, 7, 1, 24, 16]


def given():
    random = np.random.default_rng(12)
    tensors = {}
    for s, length in enumerate(LENGTHS):
        for p in ALL:
            x = random.normal(size=(length if p.rows == 't' else DEEP[s], *([p.heads] if p.heads else []), p.k)).astype(np.float32)
            tensors.setdefault(f'{s}/{p.x}', odd_rows(x) if len(x) > len(ROWS) else x)
        tensors[f'{s}/residual'] = random.normal(size=(length, 70)).astype(np.float32)
    return tensors


# ---- what is near -----------------------------------------------------------------------------------------------------------------------

def lengths_of(w):
    return np.sqrt((w.astype(np.float64) ** 2).sum(-1))


def length(w):
    return float(np.mean(lengths_of(w)))


def product(p, x, w):
    """The sums, and how far they may be off. Every sum on the way is at most |x| |w| + (|x|^2 + |w|^2) / 2 where x is as long as columns are,
    L, or half so long: in the row's own size that is |x| (|w| + L / 2 + |w|^2 / L), and each of K steps rounds it once. What does not go in
    pairs is within K roundings of |x| |w|."""
    wide, columns = w.astype(np.float64), lengths_of(w)
    most = columns
    if p.goes:
        mates = [length(WEIGHTS['w' + q.name]) for q in ALL if q.x == p.x and q.odd != 'outlier']
        most = columns + max(mates) / 2 + columns ** 2 / max(mates)
    x = x.astype(np.float64)
    sums = np.einsum('thk,hnk->thn', x, wide) if p.heads else x @ wide.T
    return sums, lengths_of(x)[..., None] * most * (p.k * ROUNDING) + p.k * 2.0 ** -149


def allowed(name, s, want):
    p = next(p for p in ALL if p.name == name)
    sums, off = product(p, GIVEN[f'{s}/{p.x}'], WEIGHTS['w' + name])
    own = np.abs(want) * 2 * ROUNDING  # that of what is printed, and of the evaluator
    for a, b in (GATE, GATE_APART):
        if p is a:
            other, far = product(b, GIVEN[f'{s}/{b.x}'], WEIGHTS['w' + b.name])
            return np.abs(sums) * far + np.abs(other) * off + off * far + own
    if p is LAYER[0]:
        return 0.5 * off + own + 3 * ROUNDING * (np.abs(GIVEN[f'{s}/residual']) + 0.5 * np.abs(sums) + np.abs(WEIGHTS['bias']))
    return off + own


def near(got, wanted):
    """Outputs that are too far off, how far in what they may be."""
    wrong = {}
    for name, want in wanted.items():
        s, output = name.split('/y')
        with np.errstate(over='ignore'):
            want = want.astype(np.float32).astype(np.float64)  # a gate of two huge numbers has none that a float can be
        have = got[name].astype(np.float64)
        finite = np.isfinite(want)
        if not np.array_equal(finite, np.isfinite(have)) or not np.array_equal(have[~finite], want[~finite], equal_nan=True):
            wrong[name] = 'no number'
            continue
        with np.errstate(invalid='ignore', over='ignore'):
            off = np.where(finite, np.abs(have - want) / allowed(output, int(s), want), 0)
        if off.size and not off.max() <= 1:
            wrong[name] = float(off.max())
    return wrong


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[k].view(np.uint32), b[k].view(np.uint32)) or np.array_equal(a[k], b[k], equal_nan=True)
                                        for k in b)


# ---- tests ------------------------------------------------------------------------------------------------------------------------------

def answers(program, folder, *options, name='in'):
    out = folder / 'out.safetensors'
    oracle.run(program, f'--in={folder / name}.safetensors', f'--out={out}', *options)
    return oracle.load(out)


def test_numbers(folder, program):
    wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want.safetensors')
    options = oracle.kernel_options(program)
    found = {o[0].split('=')[1]: answers(program, folder, *o) for o in options}
    for kernels, got in found.items():
        wrong = near(got, wanted)
        check(f'{kernels}: {len(wanted)} outputs within K roundings, and a number where the evaluator has one', not wrong, wrong)
    if 'zen4' not in found:
        print('skipped: this machine has no AVX-512 with VNNI')
        return
    got, plain, kernels = found['zen4'], found['avx512'], '--kernels=zen4'
    for p in [*ALONE, *ODD, *HEADS, *APART, *NEAR, *LAYER, *GATE, *GATE_APART]:
        names = [n for n in got if n.endswith('/y' + p.name)]
        longest = max(names, key=lambda n: len(got[n]), default=None)
        if not longest:  # the second one of a gate
            continue
        if p.goes:
            alike = np.array([np.array_equal(a, b, equal_nan=True) for a, b in zip(got[longest], plain[longest])])
            check(f'{p.name}: rows that cannot be made as long as columns are multiplied as they stand', alike[:PLAIN_ROWS].all(), alike[:PLAIN_ROWS])
            check(f'{p.name}: the others go in pairs', alike[PLAIN_ROWS + 5:].mean() < 0.1, alike)
        else:
            check(f'{p.name}: as it stands', same({n: got[n] for n in names}, {n: plain[n] for n in names}))
    for more in (['--batch=1'], ['--batch=2', '--threads=2'], ['--threads=1'], ['--threads=2'], ['--threads=3']):
        check(f'the same bits, {" ".join(more)}', same(answers(program, folder, kernels, *more), got))
    last = len(LENGTHS) - 1
    oracle.save(folder / 'turned.safetensors', {f'{last - int(s)}/{name}': GIVEN[f'{s}/{name}'] for s, name in (n.split('/') for n in GIVEN)})
    turned = answers(program, folder, kernels, name='turned')
    check('the same bits, in another order', same({f'{last - int(s)}/{name}': x for (s, name), x in ((n.split('/'), x) for n, x in turned.items())}, got))
    for alone in range(len(LENGTHS)):
        oracle.save(folder / 'alone.safetensors', {'0/' + n.split('/')[1]: x for n, x in GIVEN.items() if n.startswith(f'{alone}/')})
        one = answers(program, folder, kernels, name='alone')
        check(f'the same bits, {LENGTHS[alone]} rows alone', same(one, {'0/' + n.split('/')[1]: x for n, x in got.items() if n.startswith(f'{alone}/')}))


def test_zen4(folder, program):
    wanted = oracle.evaluate(folder / 'm.sinter', folder, folder / 'in.safetensors', folder / 'want.safetensors')
    wrong = near(answers(program, folder), wanted)
    check(f'zen4: {len(wanted)} outputs within K roundings', not wrong, wrong)


def explained(folder, *options, name='m'):
    told = json.loads(oracle.run(oracle.SINTER, 'explain', folder / f'{name}.sinter', '--json', *options).stdout)
    return [(p['holes']['$w'].split('"')[1], k, p) for f in told['functions'] for k in f['kernels'] if k['form'] == 'gemm' for p in k['parts']]


def test_explain(folder):
    found = explained(folder, '--target=x86')
    check('explain names each product', sorted(w for w, _, _ in found) == sorted('w' + p.name for p in ALL), [w for w, _, _ in found])
    for p in ALL:
        said = [part['pairs'] for w, _, part in found if w == 'w' + p.name]
        check(f'explain: {p.name} {"may go" if p.pairs else "does not go"} in pairs', said == [p.pairs], said)
    for group in (APART, NEAR, GATE, GATE_APART):
        kernels = {id(k) for w, k, _ in found if w[1:] in [p.name for p in group]}
        check(f'{", ".join(p.name for p in group)} are mates', len(kernels) == 1, len(kernels))
    check('gates are gates', sorted(w for w, k, _ in found if k['gated']) == sorted('w' + p.name for p in GATE + GATE_APART))
    shown = oracle.run(oracle.SINTER, 'explain', folder / 'm.sinter', '--target=x86').stdout.decode()
    check('explain in words', shown.count(', in pairs where additions have ports of their own') == sum(p.pairs for p in ALL), shown[:2000])


def sets(folder):
    return sorted(re.findall(r'(?m)^m_kernels_(\w+)\.o:', (folder / 'Makefile').read_text()))


def test_sets(folder):
    """Which sets of kernels there are, and what they are made of."""
    three, four = ['avx2', 'avx512', 'c'], ['avx2', 'avx512', 'c', 'zen4']
    few = folder / 'few'
    few.mkdir()
    (few / 'm.sinter').write_text('model m\nweights "model.safetensors"\nragged t <= 4096\ndim k = 47, n = 48\ninput x[t,k]: real\n'
                                  'output y[t,n] = sum[k] x[t,k] * "w"[n,k]\n')
    oracle.save(few / 'model.safetensors', {'w': np.ones((48, 47), np.float32)})
    for what, where, options, wanted in (
            ('a model with such products', folder, ['--target=x86'], four), ('that set alone', folder, ['--target=zen4'], ['zen4']),
            ('another set', folder, ['--target=avx512'], ['avx512']), ('halves', folder, ['--target=x86', '--weights=bf16'], three),
            ('bytes', folder, ['--target=x86', '--weights=int8'], three), ('no kernels', folder, ['--target=x86', '--no-forms'], three),
            ('a model without such a product', few, ['--target=x86'], three)):
        to = folder / 'emitted'
        shutil.rmtree(to, ignore_errors=True)
        oracle.run(oracle.SINTER, 'emit', where / 'm.sinter', '-d', to, *options)
        source = (to / 'm.c').read_text() + ''.join(p.read_text() for p in to.glob('m_*.[ch]'))
        check(f'{what}: {", ".join(wanted)}', sets(to) == wanted, sets(to))
        check(f'{what}: {"pairs" if "zen4" in wanted else "no pairs"} in the code', ('tile_pairs(' in source) == ('zen4' in wanted))
        check(f'{what}: {"named" if "zen4" in wanted else "not named"} in it', ('zen4' in source) == ('zen4' in wanted))
        if where == folder and '--no-forms' not in options:
            check(f'{what}: so says explain', any(p['pairs'] for _, _, p in explained(folder, *options)) == ('zen4' in wanted))


def main():
    global WEIGHTS, GIVEN
    oracle.TARGET = 'x86'
    if not running.machine_can() or running.TARGET == 'neon':
        print('skipped: this machine cannot run the target x86')
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        WEIGHTS, GIVEN = stored(), given()
        (folder / 'm.sinter').write_text(text())
        oracle.save(folder / 'model.safetensors', WEIGHTS)
        oracle.save(folder / 'in.safetensors', GIVEN)
        parts = sys.argv[1:] or ['explain', 'sets', 'numbers']
        if 'explain' in parts:
            test_explain(folder)
        if 'sets' in parts:
            test_sets(folder)
        for part, target, test in (('numbers', 'x86', test_numbers), ('zen4', 'zen4', test_zen4)):
            if part in parts:
                oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / part, '--target=' + target)
                test(folder, oracle.make(folder / part, 'm', '-O1', '-w'))
    print(f'{bad} wrong\ncases: {checks}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
