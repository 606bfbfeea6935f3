#!/usr/bin/env python3
"""What nobody has written before takes the kernels of what everybody writes.

    test_invented.py [--seed N | --seed FIRST..LAST ...] [--explain] [--show]

From a seed five norms, five activations and five attention scores are made up (inventor.py), none of which a template or an example
contains. A layer of an encoder with one of them in the place of its own has the same kernels in the same order; with --explain that is all
that is looked at. Else it also computes what the evaluator does, in one set of kernels, with SINTER_LONG in each that runs here."""
import argparse
import json
import os
import pathlib
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import running
from inventor import Inventor, Piece
from running import oracle

TARGET = 'x86' if os.uname().machine in ('x86_64', 'AMD64') else 'neon'
ALONE = ('avx512', 'avx2') if TARGET == 'x86' else ('neon',)  # each piece for one of them, and all for x86 with SINTER_LONG
LENGTHS = ((9,), (0,), (1,), (33,))
LAYER = """dim d = 40, h = 4, e = 10, f = 72
ragged t
in x[t,d]
par Q[h,e,d] K[h,e,d] V[h,e,d] O[d,h,e] U[f,d] W[d,f] g[d] b[d] bf[f] slope[h]
q[t,h,e] = sum[d] Q[h,e,d] * x[t,d]
k[t,h,e] = sum[d] K[h,e,d] * x[t,d]
v[t,h,e] = sum[d] V[h,e,d] * x[t,d]
dot[h,t,t'] = sum[e] q[t,h,e] * k[t',h,e]
a[h,t,t'] = softmax[t'] ({score})
c[t,h,e] = sum[t'] a[h,t,t'] * v[t',h,e]
y[t,d] = x[t,d] + 0.2 * sum[h,e] O[d,h,e] * c[t,h,e]
{norm}
u[t,f] = bf[f] + sum[d] U[f,d] * n[t,d]
m[t,f] = {activation}
z[t,d] = n[t,d] + sum[f] W[d,f] * m[t,f]
{next}
"""
NORM = Piece(0, 'norm', """mu[t] = mean[d] X
(X - mu[t]) / sqrt((mean[d] (X - mu[t]) ^ 2) + 0.01) * G + B""")


def normed(norm, x, to, suffix=''):
    lines, value = norm.norm(x, 'g[d]', 'b[d]')
    return re.sub(r'\b(mu|s)\b', r'\1' + suffix, '\n'.join([*lines, f'{to} = {value}']))


def norms(norm):
    """In both places."""
    return {'norm': normed(norm, 'y[t,d]', 'n[t,d]'), 'next': normed(norm, 'z[t,d]', 'output o[t,d]', '_o')}


OWN = {'score': "dot[h,t,t'] / sqrt(10)", **norms(NORM), 'activation': 'u[t,f] / 2 * (1 + erf(u[t,f] / sqrt(2)))'}


def layer(piece=None):
    """The text of a layer with a piece in it."""
    parts = dict(OWN)
    if piece and piece.kind == 'norm':
        parts.update(norms(piece))
    elif piece:
        parts[piece.kind] = piece.with_words(z='u[t,f]') if piece.kind == 'activation' else piece.with_words(DOT="dot[h,t,t']", SLOPE='slope[h]')
    return LAYER.format(**parts)


def kernels(folder):
    done = oracle.run(oracle.SINTER, 'explain', folder / 'm.sinter', '--json', '--target=' + TARGET)
    functions = json.loads(done.stdout)['functions']
    return [(k['form'], len(k['stores'])) for f in functions for k in f['kernels'] if not any(w['form'] == k['form'] for w in k['not'])]


def values(folder, target=TARGET):
    """What is wrong with them, where this machine can run the target."""
    given, wrong = folder / 'in.safetensors', []
    exact = oracle.evaluate(folder / 'm.sinter', folder, given, folder / 'want.safetensors')
    oracle.run(oracle.SINTER, 'emit', folder / 'm.sinter', '-d', folder / 'c', '--target=' + target)
    made = oracle.make(folder / 'c', 'm', '-O1', '-w', cc=oracle.QUICK)
    runs_here = oracle.run(made, '--version', accept=(0, 1)).returncode == 0
    for option in oracle.kernel_options(made) or [[]] * runs_here:
        said = running.differs(oracle.answer(made, given, folder / 'got.safetensors', *option), exact)
        wrong += [f'{option}: {said}'] if said else []
    return wrong


def look(piece, wanted, folder, explain, target):
    running.Text(layer(piece)).write(folder, LENGTHS, scale=.2)
    found = kernels(folder)
    return [f'kernels {found}, wanted {wanted}'] if found != wanted else [] if explain else values(folder, target)


def seeds_of(text):
    first, _, last = text.partition('..')
    return range(int(first), int(last or first) + 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=seeds_of, action='append', metavar='N, FIRST..LAST')
    parser.add_argument('--explain', action='store_true', help='which kernels, and no more')
    parser.add_argument('--show', action='store_true', help='the pieces as well')
    args = parser.parse_args()
    seeds = [n for some in args.seed for n in some] if args.seed else range(1, 21) if os.environ.get('SINTER_LONG') else [1]
    pieces = [piece for seed in seeds for piece in Inventor(seed).pieces()]
    oracle.TARGET, bad = TARGET, 0
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        folder = pathlib.Path(name)
        running.Text(layer()).write(folder / 'own', LENGTHS)
        wanted = kernels(folder / 'own')

        def job(i):
            try:
                return look(pieces[i], wanted, folder / str(i), args.explain, TARGET if os.environ.get('SINTER_LONG') else ALONE[i % len(ALONE)])
            except oracle.Wrong as error:
                return [str(error)[:3000]]
        for piece, wrong in zip(pieces, pool.map(job, range(len(pieces)))):
            bad += bool(wrong)
            if wrong or args.show:
                print(f'{"FAIL" if wrong else "ok"} seed {piece.seed}: {piece.kind} {piece}')
            for sentence in wrong:
                print('      ' + sentence)
            sys.stdout.flush()
    print(f'{len(pieces)} inventions, {len(wanted)} kernels: {", ".join(f for f, _ in wanted)}; {bad} wrong\ncases: {len(pieces)}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
