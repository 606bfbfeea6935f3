#!/usr/bin/env python3
"""The examples of the documentation: every block ```sinter of docs/*.md and README.md is a whole text with its expectations (see texts.py)."""
import glob
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import texts

BLOCK = re.compile(r'^```sinter\n(.*?)^```$', re.M | re.S)


def examples():
    for path in sorted(glob.glob(os.path.join(texts.SOURCE, 'docs', '*.md'))) + [os.path.join(texts.SOURCE, 'README.md')]:
        with open(path, encoding='utf-8') as file:
            page = file.read()
        for block in BLOCK.finditer(page):
            yield '%s:%d' % (os.path.relpath(path, texts.SOURCE), page.count('\n', 0, block.start()) + 2), block.group(1)


def one(example):
    place, content = example
    try:
        texts.check(texts.Text('example.sinter', content))
    except (texts.Wrong, Exception) as wrong:  # whatever it is, the other examples are tested too
        return '%s: %s: %s' % (place, type(wrong).__name__, wrong)
    return None


def main():
    found = list(examples())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [w for w in pool.map(one, found) if w]
    print('\n'.join(wrong + ['%d examples, %d wrong' % (len(found), len(wrong)), 'cases: %d' % len(found)]))
    return 1 if wrong or not found else 0


if __name__ == '__main__':
    sys.exit(main())
