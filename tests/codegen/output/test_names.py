"""Names mean nothing: each text with all its dims, functions and locals renamed gives the same bits, in the sources that become of it.

What a text reads from outside keeps its name: inputs, outputs, keys of configs, names of parameters, words of the library."""
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from library import Library  # noqa: E402
from models import all_models, oracle  # noqa: E402

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|#[^\n]*|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\s*[A-Za-z_]\w*|[A-Za-z_]\w*\'*|.', re.S)
NAME = re.compile(r'[A-Za-z_]\w*')
# Ugly on purpose: some that C has a meaning for, some that the generator likes itself.
NEW = ['int', 'weights', 'rows', 'n', 'sum_', 'register', 'first', 'batch', 'total', 'dot', 'exp_', 'io', 'buffers', 's', 'w', 'root', 'x',
       'main', 'data', 'memcpy', 'value', 'most', 'layer', 't', 'size_t', 'fault', 'D', 'float', 'b', 'index']


def own_names(text):
    """Dims, functions, tensors and static values that the text itself introduces."""
    code = re.sub(r'"(?:\\.|[^"\\])*"', '""', re.sub(r'(?m)#[^\n"]*$', '', text))
    found = []

    def add(names):
        for name in names:
            if name not in found:
                found.append(name)

    for line in code.split('\n'):
        words = line.split()
        if not words:
            continue
        if words[0] in ('dim', 'ragged', 'let'):
            flat = re.sub(r'\[[^\]]*\]|\([^)]*\)', '', line.strip()[len(words[0]):])
            add(re.findall(r'(?:^|,)\s*([A-Za-z_]\w*)(?:@\w+)?\s*(?:<=|=|,|$)', flat))
        elif words[0] == 'fn':
            head = re.match(r'\s*fn (\w+)\s*(\[[^\]]*\])?\((.*?)\)\s*(?:=|\{)', line)
            add([head[1]])
            add(NAME.findall(re.sub(r'->', ',', head[2] or '')))
            parameters = re.sub(r'=[^,)]*', '', head[3])
            add(NAME.findall(parameters))
        elif words[0] == 'for':
            add([words[1]])
        left = re.match(r'\s*((?:[A-Za-z_]\w*(?:@\w+)?(?:\[[^\]]*\])?\s*,\s*)*[A-Za-z_]\w*(?:@\w+)?(?:\[[^\]]*\])?)\s*=[^=]', line)
        if left and words[0] not in ('dim', 'ragged', 'let', 'config', 'input', 'output', 'state', 'param', 'fn'):
            add(re.findall(r'(?:^|,)\s*([A-Za-z_]\w*)', re.sub(r'\[[^\]]*\]', '', left[1])))
        add(re.findall(r'\b([A-Za-z_]\w*) in [a-z]', line) if words[0] != 'for' else [])
    return found


def renamed(text, library_words):
    outside = re.findall(r'(?m)^\s*(?:input|state)\s+([A-Za-z_]\w*)', text)
    outside += re.findall(r'(?m)^\s*output\s+([A-Za-z_]\w*)', text)
    configs = re.findall(r'(?m)^\s*config\s+(\w+)', text)
    own = [n for n in own_names(text) if n not in outside + configs]
    taken = set(NAME.findall(text)) | library_words
    fresh = iter([n for n in NEW if n not in taken] + ['u%d_' % k for k in range(200)])
    new = {name: next(fresh) for name in own}

    def word(token):
        base = token.rstrip("'")
        return new.get(base, base) + token[len(base):]

    def change(match):
        token = match[0]
        if token[0] == '"':
            return re.sub(r'\{([^}]*)\}', lambda m: '{' + TOKEN.sub(change, m[1]) + '}', token)
        return word(token) if NAME.match(token) else token

    return TOKEN.sub(change, text), new


class Names(unittest.TestCase):
    def test_renamed_texts_give_the_same_bits(self):
        root = pathlib.Path(tempfile.mkdtemp(prefix='names-'))
        self.addCleanup(shutil.rmtree, root)
        library = [p.read_text() for p in (oracle.SOURCE / 'examples/lib').glob('*.sinter')]
        words = {w for text in library for w in re.findall(r'(?m)^(?:fn|reducer) (\w+)', text)}
        words |= set(re.findall(r'"([a-z]+)"', (oracle.SOURCE / 'grammar/model.l').read_text()))
        for model in all_models(root):
            with self.subTest(model.name):
                text, new = renamed(model.text.read_text(), words | {'model'})
                self.assertGreater(len(new), 5)
                other = root / model.text.name
                other.write_text(text)
                plain = Library(model.emit(root / (model.name + '-plain')), options=('-O0',))
                changed = Library(model.emit(root / (model.name + '-renamed'), text=other), options=('-O0',))
                for a, b in zip(plain.map['dims'], changed.map['dims']):
                    bare = re.sub(r'_+\d*$', '', a['name']) # a second one of a name has a number
                    wanted = {re.sub(r'_+\d*$', '', new.get(name, name)) for name in (a['name'], bare)}
                    self.assertIn(re.sub(r'_+\d*$', '', b['name']), wanted)
                got = changed.run([model.inputs, model.inputs])
                self.assertEqual([list(o.values()) for o in got], [list(o.values()) for o in plain.run([model.inputs, model.inputs])])


if __name__ == '__main__':
    unittest.main()
