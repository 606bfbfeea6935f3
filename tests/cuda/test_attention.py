#!/usr/bin/env python3
"""Attention on a GPU that the processor plays: any score and condition, heads of many sizes, lengths about those of its tiles. It says
what the evaluator says, and the same bits in any batch, on any grid and in any order of threads."""
import pathlib
import random
import re
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
import played  # noqa: E402

oracle.TARGET = 'cuda'
SHORT = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65]  # a warp's keys, a tile of keys, a block's queries
LONG = [127, 128, 129, 255, 256, 257, 383, 385]     # 128 queries a block for those of more than 256
SCORES = ['{dot} / sqrt(len(e{n}))', '{dot} * 0.2 - 0.1 * abs(t - {u})', '5 * tanh({dot} / 9) + "table"[g, min(abs(t - {u}), 5)]',
          '{dot} * 0.3 * cos(0.1 * (t - {u})) + x[{u}]', '0.4 * {dot} + x[t] * x[{u}] * (2 * g + r)', '-0.05 * (2 * g + r) * (t - {u}) ^ 2']
CONDITIONS = ['', '{u} <= t', '{u} <= t and {u} > t - {k}', 'abs(t - {u}) <= {k}', '({u} <= t and (t - {u}) mod 3 == 0)', 't div {k} == {u} div {k}',
              '{u} < {k}', '({u} <= t or {u} < 3)', '(mark[{u}] == mark[t])']
LIMITS = {'f32': 2e-5, 'bf16': 2e-2, 'f16': 2.5e-3}
VALUES = ['{}', '2 * {}', '{} * x[{u}]', 'tanh({})']


def equations(seed, sizes, values=VALUES):
    """A model with one attention for each size of heads, of keys and values: its text, and the shape of each input."""
    rng, numbers = random.Random(seed), sorted({n for pair in sizes for n in pair})
    text = 'model attention\ndim g = 2, r = 2, c = 6, marks = 3\nragged t <= 700\nweights "w.safetensors"\n'
    text += 'input x[t]: real\ninput mark[t]: marks\n' + ''.join(f'dim e{n} = {n}\n' for n in numbers)
    inputs, outputs = {}, ''
    for i, (n, m) in enumerate(sizes):
        shared = rng.random() < .4  # keys are those of a group of heads
        at, shape, k = 'g' if shared else 'g,r', (2,) if shared else (2, 2), rng.choice([1, 2, 5, 16, 31, 32, 33, 64, 70])
        inputs |= {f'q{i}': (2, 2, n), f'k{i}': (*shape, n), f'v{i}': (*shape, m)}
        text += f'input q{i}[t,g,r,e{n}]: real\ninput k{i}[t,{at},e{n}]: real\ninput v{i}[t,{at},e{m}]: real\n'
        condition = CONDITIONS[(i + seed) % len(CONDITIONS)].format(u="t'", k=k)
        where = f"t' where {condition}" if condition else "t'"
        score = rng.choice(SCORES).format(u="t'", n=n, dot=f"(sum[e{n}] q{i}[t,g,r,e{n}] * k{i}[t',{at},e{n}])")
        value = rng.choice(values).format(f"v{i}[t',{at},e{m}]", u="t'")
        outputs += f"a{i}[g,r,t,t'] = softmax[{where}] ({score})\noutput y{i}[t,g,r,e{m}] = sum[{where}] a{i}[g,r,t,t'] * {value}\n"
    return text + outputs, inputs


FIXED = """model attention
dim h = 2, e = 8, m = 67
ragged t <= 300
input x[t]: real
input q0[m,h,e]: real
input k0[t,h,e]: real
a[h,m,t] = softmax[t] sum[e] q0[m,h,e] * k0[t,h,e]
output y0[m,h,e] = sum[t] a[h,m,t] * x[t] * k0[t,h,e]
"""
TILES = r"""
#include "attention_cuda.c"
int main(void)
{
    static unsigned char room[1 << 16];
    model_slot slot = {.at = room};
    struct attention_cuda gpu = {.now = &slot, .sequences = 5, .tiles = 5 + 706 / 64, .batch = {room, sizeof room}};
    const int32_t begin[] = {0, 0, 257, 321, 321 + 65, 706}, *const list = put_tiles(&gpu, begin, 5, gpu.tiles);
    for (int i = 0; i < list[0]; i++) {
        printf("%d:%d ", list[1 + 2 * i], list[2 + 2 * i]);
    }
    return 0;
}
"""


