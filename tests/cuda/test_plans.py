#!/usr/bin/env python3
"""Products of matrices on a GPU that the processor plays, in f32, bf16, f16 and int8, in tiles of each size: near to the evaluator, the same
bits in any batch and order of threads; in int8 those of kernels for processors."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
import played  # noqa: E402

# Columns for tiles of 128 x 128, 64 x 128 and 64 x 64; 260 is two groups of bytes, 40 no multiple of 16 or 64; 72 for two tiles of warpgroups
# where two products meet. `turned` is [k][n] in memory.
WIDE = """model wide
dim d = 40, f = 1030, g = 260, s = 24, h = 72
ragged t <= 200
weights "w.safetensors"
input x[t,d]: real
output up[t,f] = max(linear[d->f]("up", x), 0)
y[t,g] = linear[d->g]("side", x)
output less[t,s] = sum[g] "turned"[g,s] * y[t,g]
gate[t,h] = linear[g->h]("gate", y)
output gated[t,h] = gate[t,h] / (1 + exp(-gate[t,h])) * linear[g->h]("value", y)
output first[t,s] = sum[g] "turned"[g,s] * (y[t,g] * y[t,g])
"""
SHAPES = {'up.weight': (1030, 40), 'up.bias': (1030,), 'side.weight': (260, 40), 'side.bias': (260,), 'turned': (260, 24),
          'gate.weight': (72, 260), 'gate.bias': (72,), 'value.weight': (72, 260), 'value.bias': (72,)}
LENGTHS = [0, 1, 127, 65]
LIMITS = {'f32': 1e-5, 'bf16': 1e-2, 'f16': 1.5e-3, 'int8': 3e-2}


def wide_in(folder):
    """The model, its weights and a batch are written to the folder. (its text, what the evaluator answers)"""
    text = folder / 'wide.sinter'
    text.write_text(WIDE)
    random = np.random.default_rng(3)
    oracle.save(folder / 'w.safetensors', {k: (random.normal(size=s) / s[-1] ** 0.5).astype('f4') for k, s in SHAPES.items()})
    oracle.save(folder / 'in', {f'{k}/x': random.normal(size=(n, 40)).astype('f4') for k, n in enumerate(LENGTHS)})
    return text, oracle.evaluate(text, folder, folder / 'in', folder / 'wanted')


class Plans(played.Answers, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.text, cls.wanted = wide_in(cls.folder)
        oracle.TARGET = 'cuda'

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def check(self, plan):
        program, _ = oracle.compile_c(self.text, self.folder, self.folder / plan, '--weights=' + plan)
        banks = self.folder / (plan + '.banks')
        whole = self.answers(program, '--device=cuda', EMU_BANKS=str(banks))
        for output, error in oracle.errors(oracle.load(self.folder / 'out'), self.wanted).items():
            self.assertLess(error, LIMITS[plan], output)
        for line in banks.read_text().splitlines():
            self.assertEqual(line.split()[2], '0', line)
        self.assertEqual(whole, self.answers(program, '--device=cuda', '--batch=1', EMU_EAGER='1'))
        self.assertEqual(whole, self.answers(program, '--device=cuda', EMU_REVERSE='1', EMU_PROCESSORS='3'))
        return whole, program

    def test_f32(self):
        self.check('f32')

    def check_both(self, plan):
        """On sm_90a products are of warpgroups: their sums are chains of the same order, and the played GPU rounds them in the same way."""
        whole, program = self.check(plan)
        for kernel in ('up_y', 'less_gated'):
            self.assertIn(f'forward_{kernel}_gemm_sm90', (self.folder / (plan + '.banks')).read_text())
        self.assertEqual(whole, self.answers(program, '--device=cuda', EMU_MAJOR='8', EMU_BANKS=str(self.folder / 'older')))
        self.assertNotIn('sm90', (self.folder / 'older').read_text())
        for line in (self.folder / 'older').read_text().splitlines():
            self.assertEqual(line.split()[2], '0', line)
        (self.folder / 'older').unlink()

    def test_bf16(self):
        self.check_both('bf16')

    def test_f16(self):
        self.check_both('f16')

    def test_int8(self):
        whole, _ = self.check('int8')
        oracle.TARGET = 'avx2'
        self.addCleanup(setattr, oracle, 'TARGET', 'cuda')
        program = oracle.compile_fast(self.text, self.folder, self.folder / 'processor', '--weights=int8')
        if subprocess.run([program, '--version'], capture_output=True).returncode:
            self.skipTest('no AVX2')
        self.answers(program)
        mine = oracle.load(self.folder / 'out')
        (self.folder / 'out').write_bytes(whole)
        for output, error in oracle.errors(oracle.load(self.folder / 'out'), mine).items():
            self.assertLessEqual(error, 0 if output != 'gated' else 1e-6, output)  # exp is another function

    def test_explained(self):
        """bf16 unless something else is asked for; the processor's part of the file stays in f32."""
        for options, arithmetic in ((), 'bf16'), (('--weights=f16',), 'f16'), (('--weights=f32',), 'f32'), (('--weights=int8',), 'int8'):
            told = json.loads(oracle.run(oracle.SINTER, 'explain', self.text, '--target=cuda', '--json', *options).stdout)
            parts = [part for f in told['functions'] for k in f['kernels'] for part in k['parts']]
            self.assertEqual({part['arithmetic'] for part in parts}, {arithmetic})
            self.assertEqual(len(parts), 6)

    def test_processor(self):
        program = oracle.compile_fast(self.text, self.folder, self.folder / 'default', '--weights=bf16')
        self.answers(program, '--device=cpu')
        for output, error in oracle.errors(oracle.load(self.folder / 'out'), self.wanted).items():
            self.assertLess(error, 1e-5, output)

    def test_refused(self):
        done = subprocess.run([oracle.SINTER, 'emit', self.text, '--target=avx2', '--weights=f16', '-d', self.folder / 'none'],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, 'sinter: error: --weights=f16 is for kernels of a GPU\n'))


    def test_beside_none(self):
        """A text that stands beside a form that is not there."""
        forms = self.folder / 'forms'
        forms.mkdir()
        text = (oracle.SOURCE / 'templates/forms/cuda/gemm_sm90.cu').read_text()
        (forms / 'alone.cu').write_text(text.replace('beside gemm', 'beside gem'))
        done = subprocess.run([oracle.SINTER, 'explain', self.text, '--target=cuda', f'--forms={forms}'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.split('\n')[0]),
                         (1, f"{forms / 'alone.cu'}:2:12: error: there is no form 'gem' that 'sm90' could stand beside"))


if __name__ == '__main__':
    unittest.main()
