#!/usr/bin/env python3
"""A model text with one thing changed has to fail its folder: else the folder is too weak to tell right from wrong.

    test_mutants.py [NAME ...]

The change is one index, sign, mask or constant. Three mutants of each text that sinter accepts are tried through the evaluator; all there
are with SINTER_LONG. One that the folder does not tell from the text is tried at the options of test_options.py too. Mutants that make
the same graph (they stand where this folder's config does not lead) are passed over; others that mean the same stand in equivalent.txt,
each with the proof."""
import os
import pathlib
import random
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
import test_options  # noqa: E402
import tolerances  # noqa: E402
from test_systems import FOLDERS, TEXTS  # noqa: E402

WANTED = 3
HANGS = 30  # seconds: a mutant of a loop may never end
DECLARES = ('config', 'weights', 'tokenizer', 'require', 'dim', 'input', 'model', 'under', '#')

# kind, what is changed, into what; positions in strings are left out
CHANGES = [
    ('index', re.compile(r"(?<=[\[,])(?<!(?:sum|max|min|any|all)\[)([a-z]\w*'*)(?=[,\]])"), lambda m: m + ' + 1'),
    ('index', re.compile(r"\b[a-z]\w*'"), lambda m: m[:-1]),
    ('sign', re.compile(r'(?<=\S ) *[+-] (?=\S)'), lambda m: m.replace('+', '~').replace('-', '+').replace('~', '-')),
    ('mask', re.compile(r'(?<=\S )(?:<=|>=|==|!=|<|>)(?= \S)'),
     lambda m: {'<=': '<', '<': '<=', '>=': '>', '>': '>=', '==': '!=', '!=': '=='}[m]),
    ('mask', re.compile(r'\b(?:and|or)\b'), lambda m: 'or' if m == 'and' else 'and'),
    ('constant', re.compile(r'(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])'), 
     lambda m: str(int(m) + 1 if int(m) < 1000 else 2 * int(m)) if m.isdigit() else '%g' % (1e4 * float(m))),
]


def mutants(text):
    """By kind all (number of line, new line)."""
    found = {}
    for n, line in enumerate(text.split('\n')):
        code = re.sub(r'"[^"]*"', lambda m: '"' + '_' * (len(m[0]) - 2) + '"', line).split('#')[0]
        if code.strip().startswith(DECLARES) or re.match(r'ragged \w+ <=', code):
            continue
        begin = code.find(' = ') + 1  # the left side only names indices
        for kind, pattern, into in CHANGES:
            for m in pattern.finditer(code):
                if m.start() >= begin:
                    found.setdefault(kind, []).append((n, line[:m.start()] + into(m[0]) + line[m.end():]))
    return found


def in_turn(name, found):
    """All mutants, the kinds taking turns, each kind in an order of its own that the name decides."""
    draw = random.Random(name)
    lists = [found[kind] for kind in sorted(found)]
    for each in lists:
        draw.shuffle(each)
    return [each[k] for k in range(max(map(len, lists), default=0)) for each in lists if k < len(each)]


def equivalents():
    """(name, old line, new line) of those that are proven to mean the same."""
    listed, name, old = set(), '', ''
    for line in (pathlib.Path(__file__).parent / 'equivalent.txt').read_text(encoding='utf-8').split('\n'):
        if line.startswith('- '):
            old = line[2:].strip()
        elif line.startswith('+ '):
            listed.add((name, old, line[2:].strip()))
        elif line and line[0] not in ' #':
            name = line.strip()
    return listed


class Model:
    """A folder that a text is tried on: what it has to give, and the graph of the right text there."""

    def __init__(self, name, path, wanted):
        self.name, self.path, self.wanted, self.graph = name, path, wanted, graph_of(TEXTS / f'{name}.sinter', path)

    def fate(self, text):
        """'refused' by the checker, 'same' graph, 'found', or 'alive'."""
        graph = graph_of(text, self.path)
        if graph is None or graph == self.graph:
            return 'refused' if graph is None else 'same'
        try:
            got = oracle.evaluate(text, self.path, self.path / 'in.safetensors', text.with_suffix('.out'), accept=(0, 1), seconds=HANGS)
            worst = oracle.errors(got, self.wanted) if got else {'': float('inf')}
        except oracle.Wrong as wrong:
            if not wrong.hangs and 'exit code' in str(wrong):
                raise
            return 'found'
        return 'found' if any(error > tolerances.limit(self.name, output, 'eval') for output, error in worst.items()) else 'alive'


def models(name, folder):
    """The observed folder first, then options as they are asked for."""
    yield Model(name, FOLDERS / name, oracle.load(FOLDERS / name / 'out.safetensors'))
    if (test_options.EQUATIONS / f'{name}.py').exists():
        system = test_options.read(name)
        for number, change in enumerate([{}] + system.OPTIONS):
            path = folder / f'option{number}'
            path.mkdir()
            yield Model(name, path, test_options.make(system, change, number, path))


class Trials:
    def __init__(self, name, folder):
        self.more, self.made, self.text = models(name, folder), [], folder / f'{name}.sinter'

    def model(self, k):
        while len(self.made) <= k:
            one = next(self.more, None)
            if one is None:
                return None
            self.made.append(one)
        return self.made[k]

    def fate(self, changed):
        self.text.write_text(changed, encoding='utf-8')
        what, k = self.model(0).fate(self.text), 1
        while what == 'alive' and self.model(k):
            what = 'found' if self.model(k).fate(self.text) == 'found' else what
            k += 1
        return what


def graph_of(text, model):
    done = oracle.run(oracle.SINTER, 'check', text, '--model-dir', model, '--dump=graph', accept=(0, 1))
    return done.stdout if done.returncode == 0 else None


def one(name):
    text = (TEXTS / f'{name}.sinter').read_text(encoding='utf-8')
    lines = text.split('\n')
    proven, counts, lived = equivalents(), dict.fromkeys(('found', 'refused', 'same', 'equivalent', 'alive'), 0), []
    with tempfile.TemporaryDirectory() as folder:
        trials = Trials(name, pathlib.Path(folder))
        for n, line in in_turn(name, mutants(text)):
            if counts['found'] + counts['alive'] >= WANTED and not os.environ.get('SINTER_LONG'):
                break
            if (name, lines[n].strip(), line.strip()) in proven:
                counts['equivalent'] += 1
                continue
            said = ''
            try:
                what = trials.fate('\n'.join(lines[:n] + [line] + lines[n + 1:]))
            except oracle.Wrong as wrong:
                what, said = 'alive', '\n%s' % wrong
            counts[what] += 1
            if what == 'alive':
                lived.append('  %s:%d\n- %s\n+ %s%s' % (name, n + 1, lines[n].strip(), line.strip(), said))
    few = counts['found'] < WANTED
    said = '%-7s %-28s %s%s' % ('FAILED' if lived or few else 'ok', name, ', '.join(f'{v} {k}' for k, v in counts.items() if v),
                               ': too few mutants' if few else '')
    return '\n'.join([said] + lived), not lived and not few


def main():
    names = sys.argv[1:] or sorted(p.stem for p in TEXTS.glob('*.sinter') if (FOLDERS / p.stem).is_dir())
    oracle.say_if_few()
    failed = oracle.failures(one, names)
    print('%d texts failed\ncases: %d' % (failed, len(names)))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
