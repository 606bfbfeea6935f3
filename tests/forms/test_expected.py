#!/usr/bin/env python3
"""The kernels of whole models, as `explain --json` gives them, against the files in expected/.

    test_expected.py [--update] [NAME ...]

Of each kernel: its form, the roles of its indices, what is in its holes, what it stores, which equations of the text it computes. What a
template could not print, and what no form took, stands there as plain, with the reason. A kernel that is lost to plain loops, or one that
stores less, shows here first. --update writes the files anew: look at what git shows of them."""
import json
import pathlib
import sys
import tempfile

import running
from running import oracle

EXPECTED = running.HERE / 'expected'
TARGET = 'x86'
FOLDERS = ('bert', 'llama', 'deberta-v2', 'gpt2', 't5', 'mistral')
SIZES = {'hidden_size': 384, 'num_attention_heads': 12, 'intermediate_size': 1536, 'vocab_size': 30522, 'type_vocab_size': 2, 'num_hidden_layers': 6,
         'max_position_embeddings': 512, 'layer_norm_eps': 1e-12, 'hidden_act': 'gelu'}


def minilm(folder):
    """The text with the sizes of the real checkpoint, which is not needed for it: of weights only the header is read."""
    d, f = SIZES['hidden_size'], SIZES['intermediate_size']
    shape = {f'embeddings.{n}_embeddings.weight': (SIZES[k], d) for n, k in (
        ('word', 'vocab_size'), ('position', 'max_position_embeddings'), ('token_type', 'type_vocab_size'))}
    norms = ['embeddings.LayerNorm']
    for at in (f'encoder.layer.{k}.' for k in range(SIZES['num_hidden_layers'])):
        norms += [at + 'attention.output.LayerNorm', at + 'output.LayerNorm']
        for name, sides in (('attention.self.query', (d, d)), ('attention.self.key', (d, d)), ('attention.self.value', (d, d)),
                            ('attention.output.dense', (d, d)), ('intermediate.dense', (f, d)), ('output.dense', (d, f))):
            shape[f'{at}{name}.weight'], shape[f'{at}{name}.bias'] = sides, sides[:1]
    shape.update({f'{name}.{part}': (d,) for name in norms for part in ('weight', 'bias')})
    header, at = {}, 0
    for name, sides in shape.items():
        size = 4 * sides[0] * (sides[1] if len(sides) > 1 else 1)
        header[name] = {'dtype': 'F32', 'shape': list(sides), 'data_offsets': [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(folder / 'model.safetensors', 'wb') as file:
        file.write(len(text).to_bytes(8, 'little') + text)
        file.truncate(8 + len(text) + at)  # a hole: nothing of it is on the disk
    for name, what in (('config', SIZES), ('sentence_bert_config', {'max_seq_length': 256})):
        (folder / f'{name}.json').write_text(json.dumps(what))
    model = folder / 'minilm.sinter'
    model.write_text((oracle.SOURCE / 'examples/minilm.sinter').read_text().replace('tokenizer "tokenizer.json"\n', ''))
    return model


def kernel(k):
    back = [w['reason'] for w in k['not'] if w['form'] == k['form']]
    if back:
        return [f'  plain: {store}; not {k["form"]}: {back[0]}' for store in k['stores']]
    out = ['  ' + running.Kernel(k).word]
    for part in k['parts']:
        roles = ', '.join(f'{r} = {v}' for r, v in part['roles'].items() if v)
        out.append(f'    {part["name"]}: {roles}' + (f'; {part["domain"]}' if 'domain' in part else '') + ('; in pairs' if part['pairs'] else ''))
        out += [f'      {h} = {v}' for h, v in part['holes'].items()]
    return out + ['    inside ' + s for s in k['inside']] + ['    stores ' + s for s in k['stores']]


def lines(model):
    out = []
    for f in json.loads(oracle.run(oracle.SINTER, 'explain', model, '--json', '--target=' + TARGET).stdout)['functions']:
        out.append(f['function'])
        for k in f['kernels']:
            out += kernel(k)
            out += ['    computes ' + ', '.join(k['computes'])] if k['computes'] else []
        out += sorted({f'  plain: {w["what"]}' for w in f['plain'] if w['what']})
    return out


def main():
    update, only = '--update' in sys.argv, [a for a in sys.argv[1:] if a[0] != '-']
    models = bad = kernels = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ('minilm', *FOLDERS):
            model = minilm(pathlib.Path(folder)) if name == 'minilm' else oracle.CASES / 'hf' / name
            file = EXPECTED / f'{name}.txt'
            if only and name not in only:
                continue
            if not model.exists():
                print(f'skipped: no folder of observed models, {name}')
                continue
            models += 1
            have = lines(model)
            if update:
                file.write_text('\n'.join(have) + '\n')
                continue
            want = file.read_text().splitlines()
            kernels += sum(line.startswith('  ') and line[2] != ' ' and not line.startswith('  plain') for line in want)
            for i in range(max(len(have), len(want))):
                a, b = (x[i] if i < len(x) else '(nothing)' for x in (have, want))
                if a != b:
                    print(f'{name}, line {i + 1}:\n  have {a}\n  want {b}\n  if that is meant: test_expected.py --update {name}')
                    bad += 1
                    break
    print(f'{models} models, {bad} with other kernels\ncases: {kernels}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
