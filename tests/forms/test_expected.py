#!/usr/bin/env python3
"""The kernels of whole models, as explain gives them, against the files in expected/.

    test_expected.py [--write] [NAME ...]

One line a kernel: form, roles, what is in its holes and what it stores. A kernel that is lost to plain loops, or one that stores less, shows
here first."""
import json
import sys

import running
from running import oracle

EXPECTED = running.HERE / 'expected'
MODELS = {name: 'hf/' + name for name in ('bert', 'llama', 'deberta-v2', 'gpt2', 't5', 'mistral')}


def lines(model):
    done = oracle.run(oracle.SINTER, 'explain', model, '--json', '--target=' + running.TARGET, f'--forms={running.HEADS}')
    out = []
    for f in json.loads(done.stdout)['functions']:
        out.append(f['function'])
        for k in f['kernels']:
            out.append('  ' + running.Kernel(k).word)
            for part in k['parts']:
                roles = ', '.join(f'{r} = {v}' for r, v in part['roles'].items() if v)
                out.append(f'    {part["name"]}: {roles}' + (f'; {part["domain"]}' if 'domain' in part else ''))
                out += [f'      {h} = {v}' for h, v in part['holes'].items()]
            out += ['    inside ' + s for s in k['inside']]
            out += ['    stores ' + s for s in k['stores']]
        out += sorted({f'  plain: {w["what"]}' for w in f['plain'] if w['what']})
    return out


def main():
    write, only = '--write' in sys.argv, [a for a in sys.argv[1:] if a[0] != '-']
    bad = 0
    for name, path in MODELS.items():
        model, file = oracle.CASES / path, EXPECTED / f'{name}.txt'
        if only and name not in only:
            continue
        if not model.is_dir():
            print(f'skipped: {model} is not there')
            continue
        have = lines(model)
        if write:
            EXPECTED.mkdir(exist_ok=True)
            file.write_text('\n'.join(have) + '\n')
            continue
        want = file.read_text().splitlines()
        for i in range(max(len(have), len(want))):
            a, b = (x[i] if i < len(x) else '(nothing)' for x in (have, want))
            if a != b:
                print(f'{name}, line {i + 1}:\n  have {a}\n  want {b}')
                bad += 1
                break
    print(f'{len(MODELS)} models, {bad} with other kernels')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
