#!/usr/bin/env python3
"""RASP programs on a GPU that the processor plays give what `sinter run` gives: the examples with all that their texts say, the types of
tokens, strings that are made and ordered, numbers that overflow, random programs."""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'rasp'))
import oracle  # noqa: E402
import programs  # noqa: E402

STRINGS = """x = tokens + "x";
y = tokens * indices;
z = sort(tokens + tokens + tokens, tokens + tokens);
w = tokens < "b";
v = tokens[1] + tokens[0] * 3;
n = [round(tokens_float * 2), tokens_int] if False else indices;
all = [x, y, z, w, v, n];
"""
GRIDS = """near = select(indices, indices, <=) and select(indices, indices - 2, >);
share = aggregate(near, indices * 1.5);
value = [near, share, aggregate(near, tokens_int), tokens_asis];
"""
WRONG = "big = (tokens_int + 1) ^ 39;\n"
TWO_LONG = 'w = tokens * ((indices + 1) * 262144);\n'


class Rasp(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())

    def tearDown(self):
        shutil.rmtree(self.folder)

    def program(self, path, *options):
        out = self.folder / path.stem
        shutil.rmtree(out, True)
        oracle.run(oracle.SINTER, 'emit', path, '--target=cuda', '-d', out, *options)
        name = next(out.glob('*.cu')).stem
        return oracle.emulate.build(oracle.run, oracle.CC, out, name, *oracle.emulate.UNDEFINED)

    def text(self, name, program):
        path = self.folder / f'{name}.rasp'
        path.write_text(program)
        return path

    def same(self, path, words, *options):
        """Of each input the value, or that there is none."""
        wanted = subprocess.run([oracle.SINTER, 'run', path, '--json', '--', *words], capture_output=True, text=True)
        program = self.program(path)
        for mode in ({}, {'EMU_PROCESSORS': '3', 'EMU_REVERSE': '1'}):
            made = subprocess.run([program, '--json', '--device=cuda', *options, '--', *words], capture_output=True, text=True,
                                  env={**os.environ, **mode})
            self.assertEqual((wanted.stdout, wanted.returncode), (made.stdout, made.returncode), (path.read_text(), made.stderr))
        return made

    def test_examples(self):
        for path in sorted((oracle.SOURCE / 'examples/rasp').glob('*.rasp')):
            cases = re.findall(r'^#     (\S+) +->  ', path.read_text(), re.M)
            self.assertTrue(cases, path)
            self.same(path, cases + [cases[0][:1], cases[-1] * 3])

    def test_strings(self):
        self.same(self.text('strings', STRINGS), ['héa', 'b', 'abcdefgh', 'zzzzzzzzzzzz'])

    def test_types(self):
        self.same(self.text('grids', GRIDS), ['[1, 22, 333]', '[-5]', '[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]'], '--input-format=json')

    def test_what_has_no_value(self):
        path = self.text('wrong', WRONG)
        program = self.program(path)
        done = subprocess.run([program, '--json', '--device=cuda', '12', '19'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, 'wrong: error: argument 2: wrong.rasp:1:24: integer overflow\n'))
        self.assertEqual(done.stdout, '[%d, %d]\n' % (2**39, 3**39))
        long = self.program(self.text('large', TWO_LONG))
        done = subprocess.run([long, '--json', '--device=cuda'], input='ab\nabcde\n', capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, 'large: error: line 2: large.rasp:1:12: a string of more than 1 MiB\n'))
        self.assertEqual(done.stdout, '["%s", "%s"]\n' % ('a' * 262144, 'b' * 524288))

    def test_no_warnings(self):
        """What C compilers say of the sources, with a GPU and without."""
        path = self.text('strings', STRINGS)
        for cc in filter(shutil.which, ('gcc', 'clang')):
            for target in ('c', 'cuda'):
                out = self.folder / target
                oracle.run(oracle.SINTER, 'emit', path, '--target=' + target, '-d', out)
                oracle.run(cc, *oracle.WARNINGS, '-O1', f'-I{oracle.emulate.HERE}', '-c', *(p.name for p in out.glob('*.c')), cwd=out)

    def test_device(self):
        program = self.program(self.text('one', 'r = indices + 1;\n'))
        for kind, options, said in (('none', [], 'there is no driver for GPUs on this machine; the CPU answers'),
                                    ('none', ['--device=cpu'], ''),
                                    ('foreign', ['--device=cuda'],
                                     'error: --device=cuda: this program holds no kernels for this kind of GPU'),
                                    ('', ['--device=tpu'], "error: unknown option '--device=tpu'")):
            done = subprocess.run([program, *options, 'ab'], capture_output=True, text=True, env={**os.environ, 'EMU_GPU': kind})
            wrong = said.startswith('error')
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (int(wrong), '' if wrong else '[1, 2] (ints)\n', f'one: {said}\n' if said else ''))
        self.assertIn('--device=NAME', subprocess.run([program, '--help'], capture_output=True, text=True).stdout)

    def test_random(self):
        done = 0
        for seed in range(400, 440):
            path = self.text('random', programs.make(seed, 0)[0])
            words = [''.join(random.Random(seed).choices('abcd', k=n)) for n in (1, 5)]
            if subprocess.run([oracle.SINTER, 'run', path, '--json', '--', *words], capture_output=True).returncode == 0:
                self.same(path, words)
                done += 1
            if done == 8:
                break
        self.assertEqual(done, 8)
        print('cases:', done)


if __name__ == '__main__':
    unittest.main()
