#!/usr/bin/env python3
"""Fast targets: what is written, compiled and chosen.

One model with state, a loop and a made dim is compiled for every target: its files compile without a warning, each set of kernels that the
machine can run answers as target c does, within 1e-5, --info names the set in use, --kernels forces it, a name that does not run here is
refused. For 64-bit Arm it is compiled and run where a cross compiler and qemu are installed."""
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

TEXT = """model both
dim d = 20, f = 36, h = 4, e = 5
ragged t <= 40
weights "w.safetensors"
input x[t,d]: real
q[t,h,e] = linear[d->h,e]("q", x)
k[t,h,e] = linear[d->h,e]("k", x)
a[h,t,t'] = softmax[t' where t' <= t] sum[e] q[t,h,e] * k[t',h,e] / sqrt(len(e))
y[t,h,e] = sum[t' where t' <= t] a[h,t,t'] * k[t',h,e]
z[t,d] = x[t,d] + linear[h,e->d]("o", y)
m[t,f] = gelu(linear[d->f]("up", z))
r = layernorm("norm", z + linear[f->d]("down", m), 1e-5)
ragged b = t where r[t,0] > 0
output kept[b,d] = r[b,d] + 1
output mean1[d] = mean[t] r[t,d]
"""
SHAPES = {'q.weight': (20, 20), 'q.bias': (20,), 'k.weight': (20, 20), 'k.bias': (20,), 'o.weight': (20, 20), 'o.bias': (20,),
          'up.weight': (36, 20), 'up.bias': (36,), 'down.weight': (20, 36), 'down.bias': (20,), 'norm.weight': (20,), 'norm.bias': (20,)}
COMPILERS = [cc for cc in ('gcc', 'clang') if shutil.which(cc)] or ['cc']
FLAGS = ['-O2', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror']


class Targets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        random = np.random.default_rng(5)
        cls.text = cls.folder / 'both.sinter'
        cls.text.write_text(TEXT)
        oracle.save(cls.folder / 'w.safetensors', {k: random.normal(size=s).astype('f4') * 0.3 for k, s in SHAPES.items()})
        lengths = [7, 0, 1, 40, 17, 33]
        oracle.save(cls.folder / 'in.safetensors', {f'{k}/x': random.normal(size=(n, 20)).astype('f4') for k, n in enumerate(lengths)})
        cls.wanted = oracle.evaluate(cls.text, cls.folder, cls.folder / 'in.safetensors', cls.folder / 'wanted')

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def emit(self, target, cc=COMPILERS[0], *flags):
        """The program, compiled once."""
        folder = self.folder / f'{target}-{cc}'
        if folder.exists():
            return folder / 'both'
        oracle.run(oracle.SINTER, 'emit', self.text, '--target=' + target, '-d', folder)
        flags = ' '.join([*FLAGS, *flags])
        oracle.run('make', '-s', 'CC=' + cc, 'CFLAGS=' + flags, 'LDFLAGS=' + flags, cwd=folder)
        return folder / 'both'

    def compare(self, *command):
        oracle.run(*command, '--in', self.folder / 'in.safetensors', '--out', self.folder / 'out')
        for name, error in oracle.errors(oracle.load(self.folder / 'out'), self.wanted).items():
            self.assertLess(error, 1e-5, name)

    def sets(self, program):
        """The sets of kernels in it that run here."""
        names = ('zen4', 'avx512', 'avx2', 'neon', 'c')
        return [k for k in names if subprocess.run([program, '--kernels=' + k, '--version'], capture_output=True).returncode == 0]

    def test_each_set_answers(self):
        for cc in COMPILERS:
            if os.uname().machine == 'x86_64':
                program = self.emit('x86', cc)
                sets = self.sets(program)
                self.assertIn('c', sets)
                for name in sets:
                    self.compare(program, '--kernels=' + name)
                    self.compare(program, '--kernels=' + name, '--batch=1')
                self.compare(program, '--kernels=' + name, '--batch=1', '--threads=3')

    def test_info_names_the_best(self):
        if os.uname().machine != 'x86_64':
            self.skipTest('no x86-64')
        program = self.emit('x86')
        told = oracle.run(program, '--info').stdout.decode()
        self.assertIn('\ntarget x86\n', told)
        self.assertIn('\nkernels %s: ' % self.sets(program)[0], told)
        scratch = re.search(r'_SCRATCH = (\d+)', next(program.parent.glob('*.h')).read_text())
        self.assertIn(', %s more for each further thread of a batch\n' % scratch[1], told)
        self.assertIn('\nkernels c: ', oracle.run(program, '--info', '--kernels=c').stdout.decode())

    def test_a_set_that_is_not_there(self):
        if os.uname().machine != 'x86_64':
            self.skipTest('no x86-64')
        done = subprocess.run([self.emit('avx2'), '--kernels=avx512', '--info'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('--kernels=avx512: there are none of this name that run here', done.stderr)
        self.assertIn('  hint: this program has avx2;', done.stderr)

    def test_arm(self):
        if not shutil.which('aarch64-linux-gnu-gcc') or not shutil.which('qemu-aarch64'):
            self.skipTest('no cross compiler or emulator for 64-bit Arm')
        self.compare('qemu-aarch64', self.emit('neon', 'aarch64-linux-gnu-gcc', '-static'))

    def test_plain_stays_plain(self):
        program = self.emit('c')
        self.assertNotIn('kernels', oracle.run(program, '--info').stdout.decode())
        self.assertEqual([], list(program.parent.glob('*_kernels.c')))
        self.compare(program)

    def test_the_same_files_again(self):
        first = {p.name: p.read_bytes() for p in self.emit('avx2').parent.glob('*.[ch]')}
        second = self.folder / 'again'
        oracle.run(oracle.SINTER, 'emit', self.text, '--target=avx2', '-d', second)
        self.assertEqual(first, {p.name: p.read_bytes() for p in second.glob('*.[ch]')})

    def test_a_model_called_like_a_word_of_vectors(self):
        text, program = self.folder / 'vsign.sinter', self.folder / 'vsign'
        text.write_text('model vsign\nragged t <= 4\ninput x[t] : real\noutput y[t] = x[t] * 2\n')
        for target in ('c', 'avx2' if os.uname().machine == 'x86_64' else 'neon'):
            oracle.run(oracle.SINTER, 'build', text, '--target=' + target, '-o', program)
            self.assertIn(b'vsign', oracle.run(program, '--info').stdout)

    def test_programs_are_plain(self):
        program = self.folder / 'p.rasp'
        program.write_text('same = tokens;\n')
        done = subprocess.run([oracle.SINTER, 'emit', program, '--target=x86', '-d', self.folder / 'p'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn('a RASP program is compiled for target c, not x86', done.stderr)


unittest.main()
