#!/usr/bin/env python3
"""Kernels of templates/forms/cuda on a GPU that the processor plays: they are taken, say what the evaluator says at lengths about the
sizes of their tiles, and give the same bits in any batch, on any grid and in any order of threads."""
import pathlib
import re
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
import played  # noqa: E402

oracle.TARGET = 'cuda'
# Some dims are called as the texts of forms call something of their own.
ENCODER = """model encoder
dim d = 20, tile = 72, h = 2, keys = 10, v = 11, c = 9
ragged t <= 200
weights "w.safetensors"
input tok[t]: v
x[t,d] = "emb"[tok[t], d] * cos(t * (d + 1)) + sum[c] "mix"[d,c] * "wide"[tok[t], c]
for l in 0..1 under "layer.{l}" {
  q[t,h,keys] = linear[d->h,keys]("q", x)
  k[t,h,keys] = linear[d->h,keys]("k", x)
  u[t,h,keys] = linear[d->h,keys]("u", x)
  a[h,t,t'] = softmax[t'] sum[keys] q[t,h,keys] * k[t',h,keys] / sqrt(len(keys))
  y[t,h,keys] = sum[t'] a[h,t,t'] * u[t',h,keys]
  z[t,d] = x[t,d] + linear[h,keys->d]("o", y)
  x = layernorm("norm", z, 1e-5)
  r[t,h,keys] = linear[d->h,keys]("r", x)
  near[h,t,t'] = softmax[t' where t' > t - 9 and t' <= t] ((sum[keys] r[t,h,keys] * r[t',h,keys]) - log(1 + abs(t - t')))
  g[t,h,keys] = sum[t' where t' > t - 9 and t' <= t] near[h,t,t'] * r[t',h,keys]
  x = x + linear[h,keys->d]("p", g)
  x = x + linear[tile->d]("down", silu(linear[d->tile]("gate", x)) * linear[d->tile]("up", x))
}
output hidden[t,d] = x[t,d]
output mean1[d] = mean[t] x[t,d]
"""
SHAPES = {'emb': (11, 20), 'mix': (20, 9), 'wide': (11, 9), **{'layer.0.' + name: shape for name, shape in (
    ('q.weight', (20, 20)), ('q.bias', (20,)), ('k.weight', (20, 20)), ('k.bias', (20,)), ('u.weight', (20, 20)), ('u.bias', (20,)),
    ('r.weight', (20, 20)), ('r.bias', (20,)), ('p.weight', (20, 20)), ('p.bias', (20,)),
    ('o.weight', (20, 20)), ('o.bias', (20,)), ('norm.weight', (20,)), ('norm.bias', (20,)), ('gate.weight', (72, 20)), ('gate.bias', (72,)),
    ('up.weight', (72, 20)), ('up.bias', (72,)), ('down.weight', (20, 72)), ('down.bias', (20,)))},
    'shift': (40,), 'kernel': (40, 4), 'ask': (3, 20), 'to_gate': (3, 24, 20), 'to_up': (3, 24, 20), 'to_down': (3, 20, 24)}
RUNNING = """model running
dim d = 300, h = 2, m = 9, e = 33
ragged t <= 200
weights "w.safetensors"
input x[t,d]: real
input q[t,h,m]: real
input k[t,h,m]: real
input v[t,h,e]: real
s[t,d] = sum[t' where t' <= t] x[t',d]
output mean_so_far[t,d] = s[t,d] / (t + 1)
along t { f[t,h,e] = tanh(v[t,h,e] + 0.5 * (f[t-1,h,e] ?? 0)) }
output forgetful[t,h,e] = f[t,h,e]
output linear[t,h,e] = sum[m] q[t,h,m] * (sum[t' where t' <= t] k[t',h,m] * v[t',h,e])
"""
SLIDING = """model sliding
dim d = 40, k = 4, h = 3, e = 20
ragged t <= 600
weights "w.safetensors"
input x[t,d]: real
input key[t,h,e]: real
input value[t,h,e]: real
output before[t,d] = silu("shift"[d] + sum[k] "kernel"[d,k] * (x[t + k - 3,d] ?? 0))
a[h,t] = softmax[t] sum[e] "ask"[h,e] * key[t,h,e] / sqrt(len(e))
output answer[h,e] = sum[t] a[h,t] * value[t,h,e]
"""
EXPERTS = """model experts
dim d = 20, f = 24, x = 3, c = 12
ragged t <= 3000
weights "w.safetensors"
input a[t,d]: real
input of[t]: x
wants[t,x] = of[t] == x or a[t,0] > x - 1.5
g[t,x,f] = silu(sum[d] "to_gate"[x,f,d] * a[t,d]) * sum[d] "to_up"[x,f,d] * a[t,d]
y[t,x,d] = sum[f] "to_down"[x,d,f] * g[t,x,f]
output mixed[t,d] = sum[x where wants[t,x]] y[t,x,d]
m[d,c] = sum[t] a[t,d] * cos(c * t)
output both[t,c] = sum[d] a[t,d] * m[d,c]
"""
MADE = """model made
ragged t <= 200
input x[t]: real
ragged s = t where x[t] > 0, n = len(t) div 2 + 1
output kept[s] = x[s] + 1
output many[n] = n
output near[t,t'] = x[t] + x[t']
output apart[s,n] = x[s] * n
"""
SORTED = """model sorted
dim c = 50
ragged t <= 600
input x[t]: real
input k[t]: c
output place[t] = rank[t] x[t]
output ties[t] = rank[t] floor(3 * x[t])
output before[t] = sum[t' where x[t'] < x[t]] x[t']
output some[t] = count[t' where x[t'] <= x[t] and k[t'] > 20]
output equal[t] = count[t' where k[t'] * k[t'] * 7 - 1 == k[t] * k[t] * 7 - 1 and t' < t]
output other[t] = sum[t' where k[t'] * k[t'] * 7 - 1 == k[t] * 7 - 1 and k[t'] > 0] k[t']
"""
LENGTHS = [0, 1, 31, 32, 33, 64, 65, 63]  # tiles of attention have 32 rows, those of gemm 64


