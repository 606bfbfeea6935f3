"""The map of a model against its text, its sources and the evaluator; what explain and --dump print."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from models import all_models, oracle  # noqa: E402

WORK = ('adds', 'multiplies', 'divides', 'functions', 'reads')


def sinter(*arguments):
    done = subprocess.run([oracle.SINTER, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, ' '.join(map(str, arguments)) + '\n' + done.stderr
    return done.stdout


def code_of(line):
    """Without a comment; `#` inside a string is none."""
    return re.match(r'((?:[^#"]|"[^"]*")*)', line)[1].strip()


def words_of(text):
    return re.sub(r'\s+', ' ', text).replace('/ *', '/*').replace('* /', '*/').strip()


class Map(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix='map-'))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.models = all_models(cls.root)
        cls.folder = {m.name: m.emit(cls.root / m.name) for m in cls.models}
        cls.maps = {m.name: json.loads(next(cls.folder[m.name].glob('*.map.json')).read_text()) for m in cls.models}

    def test_explain_prints_the_map(self):
        for m in self.models:
            with self.subTest(m.name):
                said = sinter('explain', m.text, '--model-dir', m.folder, '--json')
                self.assertEqual(json.loads(said), self.maps[m.name])
                text = sinter('explain', m.text, '--model-dir', m.folder)
                for function in self.maps[m.name]['functions']:
                    self.assertRegex(text, r'(?m)^%s\b' % function['function'])
                self.assertEqual(text, sinter('explain', m.text, '--model-dir', m.folder))

    def test_each_stage_can_be_dumped(self):
        m = self.models[0]
        for stage, line in (('ast', r'.'), ('graph', r'\.\d+'), ('plan', r'(?m)^function attend, 2 units$')):
            self.assertRegex(sinter('check', m.text, '--model-dir', m.folder, '--dump=' + stage), line)

    def counted(self, m, lengths):
        """What the evaluator counts for sequences of these lengths, by unit."""
        tensors = {'%d/%s' % (k, name): x[:n] for k, n in enumerate(lengths) for name, x in m.inputs.items()}
        oracle.save(self.root / 'in.safetensors', tensors)
        said = sinter('eval', m.text, '--model-dir', m.folder, '--in', self.root / 'in.safetensors', '--out', self.root / 'out.safetensors',
                      '--count')
        rows = [line.split() for line in said.splitlines()]
        columns = rows[0][2:]
        return {int(r[0]): dict(zip(columns, map(float, r[2:]))) for r in rows[1:]}

    def test_operations_and_weights_are_those_the_evaluator_counts(self):
        m, lengths = self.models[0], [11, 4, 1]
        counted = self.counted(m, lengths)
        seen = set()
        for f in self.maps[m.name]['functions']:
            weights = {w['name']: w for w in f['weights']}
            want = dict.fromkeys((*WORK, 'weight_bytes'), 0.0)
            for e in f['equations']:
                self.assertFalse(e['at_most'], e)
                if e['kept'] == 'default':
                    continue
                for n in lengths:
                    times = e['evaluations']['times'] * n ** len(e['evaluations']['lengths'])
                    for word in WORK:
                        want[word] += times * e['each'][word]
                    for name in e['weights']:
                        want['weight_bytes'] += min(weights[name]['bytes'], times * weights[name]['bytes'] / weights[name]['elements'])
            flops = sum(t['times'] * n ** len(t['lengths']) for t in f['flops'] for n in lengths)
            self.assertEqual(flops, sum(want[w] for w in WORK[:4]))
            for unit in f['units']:
                seen.add(unit)
                for word in want:
                    self.assertAlmostEqual(counted[unit][word], want[word], delta=0.5, msg='%s of %s' % (word, f['function']))
        self.assertEqual(seen, set(counted))

    def test_weights_are_where_it_says(self):
        for m in self.models:
            j, folder = self.maps[m.name], self.folder[m.name]
            block = (folder / (j['model'] + '_weights.bin')).read_bytes()
            self.assertEqual(len(block), j['weight_bytes'])
            stored = oracle.load(m.folder / 'model.safetensors')
            found = 0
            for f in j['functions']:
                for w in f['weights']:
                    for path, offset in zip(w['of'], w['offset']):
                        if path in stored and len(w['shape']) == 1:
                            values = stored[path].astype('<f4').tobytes()
                            self.assertEqual(block[offset:offset + len(values)], values, path)
                            found += 1
            self.assertTrue(found or not any(x.ndim == 1 for x in stored.values()), m.name)

    def test_places_are_those_of_the_text(self):
        for m in self.models:
            lines = m.text.read_text().split('\n')
            for f in self.maps[m.name]['functions']:
                for e in [f, *f['equations']]:
                    at = e.get('source')
                    if at and at['file'] == m.text.name:
                        text = '\n'.join(lines[at['line'] - 1:at['end_line']])
                        self.assertIn(words_of(e['text']), words_of('\n'.join(code_of(x) for x in text.split('\n'))))

    def test_equations_stand_above_what_computes_them(self):
        """In the sources each line of the text stands once, with its place, in the order of the text."""
        for m in self.models:
            with self.subTest(m.name):
                source = (self.folder[m.name] / (self.maps[m.name]['model'] + '.c')).read_text()
                quote = re.compile(r'(?m)^ *(?:/\*|\*) %s:(\d+)   \S' % re.escape(m.text.name))
                quotes = [(int(q[1]), q.start()) for q in quote.finditer(source)]
                begins = {}
                for number, at in quotes:
                    begins.setdefault(number, []).append(at)
                read = words_of(re.sub(r'(?m)^ *(?:/\*|\*) (?:%s:\d+  )?| \*/$' % re.escape(m.text.name), '', source))
                at = 0
                for number, line in enumerate(m.text.read_text().split('\n'), 1):
                    code = code_of(line)
                    if len(code) < 3 or m.name != 'minilm': # elsewhere branches are not taken, maps dissolve further below
                        continue
                    found = read.find(words_of(code), at)
                    self.assertGreaterEqual(found, 0, 'line %d is not found in order: %s' % (number, code))
                    at = found + len(words_of(code))
                for f in self.maps[m.name]['functions']:
                    head = re.search(r'(?m)^static void %s\(' % re.escape(f['function']), source)
                    for e in f['equations']:
                        if not e['named'] or e['kept'] in ('unused', 'default') or e['source']['file'] != m.text.name:
                            continue
                        full = [p for p in begins.get(e['source']['line'], []) if 'as above' not in source[p:source.index('\n', p + 1)]]
                        self.assertEqual(len(full), 1, 'equation %s of line %d' % (e['name'], e['source']['line']))
                        if head and f['kind'] == 'function' and len(begins[e['source']['line']]) == 1:
                            self.assertGreater(full[0], head.start())


if __name__ == '__main__':
    unittest.main()
