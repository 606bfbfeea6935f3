#!/usr/bin/env python3
"""Control of sequences through generated C: loops, choices, growing tensors, states.

Texts of tests/check with what is expected inside go through C in a batch and one by one, under sanitizers; so do those of control/, on
inputs that are drawn, against the evaluator. Then what has no place there: loops that do not end, appending beyond a bound, and states from
text to text."""
import re
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / 'check')]
import oracle  # noqa: E402
import texts  # noqa: E402

CHECKED = ['control_if', 'control_if_new', 'control_nested', 'control_repeat', 'control_repeat_append', 'control_while', 'list_at', 'state']


def made(folder, text):
    path = pathlib.Path(folder) / 'm.sinter'
    path.write_text(text, encoding='utf-8')
    return oracle.compile_c(path, folder, pathlib.Path(folder) / 'c')[0]


def said(command, given=''):
    done = subprocess.run([str(c) for c in command], input=given, capture_output=True, text=True, timeout=oracle.SECONDS)
    return done.returncode, done.stdout, done.stderr


def drawn(text, draw):
    """Inputs of a sequence: ragged dims get a length each, 0 to 5."""
    fixed = dict(re.findall(r'dim (\w+) = (\d+)', text))
    length = {dim: int(draw.integers(0, 6)) for dim in re.findall(r'ragged (\w+) <=', text)}
    for name, dims, of in re.findall(r'input (\w+)(?:\[([\w,]+)\])?: (\w+)', text):
        shape = [int(fixed.get(d) or length[d]) for d in dims.split(',')] if dims else []
        yield name, draw.standard_normal(shape).astype('<f4') if of == 'real' else draw.integers(0, int(fixed.get(of, 4)), shape)


class Texts(unittest.TestCase):
    def agrees(self, text, folder, given):
        program = oracle.compile_c(text, folder, folder / 'c')[0]
        exact = oracle.evaluate(text, folder, given, folder / 'eval')
        got = oracle.answer(program, given, folder / 'out')
        self.assertLess(max(oracle.errors(got, exact).values()), 1e-5)
        alone = oracle.answer(program, given, folder / 'out', '--batch=1')
        self.assertTrue(all(got[k].tobytes() == alone[k].tobytes() for k in got))

    def test_checked_ones(self):
        for name in CHECKED:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                text = texts.Text(name, (ROOT / 'check' / f'{name}.sinter').read_text(encoding='utf-8'))
                text.write(folder)
                inputs = oracle.load(folder / 'in.safetensors')  # numbers without a point may be real
                oracle.save(folder / 'in.safetensors', {k: x if k.endswith('/tok') else x.astype('<f8') for k, x in inputs.items()})
                self.agrees(folder / name, folder, folder / 'in.safetensors')

    def test_drawn_inputs(self):
        for path in sorted((ROOT / 'codegen/control').glob('*.sinter')):
            with self.subTest(path.stem), tempfile.TemporaryDirectory() as folder:
                folder, draw = pathlib.Path(folder), oracle.np.random.default_rng(5)
                content = path.read_text(encoding='utf-8')
                oracle.save(folder / 'in', {f'{k}/{name}': x for k in range(9) for name, x in drawn(content, draw)})
                self.agrees(path, folder, folder / 'in')


class Faults(unittest.TestCase):
    def both_refuse(self, text, why, ids=(1, 2)):
        with tempfile.TemporaryDirectory() as folder:
            program = made(folder, text)
            given = pathlib.Path(folder) / 'in.safetensors'
            oracle.save(given, {'0/tok': oracle.np.array(ids, dtype='<i8')})
            code, _, err = said([oracle.SINTER, 'eval', pathlib.Path(folder) / 'm.sinter', '--in', given, '--out', '/dev/null'])
            self.assertEqual(code, 1)
            self.assertIn(why, err)
            code, _, err = said([program, '--in', given, '--out', pathlib.Path(folder) / 'out'])
            self.assertEqual(code, 1)
            self.assertIn('a length passed its bound', err)

    def test_loop_without_end(self):
        self.both_refuse('''dim v = 5
ragged t <= 9
input tok[t]: v
n = 0
while n <= tok[0] { n = 1 - n }
output n = n
''', 'this loop does not end: it was left after 1048576 turns')

    def test_appended_beyond(self):
        self.both_refuse('''dim v = 5
ragged t <= 9
input tok[t]: v
grow ids from tok <= len(t) + 2
repeat tok[1] + 1 { append ids: tok[0] }
output last_one = ids[last]
''', "'ids' has length 5 here, its bound is 4")

    def test_grown_beyond(self):
        self.both_refuse('''dim v = 5
ragged t <= 9
input tok[t]: v
grow ids from tok <= 1
output last_one = ids[last]
''', "'ids' has length 2 here, its bound is 1")


class States(unittest.TestCase):
    MODEL = '''dim v = 10, d = 2
ragged t <= 9
input tok[t]: v
state m[d] = 0.5 * (d + 1)
state calls = 0
m[d] = m[d] + (d + 1) * sum[t] tok[t]
calls = calls + 1
output y = m
output calls = calls
'''

    def test_from_text_to_text(self):
        with tempfile.TemporaryDirectory() as folder:
            program = made(folder, self.MODEL)
            ids = [program, '--input-format=ids', '--json']
            code, out, err = said(ids, '1 2\n\n3\n')
            self.assertEqual((code, err), (0, ''))
            self.assertEqual(out.split('\n'), ['{"y":[3.5,7],"calls":1}', '{"y":[3.5,7],"calls":2}', '{"y":[6.5,13],"calls":3}', ''])
            self.assertEqual(said(ids, '3\n')[1], '{"y":[3.5,7],"calls":1}\n', 'a new process begins anew')
            self.assertIn('state 16 bytes, kept from text to text; each sequence of --in begins anew\n', said([program, '--info'])[1])
            self.assertIn('each text begins with what the one before left', said([program, '--help'])[1])

    def test_sequences_of_a_file_begin_anew(self):
        with tempfile.TemporaryDirectory() as folder:
            program = made(folder, self.MODEL)
            given = pathlib.Path(folder) / 'in.safetensors'
            oracle.save(given, {'0/tok': oracle.np.array([1, 2], dtype='<i8'), '1/tok': oracle.np.array([3], dtype='<i8')})
            for batch in ('--batch=1', '--batch=2'):
                got = oracle.answer(program, given, pathlib.Path(folder) / 'out', batch)
                self.assertEqual([got[f'{k}/y'].tolist() for k in (0, 1)], [[3.5, 7], [3.5, 7]])
                self.assertEqual([int(got[f'{k}/calls']) for k in (0, 1)], [1, 1])


if __name__ == '__main__':
    sys.exit(unittest.main())