MADE = """model attention
dim h = 2, e = 8
ragged t <= 300
input x[t]: real
input q0[t,h,e]: real
ragged g = t where x[t] > -0.5
k[g,h,e] = 2 * q0[g,h,e]
a[h,g,g'] = softmax[g' where g' <= g] sum[e] k[g,h,e] * k[g',h,e]
output y0[g,h,e] = sum[g' where g' <= g] a[h,g,g'] * k[g',h,e]
"""


# Of one head's keys for all and all before; of a window that moves with the query, with a sink, of keys
# that are computed and values that do not lie side by side.
GROUPS = """model attention
dim h = 2, e = 128, f = 64, g = 80
ragged t <= 300
weights "w.safetensors"
input x[t]: real
input q0[t,h,e]: real
input k0[t,e]: real
input v0[t,e]: real
input q1[t,h,f]: real
input k1[t,h,f]: real
input v1[t,g,h]: real
a[h,t,t'] = softmax[t' where t' <= t] (sum[e] q0[t,h,e] * k0[t',e]) / sqrt(len(e))
output y0[t,h,e] = sum[t' where t' <= t] a[h,t,t'] * v0[t',e]
s[h,t,t'] = (sum[f] q1[t,h,f] * (k1[t',h,f] * x[t'])) * 0.1 - 0.01 * (t - t')
total[h,t] = exp("sink"[h]) + sum[t' where abs(t - t') < 40] exp(s[h,t,t'])
output y1[t,h,g] = sum[t' where abs(t - t') < 40] exp(s[h,t,t']) / total[h,t] * v1[t',g,h]
"""