class Forms(played.Played):
    def setUp(self):
        super().setUp()
        random = np.random.default_rng(3)
        oracle.save(self.folder / 'w.safetensors', {k: (random.normal(size=s) / max(1, s[-1]) ** 0.5).astype('f4') for k, s in SHAPES.items()})
        self.random = random

    def compare(self, model, batches, inputs, kernels):
        """batches: lengths of sequences; inputs: by name the shape of one position, and below which number; 0: reals."""
        text = self.folder / 'm.sinter'
        text.write_text(model)
        said = oracle.run(oracle.SINTER, 'explain', text, '--target=cuda').stdout.decode()
        taken = re.findall(r'^  (?:kernels|       ) +(\w+(?:, \w+)?)$', said, re.M)
        self.assertEqual(taken, kernels)
        program, _ = oracle.compile_c(text, self.folder, self.folder / 'cuda')
        for lengths in batches:
            oracle.save(self.folder / 'in', {f'{k}/{name}': self.random.integers(0, below, [n, *shape]) if below
                                             else (self.random.normal(size=[n, *shape]) * 0.5).astype('f4')
                                             for name, (shape, below) in inputs.items() for k, n in enumerate(lengths)})
            wanted = oracle.evaluate(text, self.folder, self.folder / 'in', self.folder / 'wanted')
            whole = self.answers(program, EMU_PROCESSORS='2')
            for output, error in oracle.errors(oracle.load(self.folder / 'out'), wanted).items():
                self.assertLess(error, 2e-5, output)
            self.assertEqual(whole, self.answers(program, *['--batch=1'] * (len(lengths) < 100)))
            self.assertEqual(whole, self.answers(program, '--batch=3' if len(lengths) < 100 else '--batch=256', EMU_REVERSE='1'))

    def test_encoder(self):
        self.compare(ENCODER, [LENGTHS], {'tok': ((), 11)},
                     ['gemm, merged', 'attention', 'gemm', 'rowwise, merged', 'gemm', 'attention', 'gemm', 'gemm, gated', 'gemm', 'gemm',
                      'map', 'segment'])

    def test_running(self):
        self.compare(RUNNING, [[0, 1, 63, 64, 65, 127, 128]],
                     {'x': ((300,), 0), 'q': ((2, 9), 0), 'k': ((2, 9), 0), 'v': ((2, 33), 0)}, ['recur', 'map', 'linear', 'scan'])

    def test_sliding(self):
        shapes = {'x': ((40,), 0), 'key': ((3, 20), 0), 'value': ((3, 20), 0)}
        self.compare(SLIDING, [[0, 1, 31, 32, 33, 255, 256, 257, 511, 512], [0, 1, 3, 4, 5, 7, 8]], shapes, ['pool', 'conv'])

    def test_experts(self):
        shapes = {'a': ((20,), 0), 'of': ((), 3)}
        kernels = ['moe, gated', 'moe', 'rowwise', 'segment', 'product']
        self.compare(EXPERTS, [[0, 1, 63, 64, 65, 127, 128], [2040, 7, 1, 1]], shapes, kernels)

    def test_made(self):
        """Dims that data make: elements of a parent 32 at once, offsets of 256 sequences at once."""
        batches = [[0, 1, 31, 32, 33, 63, 64], *(self.random.integers(0, 3, n).tolist() for n in (255, 256, 257, 512, 513))]
        self.compare(MADE, batches, {'x': ((), 0)}, [])

    def test_sorted(self):
        """A block sorts a sequence: runs of powers of two, and more entries than it has threads."""
        self.compare(SORTED, [[0, 1, 2, 3, 31, 32, 33, 64, 65, 255, 256, 257, 511, 513]], {'x': ((), 0), 'k': ((), 50)}, [])

    def test_samples(self):
        """The files of forms are kernels as they stand."""
        forms = sorted((oracle.SOURCE / 'templates/forms/cuda').glob('*.cu'))
        self.assertTrue(forms)
        for form in forms:
            text = re.sub(r'^//\$ (?:if|each|end|else).*$', '', form.read_text(), flags=re.M)
            (self.folder / 'sample.cu').write_text(f'#line 1 "{form}"\n' + text)
            oracle.run(*oracle.CC, *oracle.emulate.KERNELS, f'-I{oracle.emulate.HERE}', f'-I{form.parent}', '-fsyntax-only', 'sample.cu',
                       cwd=self.folder)


if __name__ == '__main__':
    unittest.main()
