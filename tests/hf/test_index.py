#!/usr/bin/env python3
"""examples/hf/INDEX: every text is there and has a row, and docs/directories.md lists what it says (--update writes the list)."""
import sys
import unittest

from tiny import oracle

TEXTS, PAGE = oracle.SOURCE / 'examples/hf', oracle.SOURCE / 'docs/directories.md'
HEAD = '| text | model_type | architectures |\n|---|---|---|\n'


def rows():
    """(text, model_type) -> architectures"""
    made = {}
    for line in (TEXTS / 'INDEX').read_text(encoding='utf-8').split('\n'):
        if line and line[0] not in '#@':
            model_type, text, *architectures = line.split()
            made.setdefault((text, model_type), []).extend(architectures)
    return made


def listed():
    lines = [f"| [`{text}`](../examples/hf/{text}) | `{model_type}` | {', '.join(names)} |\n"
             for (text, model_type), names in sorted(rows().items())]
    return HEAD + ''.join(lines)


class Index(unittest.TestCase):
    def test_every_text_has_a_row(self):
        self.assertEqual({text for text, _ in rows()}, {p.name for p in TEXTS.glob('*.sinter')})

    def test_the_page_lists_it(self):
        self.assertIn(listed(), PAGE.read_text(encoding='utf-8'))

    def test_texts_begin_with_what_they_are(self):
        for path in TEXTS.glob('*.sinter'):
            self.assertTrue(path.read_text(encoding='utf-8').startswith(f'# {path.name}: '), path.name)


if __name__ == '__main__':
    if sys.argv[1:] == ['--update']:
        page = PAGE.read_text(encoding='utf-8')
        PAGE.write_text(page[:page.index(HEAD)] + listed(), encoding='utf-8')
        sys.exit()
    sys.exit(unittest.main())
