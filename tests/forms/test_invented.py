#!/usr/bin/env python3
"""What nobody has written before takes the kernels of what everybody writes.

    test_invented.py [--seed N ...] [--show]

From a seed five norms, five activations and five attention scores are made up, none of which a template or an example contains. A layer of
an encoder with one of them in the place of its own has the same kernels in the same order, and computes what the evaluator does, in each
set of kernels that runs here."""
import argparse
import json
import os
import pathlib
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import running
from running import oracle

TARGET = 'x86' if os.uname().machine in ('x86_64', 'AMD64') else 'neon'
EACH = 5
LENGTHS = ((9,), (0,), (1,), (33,))
LAYER = """dim d = 40, h = 4, e = 10, f = 72
ragged t
in x[t,d]
par Q[h,e,d] K[h,e,d] V[h,e,d] O[d,h,e] U[f,d] W[d,f] g[d] b[d] bf[f] slope[h]
q[t,h,e] = sum[d] Q[h,e,d] * x[t,d]
k[t,h,e] = sum[d] K[h,e,d] * x[t,d]
v[t,h,e] = sum[d] V[h,e,d] * x[t,d]
dot[h,t,t'] = sum[e] q[t,h,e] * k[t',h,e]
a[h,t,t'] = softmax[t'] SCORE
c[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]
y[t,d] = x[t,d] + 0.2 * sum[h,e] O[d,h,e] * c[t,h,e]
NORM
u[t,f] = bf[f] + sum[d] U[f,d] * n[t,d]
m[t,f] = ACTIVATION
output o[t,d] = n[t,d] + sum[f] W[d,f] * m[t,f]
"""
OWN = {'SCORE': "dot[h,t,t'] / sqrt(10)", 'NORM': """mu[t] = mean[d] y[t,d]
n[t,d] = (y[t,d] - mu[t]) / sqrt((mean[d'] (y[t,d'] - mu[t]) ^ 2) + 0.01) * g[d] + b[d]""", 'ACTIVATION': 'u[t,f] / 2 * (1 + erf(u[t,f] / sqrt(2)))'}
CURVES = ('tanh(Z)', 'erf(Z)', 'sin(Z)', 'Z / (1 + abs(Z))', 'Z / sqrt(1 + Z * Z)', 'exp(-abs(Z))', '1 / (1 + exp(-Z))', 'log(1 + Z * Z)', 'exp(-Z * Z)')


class Inventor:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    def number(self, low=.2, high=1.5):
        return round(self.rng.uniform(low, high), 3)

    def curve(self, z):
        return '(' + self.rng.choice(CURVES).replace('Z', f'({self.number()} * {z})') + ')'

    def activation(self):
        z, rng = 'u[t,f]', self.rng
        return rng.choice(('{z} * {a}', '{n} * {a} + {m} * {z} * {b}', 'max({a}, {n} * {z}) * {m}', '{a} - {n} * {b}', '({z} + {a}) * {b} / (1 + {b} * {b})')).format(
            z=z, n=self.number(), m=self.number(), a=self.curve(z), b=self.curve(z))

    def norm(self):
        rng, curve = self.rng, self.curve
        centre = rng.choice(('mu[t] = mean[d] y[t,d]', 'mu[t] = mean[d] {a}', 'mu[t] = (sum[d] g[d] * y[t,d]) / 40')).format(a=curve('y[t,d]'))
        away = f'(y[t,d] - {self.number()} * mu[t])'
        spread = rng.choice(('mean[d] abs({z})', 'mean[d] {z} ^ 2', 'mean[d] {z} ^ 2 * {z} ^ 2', 'mean[d] log(1 + {z} ^ 2)', 'max[d] abs({z})')).format(z=away)
        size = rng.choice(('sqrt(0.1 + s[t])', '(0.3 + s[t])', '(0.2 + s[t]) ^ 0.75', 'sqrt(0.1 + s[t] + {a})')).format(a='abs(mu[t])')
        out = rng.choice(('{z} / {s} * g[d] + b[d]', '{c} * g[d] + b[d]', '{z} / {s} * g[d] + 0.1 * {c} + b[d]')).format(z=away, s=size, c=curve(f'({away} / {size})'))
        return f'{centre}\ns[t] = {spread}\nn[t,d] = {out}'

    def score(self):
        rng, dot = self.rng, f"({self.number(.1, .4)} * dot[h,t,t'])"
        far = "abs(t - t')"
        return rng.choice(('{n} * {c} + {d}', '{d} - {n} * log(1 + {f})', '{d} + slope[h] * {k}', '{m} * {c} - 0.05 * {f}', '{d} / (1 + {n} * {f})', '{d} + {n} * cos({m} * {f})')).format(
            d=dot, c=self.curve(dot), n=self.number(), m=self.number(), f=far, k=self.curve(f'(0.1 * {far})'))

    def pieces(self):
        return [(kind, getattr(self, kind.lower())()) for kind in OWN for _ in range(EACH)]


def layer(kind=None, piece=None):
    text = LAYER
    for word, own in OWN.items():
        text = text.replace(word, '(' + (piece if word == kind else own) + ')' if word == 'SCORE' else piece if word == kind else own)
    return text


def kernels(folder):
    done = oracle.run(oracle.SINTER, 'explain', folder / 'm.sinter', '--json', '--target=' + TARGET)
    functions = json.loads(done.stdout)['functions']
    return [(k['form'], len(k['stores'])) for f in functions for k in f['kernels'] if not any(w['form'] == k['form'] for w in k['not'])]


def look(kind, piece, wanted, folder):
    running.Text(layer(kind, piece)).write(folder, LENGTHS, scale=.2)
    found = kernels(folder)
    if found != wanted:
        return [f'kernels {found}, wanted {wanted}']
    given, wrong = folder / 'in.safetensors', []
    exact = oracle.evaluate(folder / 'm.sinter', folder, given, folder / 'want.safetensors')
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / 'c', '--target=' + TARGET)
    made = oracle.make(folder / 'c', 'm', '-O1', '-w')
    for option in oracle.kernel_options(made):
        said = running.differs(oracle.answer(made, given, folder / 'got.safetensors', *option), exact)
        wrong += [f'{option}: {said}'] if said else []
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, action='append')
    parser.add_argument('--show', action='store_true', help='the pieces as well')
    args = parser.parse_args()
    seeds = args.seed or (range(1, 21) if os.environ.get('SINTER_LONG') else [1])
    pieces = [(seed, *piece) for seed in seeds for piece in Inventor(seed).pieces()]
    oracle.TARGET, bad = TARGET, 0
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        folder = pathlib.Path(name)
        running.Text(layer()).write(folder / 'own', LENGTHS)
        wanted = kernels(folder / 'own')

        def job(i):
            try:
                return look(*pieces[i][1:], wanted, folder / str(i))
            except oracle.Wrong as error:
                return [str(error)[:3000]]
        for (seed, kind, piece), wrong in zip(pieces, pool.map(job, range(len(pieces)))):
            bad += bool(wrong)
            if wrong or args.show:
                print(f'{"FAIL" if wrong else "ok"} seed {seed}: {kind.lower()} {piece}')
            for sentence in wrong:
                print('      ' + sentence)
            sys.stdout.flush()
    print(f'{len(pieces)} inventions, {len(wanted)} kernels: {", ".join(f for f, _ in wanted)}; {bad} wrong\ncases: {len(pieces)}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
