#!/usr/bin/env python3
"""Names do not matter to the kernels.

An encoder and the library that it stands on are written down with every function, dim, tensor and variable called something else, twice; the
names of reducers are words of the grammar. explain names the same forms as of the encoder itself, the results have the same bits, and the C
compiler makes the same machine code of both spellings, byte for byte. (What an author's own functions are is seen in the C, those of the
library dissolve: so the encoder as it is may be cut into other C functions.)"""
import json
import os
import pathlib
import re
import sys
import tempfile

import numpy as np

from running import oracle

TARGET = 'x86' if os.uname().machine in ('x86_64', 'AMD64') else 'neon'
CONFIG = {'hidden_size': 40, 'num_attention_heads': 4, 'intermediate_size': 72, 'vocab_size': 50, 'type_vocab_size': 2, 'num_hidden_layers': 2,
          'max_position_embeddings': 64, 'layer_norm_eps': 1e-12, 'hidden_act': 'gelu'}
LENGTHS = (7, 0, 1, 33, 64)
KEPT = set('''model config dim ragged weights tokenizer require input output fn reducer return let if else for in under where and or not mod div
    len int real bool none true false last sum prod max min mean count any all pick softmax logsumexp
    argmax argmin rank exp log log1p sqrt erf tanh abs sin cos floor ceil pi'''.split())
WORD = re.compile(r'"(?:[^"\\]|\\.)*"|#[^\n]*|(?<!\w)(?<!(?<!\.)\.)[A-Za-z_]\w*')


def backwards(n):
    return 'zyxwvu'[n % 6] + 'kq'[n % 2] + str(97 - n)


def forwards(n):
    return f'name{n}_' + 'ab'[n % 2] * (n % 5)


def renamed(text, naming):
    """Every name that is the author's, by the order in which they come."""
    table = {}

    def other(name):
        return table.setdefault(name, naming(len(table)))

    def one(found):
        word = found.group(0)
        if word[0] == '"':  # names within a string stand in braces
            return re.sub(r'\{(\w+)\}', lambda inner: '{' + other(inner.group(1)) + '}', word)
        return word if word[0] == '#' or word in KEPT else other(word)
    return WORD.sub(one, text), table


def texts():
    """[(text, what names are called there)]: the encoder as it is; with its library written into it, all names changed in two ways."""
    model = (oracle.SOURCE / 'examples/minilm.sinter').read_text()
    model = model.replace('tokenizer "tokenizer.json"\n', '')
    library = re.sub(r'(?m)^reducer .*\n', '', (oracle.SOURCE / 'examples/lib/prelude.sinter').read_text())
    head, body = model.split('config c', 1)
    out = [(model, {})]
    for naming in (forwards, backwards):
        text, table = renamed(library + 'config c' + body, naming)
        out.append((head + text, table))
    return out


def parameters():
    d, f = CONFIG['hidden_size'], CONFIG['intermediate_size']
    shape = {f'embeddings.{n}_embeddings.weight': (k, d) for n, k in (('word', CONFIG['vocab_size']), ('position', 64), ('token_type', 2))}
    norms = ['embeddings.LayerNorm']
    for layer in range(CONFIG['num_hidden_layers']):
        at = f'encoder.layer.{layer}.'
        norms += [at + 'attention.output.LayerNorm', at + 'output.LayerNorm']
        for name, sides in (('attention.self.query', (d, d)), ('attention.self.key', (d, d)), ('attention.self.value', (d, d)),
                            ('attention.output.dense', (d, d)), ('intermediate.dense', (f, d)), ('output.dense', (d, f))):
            shape[f'{at}{name}.weight'], shape[f'{at}{name}.bias'] = sides, sides[:1]
    for name in norms:
        shape[name + '.weight'] = shape[name + '.bias'] = (d,)
    random = np.random.default_rng(3)
    return {name: (random.normal(size=s) * .2).astype(np.float32) for name, s in shape.items()}


def forms(text):
    done = oracle.run(oracle.SINTER, 'explain', text, '--json', '--target=' + TARGET)
    return [(k['form'], k['gated'], len(k['parts']), len(k['stores'])) for f in json.loads(done.stdout)['functions'] for k in f['kernels']]


def machine_code(folder):
    """{object: bytes of .text}"""
    out = {}
    for file in sorted(folder.glob('*_kernels_*.o')):
        oracle.run('objcopy', '-O', 'binary', '--only-section=.text', file, folder / 'text')
        out[file.name] = (folder / 'text').read_bytes()
    return out


def built(folder, text, names):
    """(kernels, machine code, results by --kernels)"""
    folder.mkdir()
    (folder / 'minilm.sinter').write_text(text)
    for name, config in (('config', CONFIG), ('sentence_bert_config', {'max_seq_length': 64})):
        (folder / f'{name}.json').write_text(json.dumps(config))
    oracle.save(folder / 'model.safetensors', parameters())
    random = np.random.default_rng(4)
    given = {}
    for k, n in enumerate(LENGTHS):
        given[f'{k}/{names.get("tok", "tok")}'] = random.integers(0, 50, size=n)
        given[f'{k}/{names.get("type", "type")}'] = random.integers(0, 2, size=n)
    oracle.save(folder / 'in.safetensors', given)
    oracle.run(oracle.SINTER, 'emit', folder / 'minilm.sinter', '-d', folder / 'c', '--target=' + TARGET)
    program = oracle.make(folder / 'c', 'minilm', '-O1', '-w')
    code = machine_code(folder / 'c')
    results = {}
    for option in [['--kernels=' + n] for n in ('zen4', 'avx512', 'avx2', 'neon', 'c')]:
        if oracle.run(program, *option, '--version', accept=(0, 1)).returncode == 0:
            found = oracle.answer(program, folder / 'in.safetensors', folder / 'out.safetensors', *option)
            results[option[0]] = {name.split('/')[0]: x.tobytes() for name, x in found.items()}
    return forms(folder / 'minilm.sinter'), code, results


def main():
    with tempfile.TemporaryDirectory() as name:
        variants = [built(pathlib.Path(name) / str(k), text, table) for k, (text, table) in enumerate(texts())]
    (forms_of, _, results), one, two = variants
    wrong = [f'kernels {v[0]} instead of {forms_of}' for v in (one, two) if v[0] != forms_of]
    wrong += [f'{option}: other bits' for v in (one, two) for option in results if v[2][option] != results[option]]
    if one[1].keys() != two[1].keys() or not one[1]:
        wrong.append(f'objects {list(two[1])} instead of {list(one[1])}')
    wrong += [f'{file}: other machine code' for file in one[1] if one[1][file] != two[1].get(file)]
    for sentence in wrong:
        print(sentence)
    print(f'{len(texts()[1][1])} names changed twice, {len(forms_of)} kernels, {len(one[1])} objects of {sum(map(len, one[1].values()))} bytes, '
          f'{len(results)} sets of kernels run, {len(wrong)} wrong\ncases: {2 * (len(one[1]) + len(results))}')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
