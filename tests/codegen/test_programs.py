#!/usr/bin/env python3
"""Generated C against what is expected: the texts of tests/check that have outputs, and those of programs/ (see tests/check/texts.py).

    test_programs.py [NAME ...]

Each is written as C, compiled without a warning, and run on the inputs in the text, all sequences in one batch."""
import glob
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'check'))
import texts  # noqa: E402

STRICT = ['-std=c99', '-O0', '-ffp-contract=off', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror']
texts.RELATIVE, texts.SMALL = 1e-5, 1e-6  # single precision


def shell(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=texts.SECONDS, text=True, errors='replace')
    if done.returncode:
        raise texts.Wrong('%s: exit code %d\n%s' % (command[0], done.returncode, done.stderr[:2000]))


def as_declared(text):
    """The inputs with reals where the model declares reals: [1, 2] in a text may be either."""
    reals = set(re.findall(r"^input ([\w@']+).*: real\b", text.text, re.M))
    for name, (dtype, shape, numbers) in text.inputs.items():
        if name.split('/')[1] in reals:
            text.inputs[name] = ('F64', shape, [float(x) for x in numbers])


def check(path):
    """None, or what is wrong."""
    name = os.path.basename(path)
    with open(path, encoding='utf-8') as file:
        text = texts.Text(name, file.read())
    if not text.outputs or any(line.startswith('error') for line in text.said) or '\nstate ' in text.text:
        return None  # of a model with a state there is no command line
    as_declared(text)
    try:
        with tempfile.TemporaryDirectory() as folder:
            text.write(folder)
            if not text.inputs:
                texts.write_safetensors(os.path.join(folder, 'in.safetensors'), {})
            shell(folder, texts.SINTER, 'emit', name, '-d', 'out', '--inline-weights')
            sources = [os.path.relpath(s, folder) for s in sorted(glob.glob(os.path.join(folder, 'out', '*.c')))]
            shell(folder, os.environ.get('CC', 'cc'), *STRICT, *sources, '-o', 'program', '-lm', '-lpthread')
            shell(folder, './program', '--in', 'in.safetensors', '--out', 'out.safetensors')
            got = texts.read_safetensors(os.path.join(folder, 'out.safetensors'))
            for output, wanted in text.outputs.items():
                texts.compare(wanted, (wanted[0], *got[output][1:]), output)
    except (texts.Wrong, KeyError, subprocess.TimeoutExpired) as wrong:
        return '%s: %s: %s' % (name, type(wrong).__name__, wrong)
    return None


def main():
    paths = sys.argv[1:] or sorted(glob.glob(os.path.join(HERE, 'programs', '*.sinter')) + glob.glob(os.path.join(HERE, '..', 'check', '*.sinter')))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [w for w in pool.map(check, paths) if w]
    print('\n'.join(wrong + ['%d texts, %d wrong' % (len(paths), len(wrong)), 'cases: %d' % len(paths)]))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
