"""Random Transformer Programs: Python files of the shape that `sinter import` reads, with their tables of weights, and what they answer.

program(random) gives one as a Program; its answer() runs the program's own text, by Python, with the few functions of pandas and numpy
that it calls standing in below. Weights are exact there, so what has most is never a matter of rounding.
"""
import csv
import io
import types
from fractions import Fraction

HELPERS = {
    'select_closest': '''def select_closest(keys, queries, predicate):
    rows = []
    for i, q in enumerate(queries):
        fits = [j for j, k in enumerate(keys{causal}) if predicate(q, k)]
        far = {{j: abs(j - i) if j != i else len(fits) for j in fits}}
        at = min(fits, key=far.get, default=0)
        rows.append([j == at for j in range(len(keys))])
    return rows
''',
    'select': '''def select(keys, queries, predicate):
    return [[bool(predicate(q, k)) for k in keys{causal}] for i, q in enumerate(queries)]
''',
    'aggregate': '''def aggregate(attention, values):
    return [values[row.index(True)] for row in attention]
''',
    'aggregate_sum': '''def aggregate_sum(attention, values):
    return [sum(v for looks, v in zip(row, values) if looks) for row in attention]
''',
}


def helper(name, causal):
    return HELPERS[name].format(causal='[: i + 1]' if causal else '')


# --- what programs call, exactly

class Rows(list):
    """Rows of weights, one for each token."""
    def mul(self, counts, axis):
        return Rows([[w * n for w in row] for row, n in zip(self, counts)])

    def reset_index(self):
        return self

    def argmax(self, axis):
        return [row.index(max(row)) for row in self]

    def mean(self, axis):
        return Row([sum(column) for column in zip(*self)])


class Row(list):
    def argmax(self, axis):
        return self.index(max(self))


class Classes(list):
    def __getitem__(self, at):
        return Names([list.__getitem__(self, i) for i in at]) if isinstance(at, list) else list.__getitem__(self, at)


class Names(list):
    def tolist(self):
        return list(self)


class Sheet:
    def __init__(self, text):
        rows = list(csv.reader(io.StringIO(text)))
        self.columns = types.SimpleNamespace(to_numpy=lambda: Classes(rows[0][2:]))
        self.row = {(r[0], r[1]): [Fraction(x) for x in r[2:]] for r in rows[1:]}
        self.loc = self

    def __getitem__(self, keys):
        return Rows([self.row[key] for key in keys])


class Words:
    def __init__(self, text):
        rows = list(csv.reader(io.StringIO(text)))
        self.names, self.row, self.loc = rows[0][1:], {r[0]: [int(x) for x in r[1:]] for r in rows[1:]}, self

    def set_index(self, name):
        return self

    def __getitem__(self, tokens):
        return {name: Names([self.row[w][i] for w in tokens]) for i, name in enumerate(self.names)}


def concat(all_rows):
    total = Rows([[sum(cells) for cells in zip(*rows)] for rows in zip(*all_rows)])
    summed = types.SimpleNamespace(to_numpy=lambda: total)
    return types.SimpleNamespace(groupby=lambda level: types.SimpleNamespace(sum=lambda numeric_only: summed))


class Member:
    """A member of an imported class of embeddings: equal to itself only."""
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return self.name


class Group:
    def __init__(self, number):
        self._number, self._members = number, {}

    def __getitem__(self, name):
        return self._members.setdefault(name, Member('Emb%d.%s' % (self._number, name)))

    def __getattr__(self, name):
        return self[name]


def runner(text, files):
    """The function run() of a program; `files`: texts of its tables by the names it calls them."""
    def read_csv(path, index_col=None, dtype=None):
        return Sheet(files[path]) if index_col else Words(files[path])

    pandas = types.SimpleNamespace(read_csv=read_csv, concat=concat)
    names = {'pd': pandas}
    names.update(('Emb%d' % i, Group(i)) for i in range(8))
    body = '\n'.join(line for line in text.partition('\nexamples = ')[0].split('\n') if not line.startswith(('import ', 'from ')))
    exec(compile(body, 'program', 'exec'), names)  # pylint: disable=exec-used
    return names['run']


