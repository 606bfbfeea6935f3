#!/usr/bin/env python3
"""The cases of this folder (see cases.py): what is said is said exactly, and nothing is left behind that is half written.

    test_errors.py [--update] [FILE ...]      other files of cases, as seen from here

--update rewrites what follows each command; read the difference before keeping it.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import cases
import texts

HERE = os.path.dirname(os.path.abspath(__file__))


def make_toy(scratch):
    """The files that every case begins with: those of toy/, weights, and the program made of them."""
    folder = os.path.join(scratch, 'toy')
    shutil.copytree(os.path.join(HERE, 'toy'), folder)
    shutil.copy(os.path.join(HERE, '..', 'tokenizer', 'tiny', 'tokenizer.json'), folder)
    toy = cases.Case('')
    for weight in ('embed.weight[45,6]', 'type.weight[2,6]', 'norm.weight[6]'):
        cases.tensor(toy, 'model.safetensors ' + weight)
    texts.write_safetensors(os.path.join(folder, 'model.safetensors'), toy.tensors['model.safetensors'])
    done = subprocess.run([texts.SINTER, 'build', 'toy.sinter', '--target=c', '-o', 'toy'], cwd=folder, capture_output=True, text=True)
    if done.returncode or done.stderr:
        sys.exit('toy: exit code %d\n%s' % (done.returncode, done.stderr))
    return folder


def outcome(case, scratch, toy):
    try:
        return cases.run(case, tempfile.mkdtemp(dir=scratch), toy)
    except Exception as wrong:  # whatever it is, the other cases are tested too
        return [], ['%s: %s' % (type(wrong).__name__, wrong)], None, []


def shown(got):
    out, err, code, left = got
    lines = ['> ' + line for line in out] + ['! ' + line for line in err]
    return lines + (['exit %s' % code] if code != 1 else []) + (['left ' + ' '.join(left)] if left else [])


def update(path, outcomes):
    with open(path, encoding='utf-8') as file:
        lines = [line for line in file.read().split('\n') if line.split(' ')[0] not in ('>', '!', 'exit', 'left')]
    out, at = [], iter(outcomes)
    for line in lines:
        out.append(line)
        if line.startswith('$ '):
            out += shown(next(at))
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(out))


def main():
    updating = '--update' in sys.argv
    names = [name for name in sys.argv[1:] if name != '--update']
    paths = [os.path.join(HERE, name) for name in names] or sorted(glob.glob(os.path.join(HERE, '*.cases')))
    scratch = tempfile.mkdtemp(prefix='errors-')
    passed = failed = 0
    try:
        toy = make_toy(scratch)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for path in paths:
                found = cases.parse(path)
                outcomes = list(pool.map(lambda case: outcome(case, scratch, toy), found))
                if updating:
                    update(path, outcomes)
                    found = cases.parse(path)
                for case, got in zip(found, outcomes):
                    fine = tuple(got) == case.expect()
                    passed, failed = passed + fine, failed + (not fine)
                    if not fine:
                        print('%s:%d: %s\n  $ %s\n  got\n    %s\n  wanted\n    %s' % (
                            os.path.basename(path), case.line, case.title, case.command, '\n    '.join(shown(got)),
                            '\n    '.join(shown(case.expect()))))
    finally:
        shutil.rmtree(scratch)
    print('%d passed, %d failed\ncases: %d' % (passed, failed, passed + failed))
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
