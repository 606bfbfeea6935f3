#!/usr/bin/env python3
"""The texts of this folder, each with what is expected of it inside (see texts.py).

    test_check.py [--update] [NAME ...]

--update rewrites the lines of diagnostics and graphs (never `#! out`, which is worked out apart); read the difference before keeping it.
"""
import glob
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import texts

HERE = os.path.dirname(os.path.abspath(__file__))


def is_expectation(line):
    return line.startswith('#!  ') or line.startswith('#! graph') or line[3:].split(' ')[0] in texts.SAID if line.startswith('#! ') else False


def update(path, text):
    said, graph, _ = texts.run(text)
    lines = [line for line in text.text.rstrip('\n').split('\n') if not is_expectation(line)]
    lines += ['#! ' + line for line in said]
    lines += (['#! graph'] + ['#!  ' + line for line in graph]) if graph is not None else []
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')


def one(path, updating):
    with open(path, encoding='utf-8') as file:
        content = file.read()
    try:
        text = texts.Text(os.path.basename(path), content)
        if updating:
            update(path, text)
            with open(path, encoding='utf-8') as file:
                text = texts.Text(os.path.basename(path), file.read())
        texts.check(text)
    except (texts.Wrong, Exception) as wrong:  # whatever it is, the other texts are tested too
        return '%s: %s: %s' % (os.path.basename(path), type(wrong).__name__, wrong)
    return None


def main():
    updating = '--update' in sys.argv
    names = [name for name in sys.argv[1:] if name != '--update']
    paths = [os.path.join(HERE, name) for name in names] or sorted(glob.glob(os.path.join(HERE, '*.sinter')))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [w for w in pool.map(lambda path: one(path, updating), paths) if w]
    print('\n'.join(wrong + ['%d texts, %d wrong' % (len(paths), len(wrong)), 'cases: %d' % len(paths)]))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