# --- random programs

WORDS = ['0', '1', '2', 'a', 'b', '(', ')', '</s>', '<pad>', '"', "it's", 'a,b', 'é', 'x\\y', '#', '{', '_x', 'NA', '##', '-1']
NUMBERS = ['1', '-1', '0', '0.1', '0.2', '0.3', '-0.3', '1e-3', '2.5', '-7.25', '0.333333333', '12.5e-1']


class Variable:
    """kind: 'word', 'int', 'count' or the number of an imported class; values: those it may have, of a count none."""
    def __init__(self, name, kind, values):
        self.name, self.kind, self.values = name, kind, values

    def feature(self, value):
        return 'Emb%d.V%02d' % (self.kind, value) if isinstance(self.kind, int) else str(value)


class Program:
    """text: of the .py file; weights, embeddings: of its tables (the latter None); words: of its vocabulary; most: positions."""
    text = weights = embeddings = words = most = pooled = None

    def answer(self, tokens):
        found = runner(self.text, {'w.csv': self.weights, 'e.csv': self.embeddings})(list(tokens))
        return [found] if self.pooled else found


class Maker:
    def __init__(self, r):
        self.r, self.raw = r, r.random() < 0.3
        self.causal, self.counts = r.random() < 0.3, r.random() < 0.7
        self.lines, self.variables, self.scores, self.rows = [], [], [], []
        self.classes = r.sample(['A', 'B', 'C', 'D', '<s>', 'x,y', '"q"', '</s>'], r.randint(1, 5))
        self.decimals = r.choice([NUMBERS, NUMBERS[:3], None])

    # spelling

    def quote(self, word):
        text = word.replace('\\', '\\\\')
        if self.raw and "'" not in word:
            return "'%s'" % text
        return '"%s"' % text.replace('"', '\\"')

    def literal(self, kind, value):
        return self.quote(value) if kind == 'word' else 'Emb%d.V%02d' % (kind, value) if isinstance(kind, int) else str(value)

    def group(self, items, brackets='()'):
        """In brackets, on one line or on several."""
        if self.raw or self.r.random() < 0.5:
            return brackets[0] + ', '.join(items) + brackets[1]
        return brackets[0] + '\n' + ''.join('            %s,\n' % item for item in items) + '        ' + brackets[1]

    def say(self, text, *args):
        self.lines.append('    ' + (text % args if args else text))

    # weights

    def weight(self):
        return self.r.choice(self.decimals) if self.decimals else repr(round(self.r.gauss(0, 5), self.r.choice([3, 9])))

    def row(self, feature, value):
        self.rows.append([feature, value] + [self.weight() for _ in self.classes])

    def score(self, variable):
        name = variable.name[:-1] + '_scores'
        q = "'%s'" if self.raw else '"%s"'
        if variable.kind == 'count':
            self.say('%s = classifier_weights.loc[[(%s, %s) for v in %s]].mul(%s, axis=0)', name, q % variable.name, q % '_', variable.name, variable.name)
            self.row(variable.name, '_')
        else:
            self.say('%s = classifier_weights.loc[[(%s, str(v)) for v in %s]]', name, q % variable.name, variable.name)
            for value in variable.values:
                self.row(variable.name, variable.feature(value))
        if self.r.random() < 0.9:
            self.scores.append(name)

    def add(self, variable):
        self.variables.append(variable)
        self.score(variable)

    def pick(self, counts=False):
        return self.r.choice([v for v in self.variables if (v.kind == 'count') == counts])

    # functions

    def keys(self, variable):
        """What a condition may ask of it: mostly what it may be."""
        r = self.r
        known = [(variable.kind, v) for v in variable.values] if variable.kind != 'count' else [('int', v) for v in range(6)]
        strange = [('word', '?'), ('int', 7), ('word', '1')] + [(g, 1) for g in range(self.groups)]
        return known + ([r.choice(strange)] if r.random() < 0.2 else [])

    def rules(self, keys, results, what):
        """Lines `if .. in {..}: return ..`; a key may stand in several."""
        r, first = self.r, True
        keys = r.sample(keys, len(keys))
        for _ in range(r.randint(1, 4)):
            some = keys[:r.randint(1, 5)]
            keys = keys[len(some) - (r.random() < 0.2):] or some
            self.say('    %s %s in %s:', 'if' if first or r.random() < 0.1 else 'elif', what, self.group(some, r.choice(['{}', '{}', '[]'])))
            self.say('        return %s', r.choice(results))
            first = False

    def predicate(self, name, query, key):
        r = self.r
        a, b = (query.name[:-1], key.name[:-1]) if query is not key else ('q_' + query.name[:-1], 'k_' + query.name[:-1])
        self.say('def %s(%s, %s):', name, a, b)
        keys = [self.literal(*k) for k in self.keys(query)]
        self.rules(keys, ['%s == %s' % (b, self.literal(*k)) for k in self.keys(key)], a)
        if r.random() < 0.1:
            self.say('    return %s == %s', b, self.literal(*r.choice(self.keys(key))))

    def head(self, name, counts):
        query, key, value = self.pick(), self.pick(), self.pick(counts)
        stem = 'num_attn_' + name if counts else 'attn_' + name
        function = ('num_' if counts else '') + 'predicate_' + name
        self.predicate(function, query, key)
        self.say('%s_pattern = %s(%s, %s, %s)', stem, 'select' if counts else 'select_closest', key.name, query.name, function)
        self.say('%s_outputs = %s(%s_pattern, %s)', stem, 'aggregate_sum' if counts else 'aggregate', stem, value.name)
        self.add(Variable(stem + '_outputs', value.kind, value.values))

    def table(self, name, counts):
        r = self.r
        inputs = [self.pick(counts) for _ in range(r.choice([1, 2, 2, 3]))]
        inputs = [v for i, v in enumerate(inputs) if v not in inputs[:i]]
        function = ('num_mlp_' if counts else 'mlp_') + name
        params = [v.name[:-1] for v in inputs]
        self.say('def %s(%s):', function, ', '.join(params))
        key = params[0] if len(params) == 1 and not self.raw else '(%s)' % ', '.join(params)
        self.say('    key = %s', key)
        keys = [[]]
        for v in inputs:
            keys = [k + [self.literal(*x)] for k in keys for x in self.keys(v)][:200]
        keys = [k[0] if len(inputs) == 1 else '(%s)' % ', '.join(k) for k in keys]
        results = r.sample(range(9), r.randint(1, 4))
        whole = not counts and r.random() < 0.2 and len(keys) < 200
        at = len(self.lines)
        if not whole:
            self.rules(keys, [str(x) for x in results], 'key')
            self.say('    return %d', results[0])
        for result in results if whole else []:
            some = keys[:len(keys) // 2] if result != results[-1] else keys
            keys = keys[len(some):]
            if some:
                self.say('    %s key in %s:', 'if' if len(self.lines) == at else 'elif', self.group(some, '[]'))
                self.say('        return %d', result)
        names = ', '.join('k%d' % i for i in range(len(inputs)))
        source = inputs[0].name if len(inputs) == 1 else 'zip(%s)' % ', '.join(v.name for v in inputs)
        self.say('%s_outputs = [%s(%s) for %s in %s]', function, function, names, names, source)
        self.add(Variable(function + '_outputs', 'int', results))

    # the whole

    def embeddings(self, words):
        r, columns = self.r, self.r.randint(1, 3)
        codes = {w: [r.randint(0, 5) for _ in range(columns)] for w in words}
        self.groups = columns if r.random() < 0.5 else 0
        self.say('embed_df = pd.read_csv("e.csv").set_index("word")')
        self.say('embeddings = embed_df.loc[tokens]')
        for i in range(columns):
            name = 'var%d_embeddings' % i
            if self.groups:
                self.say('%s = [Emb%d[f"V{i:02}"] for i in embeddings["%s"]]', name, i, name)
            else:
                self.say('%s = embeddings["%s"].tolist()', name, name)
            self.add(Variable(name, i if self.groups else 'int', sorted({codes[w][i] for w in words})))
        out = io.StringIO()
        csv.writer(out, lineterminator='\n').writerows([['word'] + ['var%d_embeddings' % i for i in range(columns)]] + [[w] + codes[w] for w in words])
        return out.getvalue()

    def make(self):
        r, p = self.r, Program()
        p.words = ['<s>'] + r.sample(WORDS, r.randint(1, 8)) if r.random() < 0.8 else r.sample(WORDS, r.randint(1, 8))
        p.most, p.pooled, embedded, self.groups = r.randint(1, 9), r.random() < 0.2, r.random() < 0.3, 0
        self.say('# classifier weights %s', '#' * 20)
        self.say('classifier_weights = pd.read_csv(%s)', self.group(['"w.csv"', 'index_col=[0, 1]', 'dtype={"feature": str}'])[1:-1])
        if not embedded:
            self.add(Variable('tokens', 'word', p.words))
        self.say('positions = list(range(len(tokens)))')
        self.add(Variable('positions', 'int', list(range(p.most))))
        self.say('ones = [1 for _ in range(len(tokens))]')
        self.add(Variable('ones', 'count', None))
        if embedded:
            p.embeddings = self.embeddings(p.words)
        for layer in range(r.randint(1, 3)):
            for counts in [False, True] if self.counts else [False]:
                for h in range(r.randint(0, 3)):
                    self.head('%d_%d' % (layer, h), counts)
            for counts in [False, True] if self.counts else [False]:
                for h in range(r.randint(0, 2)):
                    self.table('%d_%d' % (layer, h), counts)
        self.scores = r.sample(self.scores, len(self.scores)) or ['position_scores']
        self.say('feature_logits = pd.concat([df.reset_index() for df in %s])', self.group(self.scores, '[]'))
        self.say('logits = feature_logits.groupby(level=0).sum(numeric_only=True).to_numpy()')
        self.say('classes = classifier_weights.columns.to_numpy()')
        if p.pooled:
            self.say('pooled = logits.mean(0)')
            self.say('prediction = classes[pooled.argmax(-1)]')
            self.say('return prediction')
        else:
            self.say('predictions = classes[logits.argmax(-1)]')
            for place, word in (('0', '<s>'), ('-1', '</s>')):
                if r.random() < 0.8:
                    self.say('if tokens[%s] == "%s":', place, word)
                    self.say('    predictions[%s] = "%s"', place, word)
            self.say('return predictions.tolist()')
        heads = ['import numpy as np', 'import pandas as pd']
        if self.groups:
            heads.append('from a.b import %s' % ', '.join('Emb%d' % i for i in range(self.groups)))
        names = ['select_closest', 'select', 'aggregate', 'aggregate_sum']
        p.text = '\n'.join(heads) + '\n\n\n' + '\n\n'.join(helper(n, self.causal) for n in names)
        p.text += '\n\ndef run(tokens):\n' + '\n'.join(self.lines) + '\n'
        if r.random() < 0.5:
            p.text += '\n\nexamples = [(["<s>"], ["A"])]\nfor x, y in examples:\n    print(f"x: {x}")\n    print(run(x))\n'
        self.rows += [['tokens', '_'] + ['0'] * len(self.classes)] * r.choice([0, 2]) + [['nobody', '3'] + ['1'] * len(self.classes)]
        out = io.StringIO()
        rows = r.sample(self.rows, len(self.rows)) if r.random() < 0.5 else sorted(self.rows)
        csv.writer(out, lineterminator=r.choice(['\n', '\r\n'])).writerows([['feature', 'value'] + self.classes] + rows)
        p.weights = out.getvalue()
        return p


def program(r):
    return Maker(r).make()
