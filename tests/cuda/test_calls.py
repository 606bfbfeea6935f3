#!/usr/bin/env python3
"""Programs that hold a model on a GPU, on one that the processor plays: each call of CUDA fails once, a caller's stream is captured, two
contexts run in two threads. Of a model all of whose kernels read what is in the batch, and of one whose kernels are handed structs."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
from test_host import TWICE  # noqa: E402

CALLERS = pathlib.Path(__file__).resolve().parent / 'callers'
PLAIN = """model twice
dim d = 4
ragged t <= 9
input x[t,d]: real
a[t,t'] = softmax[t' where t' <= t] sum[d] x[t,d] * x[t',d]
output y[t,d] = x[t,d] + sum[t' where t' <= t] a[t,t'] * x[t',d]
"""


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        for name, text in (('plain', PLAIN), ('structs', TWICE)):
            folder = cls.folder / name
            (cls.folder / f'{name}.sinter').write_text(text)
            oracle.run(oracle.SINTER, 'emit', cls.folder / f'{name}.sinter', '--target=cuda', '-d', folder)
            assert ('#define PUTS_STRUCTS 1' in (folder / 'twice_cuda.c').read_text()) == (name == 'structs')
            oracle.emulate.build(oracle.run, oracle.CC, folder, 'twice', *oracle.emulate.QUICK)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def caller(self, model, source, **surroundings):
        folder, program = self.folder / model, pathlib.Path(source).stem
        objects = ['kernels.o', 'host.o', 'twice.c', 'fatbin.c', *(p.name for p in folder.glob('twice_weights.[Sc]'))]
        oracle.run(*oracle.CC, '-std=gnu11', '-Wall', '-Wextra', '-Werror', f'-I{oracle.emulate.HERE}', '-I.', CALLERS / source, *objects,
                   oracle.emulate.emulator(oracle.CC), '-rdynamic', '-pthread', '-lm', '-o', program, cwd=folder)
        done = subprocess.run([folder / program], capture_output=True, text=True, env={**os.environ, **surroundings}, timeout=120)
        self.assertEqual(done.returncode, 0, (model, source, done.stdout[-300:], done.stderr[-600:]))
        return done

    def test_each_call_fails_once(self):
        for model in ('plain', 'structs'):
            calls = int(re.search(r'cases: (\d+)', self.caller(model, 'failing.c').stdout).group(1))
            self.assertGreater(calls, 200)
            print('cases:', calls)

    def test_stream_that_is_captured(self):
        for model in ('plain', 'structs'):
            for mode in ({}, {'EMU_EAGER': '1'}):
                self.caller(model, 'captured.c', **mode)

    def test_threads(self):
        for model in ('plain', 'structs'):
            said = self.caller(model, 'threads.c', EMU_GRAPHS='1').stderr
            self.assertGreater(said.count('emu: graph'), 20)  # structs or not

    def test_header_in_cpp(self):
        folder, cxx = self.folder / 'plain', os.environ.get('CXX', 'c++').split()
        oracle.run(*cxx, '-std=c++11', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-I.', '-c', CALLERS / 'header.cpp', '-o', 'header.o', cwd=folder)
        for source in ('twice.c', 'fatbin.c'):
            oracle.run(*oracle.CC, '-std=c99', '-c', source, '-o', source[:-2] + '_cpp.o', cwd=folder)
        oracle.run(*cxx, 'header.o', 'kernels.o', 'host.o', 'twice_cpp.o', 'fatbin_cpp.o', oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm',
                   '-o', 'header', cwd=folder)
        self.assertRegex(oracle.run(folder / 'header').stdout.decode(), r'^emulated GPU, 1 multiprocessors, \d+ bytes\n$')


if __name__ == '__main__':
    unittest.main()