class Attention(played.Played):
    def hold(self, seed, sizes, lengths, *values, plan='f32'):
        self.answer_alike(seed, *equations(seed, sizes, *values), lengths, plan)

    def answer_alike(self, seed, text, inputs, lengths, plan='f32', fixed=None):
        (self.folder / 'attention.sinter').write_text(text)
        rng = np.random.default_rng(seed)
        oracle.save(self.folder / 'w.safetensors', {'table': rng.normal(size=(2, 6)).astype('f4'), 'sink': rng.normal(size=2).astype('f4')})
        given = {}
        for s, length in enumerate(lengths):
            given |= {f'{s}/x': rng.normal(size=length).astype('f4')}
            given |= {f'{s}/mark': rng.integers(0, 3, length)} if 'mark' in text else {}
            given |= {f'{s}/{name}': rng.normal(size=(length, *shape)).astype('f4') for name, shape in inputs.items()}
            given |= {f'{s}/{name}': rng.normal(size=shape).astype('f4') for name, shape in (fixed or {}).items()}
        oracle.save(self.folder / 'in', given)
        said = oracle.run(oracle.SINTER, 'explain', self.folder / 'attention.sinter', '--target=cuda').stdout.decode()
        self.assertEqual(len(re.findall(r'^  (?:kernels|       ) +attention$', said, re.M)), len(re.findall('^output', text, re.M)), said)
        program, _ = oracle.compile_c(self.folder / 'attention.sinter', self.folder, self.folder / 'cuda', '--weights=' + plan)
        wanted = oracle.evaluate(self.folder / 'attention.sinter', self.folder, self.folder / 'in', self.folder / 'wanted')
        whole = self.answers(program, EMU_PROCESSORS='2')
        for output, error in oracle.errors(oracle.load(self.folder / 'out'), wanted).items():
            self.assertLess(error, LIMITS[plan], (output, text))
        self.assertEqual(whole, self.answers(program, '--batch=3', EMU_REVERSE='1', EMU_BANKS=self.folder / 'banks'))
        self.assertEqual(whole, self.answers(program, '--batch=1', EMU_EAGER='1'))

    def test_sizes(self):
        """No two lanes meet in a bank of shared memory, in heads of 7, 9 or one number neither."""
        self.hold(1, [(32, 32), (64, 64), (40, 80), (128, 128), (256, 256), (7, 9), (1, 96)], SHORT, ['{}'])
        counts = re.findall(r'^forward_y([0-6])_+attention (\d+) (\d+)$', (self.folder / 'banks').read_text(), re.M)
        self.assertEqual([(int(accesses) > 1000, conflicts) for _, accesses, conflicts in sorted(counts)], [(True, '0')] * 7)

    def test_plans(self):
        """Halves of floats to tensor cores; scores, weights that are added and sums in f32."""
        sizes = [(32, 32), (64, 64), (40, 80), (128, 128), (256, 256), (7, 9)]
        self.hold(1, sizes, [1, 17, 0, 64, 65], ['{}'], plan='bf16')
        said = oracle.run(oracle.SINTER, 'explain', self.folder / 'attention.sinter', '--target=cuda').stdout.decode()
        self.assertEqual(len(re.findall("^      mixed.*, bf16$", said, re.M)), len(sizes), said)
        self.hold(2, [(8, 8), (24, 16), (256, 256)], [65, 3, 130], ['{}'], plan='f16')

    def test_groups(self):
        """By warpgroups, where the GPU has them: 64 keys a tile, 128 queries a block. What an older GPU says differs in rounding alone."""
        inputs = {'q0': (2, 128), 'k0': (128,), 'v0': (128,), 'q1': (2, 64), 'k1': (2, 64), 'v1': (80, 2)}
        for plan, lengths in ('bf16', [65, 0, 257, 1, 63, 127, 64, 128, 129]), ('f16', [64, 3, 129]):
            self.answer_alike(6, GROUPS, inputs, lengths, plan)
            counts = re.findall(r'^forward_y([01])_+attention(\w*) (\d+) (\d+)$', (self.folder / 'banks').read_text(), re.M)
            self.assertEqual({(kernel, which, conflicts) for kernel, which, _, conflicts in counts}, {('0', '_sm90', '0'), ('1', '_sm90', '0')})
        newer = oracle.load(self.folder / 'out')
        self.answers(self.folder / 'cuda/emulated', EMU_MAJOR='8')
        for output, error in oracle.errors(oracle.load(self.folder / 'out'), newer).items():
            self.assertLess(error, LIMITS['f16'], output)

    def test_conditions(self):
        self.hold(2, [(8, 8), (12, 16), (16, 8), (5, 3), (8, 8), (16, 16), (24, 8), (8, 4), (4, 8)], SHORT[:-3])

    def test_made(self):
        """Of positions that data choose the host lists no tiles."""
        self.answer_alike(4, MADE, {'q0': (2, 8)}, SHORT + [260])
        self.assertNotIn('tiles_g', (self.folder / 'cuda/attention.cu').read_text())

    def test_fixed(self):
        """As many queries in every sequence."""
        self.answer_alike(5, FIXED, {'k0': (2, 8)}, [0, 1, 33, 64], fixed={'q0': (67, 2, 8)})

    def test_long(self):
        """Tiles of the longest sequences come first, of 128 positions where there are more than 256."""
        self.hold(3, [(8, 8), (16, 8), (4, 72)], LONG)
        folder = self.folder / 'cuda'
        (folder / 'tiles.c').write_text(TILES.replace('model_slot', 'attention_slot'))
        oracle.run(*oracle.CC, '-std=c99', f'-I{oracle.emulate.HERE}', 'tiles.c', 'attention.c', 'fatbin.c', *folder.glob('*_weights.[Sc]'),
                   oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o', 'tiles', cwd=folder)
        self.assertEqual(oracle.run(folder / 'tiles').stdout, b'4:256 4:128 4:0 1:256 1:128 1:0 3:64 3:0 2:0 ')


if __name__ == '__main__':
    unittest.main()
