#!/usr/bin/env python3
"""The words that editors colour are those of the grammars."""
import json
import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ.get('SINTER_SOURCE', pathlib.Path(__file__).resolve().parents[2]))


def words_of(grammar):
    text = (SOURCE / 'grammar' / grammar).read_text(encoding='utf-8')
    return set(re.findall(r'\{"([a-z]\w*)", (?:T|RASP)_\w+', text))


class Editors(unittest.TestCase):
    def test_vim_knows_every_word(self):
        for language, grammar in (('sinter', 'model.l'), ('rasp', 'rasp.l')):
            words = words_of(grammar)
            syntax = (SOURCE / 'editors/vim/syntax' / (language + '.vim')).read_text(encoding='utf-8')
            self.assertGreater(len(words), 20)
            self.assertEqual({w for w in words if not re.search(r'\b%s\b' % w, syntax)}, set(), language)

    def test_textmate_knows_every_word(self):
        grammar = json.loads((SOURCE / 'editors/sinter.tmLanguage.json').read_text(encoding='utf-8'))
        patterns = [re.compile(p['match']) for p in grammar['patterns'] if 'match' in p]
        for word in sorted(words_of('model.l') | words_of('rasp.l')):
            seen = any(p.match(word + behind) for p in patterns for behind in ('[', '(', ' '))
            self.assertTrue(seen, word)


if __name__ == '__main__':
    unittest.main()
