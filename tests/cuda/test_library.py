#!/usr/bin/env python3
"""--gemm=cublaslt on a GPU that the processor plays, with a library that computes what layouts say: products near to the evaluator, of as many
rows as there is room for; without it, or where it refuses, kernels multiply; a call that fails ends one run and no other."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
import played  # noqa: E402
import test_forms  # noqa: E402
from test_plans import LENGTHS, LIMITS, SHAPES, wide_in  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MULTIPLY = 'kernels of this program multiply\n'
ROWS = -(-sum(LENGTHS) // 8) * 8  # a multiple of 8, in place of a bucket's: emulate.apart


class Library(played.Answers, unittest.TestCase):
    always = ('--device=cuda',)

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        oracle.TARGET = 'cuda'
        cls.text, cls.wanted = wide_in(cls.folder)
        cls.program, _ = oracle.compile_c(cls.text, cls.folder, cls.folder / 'bf16', '--weights=bf16', '--gemm=cublaslt')
        cls.path = {name: str(played.cublaslt(cls.folder / name, *flags)) for name, flags in (('whole', ()), ('part', ('-DcublasLtMatmul=another',)))}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def said(self, **surroundings):
        """What the program says, with its exit code; its answers are in `out`, its calls of the library in the list."""
        log = self.folder / 'log'
        log.unlink(missing_ok=True)
        done = subprocess.run([self.program, '--in', self.folder / 'in', '--out', self.folder / 'out', *self.always],
                              capture_output=True, text=True, env={**os.environ, 'LT_LOG': str(log), **surroundings})
        return done.returncode, done.stderr, log.read_text().splitlines() if log.exists() else []

    def near(self):
        for output, error in oracle.errors(oracle.load(self.folder / 'out'), self.wanted).items():
            self.assertLess(error, LIMITS['bf16'], output)

    def test_products(self):
        """Three products of one left side, two of one value, one that is computed on its way: six."""
        for more in ({}, {'EMU_EAGER': '1'}, {'EMU_REVERSE': '1', 'EMU_PROCESSORS': '3', 'EMU_MAJOR': '8'}):
            code, stderr, calls = self.said(LD_LIBRARY_PATH=self.path['whole'], **more)
            self.assertEqual((code, stderr), (0, ''))
            self.near()
            wanted = [f'multiply bf16 {ROWS} x {n} x {k}' for n, k in ((1030, 40), (260, 40), (24, 264), (72, 264), (72, 264), (24, 264))]
            self.assertEqual([c for c in calls if c.startswith('multiply')], wanted)
            asked = [c for c in calls if c.startswith('find')]
            self.assertEqual(len(asked), len(set(asked)), 'once for each size')

    def test_batches(self):
        """The same bits in any batch: those of this library are chains of the same order."""
        where = {'LD_LIBRARY_PATH': self.path['whole']}
        program = self.program
        self.assertEqual(self.answers(program, **where), self.answers(program, '--batch=1', **where))

    def test_encoder(self):
        """In f16: layers in a loop, gates, residuals that are written in place: with the library as without it, but for the order of sums."""
        folder = self.folder / 'encoder'
        folder.mkdir()
        text = folder / 'encoder.sinter'
        text.write_text(test_forms.ENCODER)
        random = np.random.default_rng(5)
        oracle.save(folder / 'w.safetensors', {name: (random.normal(size=shape) / max(1, shape[-1]) ** 0.5).astype('f4')
                                               for name, shape in test_forms.SHAPES.items()})
        oracle.save(folder / 'in', {f'{k}/tok': random.integers(0, 11, n) for k, n in enumerate(test_forms.LENGTHS)})
        wanted = oracle.evaluate(text, folder, folder / 'in', folder / 'wanted')
        program, _ = oracle.compile_c(text, folder, folder / 'cuda', '--weights=f16', '--gemm=cublaslt')
        log = folder / 'log'
        for options in ([], ['--batch=3']):
            done = subprocess.run([program, '--in', folder / 'in', '--out', folder / 'out', '--device=cuda', *options], capture_output=True,
                                  text=True, env={**os.environ, 'LD_LIBRARY_PATH': self.path['whole'], 'LT_LOG': str(log)})
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            for output, error in oracle.errors(oracle.load(folder / 'out'), wanted).items():
                self.assertLess(error, 4 * LIMITS['f16'], output)
        self.assertGreater(log.read_text().count('multiply'), 30)

    def test_absent(self):
        none = self.folder / 'none'  # files that are no libraries: whatever the machine has is not found behind them
        none.mkdir()
        for version in ('.13', '.12', ''):
            (none / ('libcublasLt.so' + version)).write_bytes(b'')
        for path, why in ((str(none), 'libcublasLt.so.13 is not found'), (self.path['part'], 'libcublasLt.so.13 has no cublasLtMatmul')):
            code, stderr, calls = self.said(LD_LIBRARY_PATH=path)
            self.assertEqual((code, stderr, calls), (0, f'wide: {why}; {MULTIPLY}', []))
            self.near()

    def test_fails(self):
        code, stderr, calls = self.said(LD_LIBRARY_PATH=self.path['whole'], LT_FAIL='create')
        self.assertEqual((code, stderr, calls), (0, f'wide: cublasLtCreate of libcublasLt.so.13 gives status 15; {MULTIPLY}', []))
        self.near()
        for what in ('find', 'describe'):  # for no product it has anything
            code, stderr, calls = self.said(LD_LIBRARY_PATH=self.path['whole'], LT_FAIL=what)
            self.assertEqual((code, stderr), (0, ''))
            self.assertFalse([c for c in calls if c.startswith('multiply')])
            self.near()
        code, stderr, calls = self.said(LD_LIBRARY_PATH=self.path['whole'], LT_FAIL='multiply')
        self.assertEqual((code, stderr), (0, ''))  # the program tries the batch once more, and then kernels multiply
        self.assertEqual([c for c in calls if c.startswith('multiply')], [f'multiply bf16 {ROWS} x 1030 x 40'])
        self.near()

    def test_embedded(self):
        """Graphs of both sizes of batch that are under way, a stream of the caller's that is captured, a failed call and the run after it."""
        folder = self.folder / 'flight'
        oracle.run(oracle.SINTER, 'emit', self.text, '--model-dir', self.folder, '--target=cuda', '--gemm=cublaslt', '-d', folder)
        oracle.emulate.build(oracle.run, oracle.CC, folder, 'wide', *oracle.emulate.QUICK)
        shutil.copy(HERE / 'cublaslt/caller.c', folder)
        objects = ['kernels.o', 'host.o', 'wide.c', 'fatbin.c', 'wide_weights.S']
        oracle.run(*oracle.CC, '-std=gnu11', '-Wall', '-Wextra', '-Werror', f'-I{oracle.emulate.HERE}', 'caller.c', *objects,
                   oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o', 'caller', cwd=folder)
        for mode in ({}, {'EMU_EAGER': '1'}):
            log = self.folder / 'log'
            log.unlink(missing_ok=True)
            done = subprocess.run([folder / 'caller'], capture_output=True, text=True,
                                  env={**os.environ, **mode, 'EMU_GRAPHS': '1', 'LT_UNWATCHED': '1', 'LT_LOG': str(log),
                                       'LD_LIBRARY_PATH': self.path['whole']})
            self.assertEqual(done.returncode, 0, done.stderr[-500:])
            self.assertGreater(done.stderr.count('emu: graph'), 4)
            rows = {line.split()[2] for line in log.read_text().splitlines() if line.startswith('multiply')}
            self.assertEqual(rows, {'64', '128'})  # of 1 .. 64, of 65 .. 128
        linked = subprocess.run(['ldd', folder / 'caller'], capture_output=True, text=True).stdout
        self.assertNotIn('cublas', linked)

    def test_memory(self):
        """--info: what is handed to it lies in the workspace, and it has room of its own."""
        told = oracle.run(self.program, '--info').stdout.decode()
        self.assertIn('products on a GPU by cuBLASLt where libcublasLt.so.13 or .12 is found, which takes 32 MB there\n', told)
        formula = re.sub(r'\s+', ' ', told[told.index('workspace on a GPU'):])
        self.assertIn('ceil(528 * t / 64)', formula)  # 264 halves

    def test_explained(self):
        """Which products it multiplies: rows of one matrix, not those of several (b)."""
        text = self.folder / 'several.sinter'
        text.write_text('model several\ndim b = 3, d = 40, e = 48\nragged t <= 9\nweights "v.safetensors"\ninput x[t,b,d]: real\n'
                        'output y[t,b,e] = sum[d] "w"[b,e,d] * x[t,b,d]\noutput z[t,b,e] = sum[d] "u"[e,d] * exp(x[t,b,d])\n')
        oracle.save(self.folder / 'v.safetensors', {'w': np.zeros((3, 48, 40), 'f4'), 'u': np.zeros((48, 40), 'f4')})
        said = oracle.run(oracle.SINTER, 'explain', text, '--target=cuda', '--gemm=cublaslt').stdout.decode()
        self.assertEqual(re.findall(r'computes (.*)\n( *multiplied by .*)?', said),
                         [('several.sinter:6 y', ''), ('several.sinter:7 z', '      multiplied by cublaslt where that is there')])
        told = json.loads(oracle.run(oracle.SINTER, 'explain', self.text, '--target=cuda', '--gemm=cublaslt', '--json').stdout)
        self.assertEqual([k['multiplied_by'] for f in told['functions'] for k in f['kernels']], ['cublaslt'] * 3)

    def test_refused(self):
        program = self.folder / 'p.rasp'
        program.write_text('first = tokens;\n')
        for text, options, why in (
                (self.text, ('--target=avx2',), "'--gemm=cublaslt' is for a target with a GPU\n"),
                (self.text, ('--target=cuda', '--no-forms'), '--gemm=cublaslt is for kernels, which --no-forms leaves out\n'),
                (self.text, ('--target=cuda', '--weights=f32'), '--gemm=cublaslt multiplies halves of floats, not f32\n  hint: --weights=bf16 or f16\n'),
                (self.text, ('--target=cuda', '--weights=int8'), '--gemm=cublaslt multiplies halves of floats, not int8\n  hint: --weights=bf16 or f16\n'),
                (program, ('--target=cuda',), '--gemm=cublaslt multiplies halves of floats, and a RASP program has none\n')):
            done = subprocess.run([oracle.SINTER, 'emit', text, '--gemm=cublaslt', *options, '-d', self.folder / 'refused'],
                                  capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (1, 'sinter: error: ' + why))

    def test_not_asked_for(self):
        oracle.run(oracle.SINTER, 'emit', self.text, '--model-dir', self.folder, '--target=cuda', '-d', self.folder / 'kernels')
        for file in (self.folder / 'kernels').glob('*.[ch]*'):
            self.assertNotIn('dlopen', file.read_text(errors='replace'), file)


if __name__ == '__main__':
    unittest.main()
