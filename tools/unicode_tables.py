#!/usr/bin/env python3
"""Writes runtime/tokenizer/unicode.h and runtime/tokenizer/words.h.

    tools/unicode_tables.py [--ucd /usr/share/unicode] [--check]

The tables hold what the tokenizers library of Hugging Face believes about code points, for ids must equal its ids. It mixes four
versions of Unicode: general categories 8.0, decompositions and combining classes 9.0, letter case 17.0, word characters 16.0. The
Unicode Character Database 15.0 (Debian: unicode-data) serves all four: code points younger than the version are left out by their
age, and the few differences that remain are listed below. tests/tokenizer/against_hf.py compares every code point with the library.
"""
import argparse
import os
import sys

# General categories of 8.0 that later versions changed.
PUNCTUATION_THEN = {0x166D, 0x111C9}
MARK_THEN = {0x1734}
NO_MARK_THEN = {0x1885, 0x1886, 0xA9BD, 0x111C9}

# Letters with a lower case that 15.0 does not have yet: first, last, distance of the lower case, step.
LOWER_SINCE = [(0x1C89, 0x1C89, 1, 1), (0xA7CB, 0xA7CB, 0x264 - 0xA7CB, 1), (0xA7CC, 0xA7CE, 1, 2), (0xA7D2, 0xA7D4, 1, 2),
               (0xA7DA, 0xA7DA, 1, 1), (0xA7DC, 0xA7DC, 0x19B - 0xA7DC, 1), (0x10D50, 0x10D65, 0x20, 1), (0x16EA0, 0x16EB8, 0x1B, 1)]

# Word characters of 16.0 that 15.0 does not have yet.
WORD_SINCE = [(0x897, 0x897), (0x1C89, 0x1C8A), (0xA7CB, 0xA7CD), (0xA7DA, 0xA7DC), (0x105C0, 0x105F3), (0x10D40, 0x10D65),
              (0x10D69, 0x10D6D), (0x10D6F, 0x10D85), (0x10EC2, 0x10EC4), (0x10EFC, 0x10EFC), (0x11380, 0x11389), (0x1138B, 0x1138B),
              (0x1138E, 0x1138E), (0x11390, 0x113B5), (0x113B7, 0x113C0), (0x113C2, 0x113C2), (0x113C5, 0x113C5), (0x113C7, 0x113CA),
              (0x113CC, 0x113D3), (0x113E1, 0x113E2), (0x116D0, 0x116E3), (0x11BC0, 0x11BE0), (0x11BF0, 0x11BF9), (0x11F5A, 0x11F5A),
              (0x13460, 0x143FA), (0x16100, 0x16139), (0x16D40, 0x16D6C), (0x16D70, 0x16D79), (0x18CFF, 0x18CFF), (0x1CCF0, 0x1CCF9),
              (0x1E5D0, 0x1E5FA), (0x2EBF0, 0x2EE5D)]

# What BERT calls Chinese. 2B820..2B91F is a gap of the library's, kept.
CJK = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B81F), (0x2B920, 0x2CEAF),
       (0x2F800, 0x2FA1F)]

HANGUL = range(0xAC00, 0xD7A4)  # decomposed by arithmetic, Unicode Standard section 3.12

DROP, SPACE, PUNCT, IS_CJK, MARK, JOINS, STRIPS, LOWERS = (1 << i for i in range(8))
PLAIN_FROM = 0x30000  # above it hardly anything: ranges instead of blocks
CLASS_BLOCK, MAP_BLOCK = 128, 64
SEQUENCE = 0xD800  # values of a map that start here are places in the table of sequences


class Database:
    """The files of the UCD that are needed, as dicts and sets over code points."""

    def __init__(self, folder):
        self.folder = folder
        self.category, self.combining, self.parts, self.lower, self.age = {}, {}, {}, {}, {}
        first = None
        for field in self.lines('UnicodeData.txt'):
            code = int(field[0], 16)
            if field[1].endswith('First>'):
                first = code
                continue
            for c in range(first if field[1].endswith('Last>') else code, code + 1):
                self.category[c], self.combining[c] = field[2], int(field[3])
                if field[5] and not field[5].startswith('<'):
                    self.parts[c] = [int(x, 16) for x in field[5].split()]
                if field[13]:
                    self.lower[c] = int(field[13], 16)
        for span, value in self.properties('DerivedAge.txt'):
            for c in span:
                self.age[c] = tuple(int(x) for x in value.split('.'))
        self.space = {c for span, value in self.properties('PropList.txt') if value == 'White_Space' for c in span}
        self.letter = {c for span, value in self.properties('DerivedCoreProperties.txt') if value == 'Alphabetic' for c in span}

    def lines(self, name):
        with open(os.path.join(self.folder, name), encoding='utf-8') as file:
            for line in file:
                line = line.split('#')[0].strip()
                if line:
                    yield [x.strip() for x in line.split(';')]

    def properties(self, name):
        for field in self.lines(name):
            ends = [int(x, 16) for x in field[0].split('..')]
            yield range(ends[0], ends[-1] + 1), field[1]


class Library:
    """What the tokenizers library does with a code point."""

    def __init__(self, ucd):
        self.ucd = ucd
        of8 = {c: g for c, g in ucd.category.items() if ucd.age[c] <= (8, 0)}
        ascii_punct = {c for c in range(33, 127) if not chr(c).isalnum()}
        self.drop = {c for c, g in of8.items() if g in ('Cc', 'Cf', 'Co') and c not in (9, 10, 13)} | {0xFFFD}
        self.punct = {c for c, g in of8.items() if g[0] == 'P'} | ascii_punct | PUNCTUATION_THEN
        self.mark = ({c for c, g in of8.items() if g == 'Mn'} | MARK_THEN) - NO_MARK_THEN
        self.cjk = {c for first, last in CJK for c in range(first, last + 1)}
        self.word = ucd.letter | {c for c, g in ucd.category.items() if g[0] == 'M' or g in ('Nd', 'Pc')} | {0x200C, 0x200D}
        self.word |= {c for first, last in WORD_SINCE for c in range(first, last + 1)}
        self.lower = {c: [low] for c, low in ucd.lower.items()}
        self.lower[0x130] = [0x69, 0x307]
        for first, last, distance, step in LOWER_SINCE:
            self.lower.update({c: [c + distance] for c in range(first, last + 1, step)})
        of9 = {c for c, age in ucd.age.items() if age <= (9, 0)}
        self.parts = {c: p for c, p in ucd.parts.items() if c in of9}
        self.whole = {c: self.decomposed(c) for c in self.parts}
        self.combining = {c: ucd.combining[c] for c in of9 if ucd.combining.get(c)}
        # The class with which a code point joins a run of marks: that of the first code point it decomposes to.
        self.joins = {c: self.combining[self.whole.get(c, [c])[0]] for c in sorted(set(self.combining) | set(self.whole))
                      if self.combining.get(self.whole.get(c, [c])[0])}
        self.strip = {c: [x for x in whole if x not in self.mark] for c, whole in self.whole.items()}
        self.verify()

    def decomposed(self, c):
        return [x for part in self.parts[c] for x in self.decomposed(part)] if c in self.parts else [c]

    def verify(self):
        """What the walkers take for granted."""
        for c, kept in self.strip.items():
            if c in self.joins:
                assert not kept and c in self.mark, hex(c)  # a member of a run leaves itself or nothing
            else:
                assert kept[0] not in self.joins if kept else c in self.mark, hex(c)  # the others begin anew
        assert all(low for low in self.lower.values())

    def classes(self, c):
        return (DROP * (c in self.drop) | SPACE * (c in self.ucd.space) | PUNCT * (c in self.punct) | IS_CJK * (c in self.cjk)
                | MARK * (c in self.mark) | JOINS * (c in self.joins) | STRIPS * (c in self.strip or c in HANGUL)
                | LOWERS * (c in self.lower))


class Text:
    """Collects the lines of a header."""

    def __init__(self):
        self.lines = []

    def add(self, text):
        self.lines.append(text)

    def array(self, declaration, values):
        self.add(f'static const {declaration} = {{')
        line = '    '
        for value in values:
            if len(line) + len(value) > 138:
                self.add(line)
                line = '    '
            line += value + ','
        self.add(line)
        self.add('};')

    def blocks(self, name, kind, values, size):
        """A two-level table: name_index[c / size] is the block that holds c. Equal blocks are stored once."""
        seen, index, stored = {}, [], []
        for at in range(0, len(values), size):
            block = tuple(values[at:at + size])
            if block not in seen:
                seen[block] = len(seen)
                stored += block
            index.append(seen[block])
        assert len(seen) <= 256
        self.array(f'unsigned char {name}_index[{len(index)}]', [str(x) for x in index])
        self.array(f'{kind} {name}_block[{len(seen)}][{size}]', self.rows(stored, size))

    @staticmethod
    def rows(stored, size):
        out = [str(x) for x in stored]
        for at in range(0, len(out), size):
            out[at] = '{' + out[at]
            out[at + size - 1] += '}'
        return out


def spans(values):
    """[(first, last, value)] of a dict over code points, runs of equal values joined."""
    out = []
    for c in sorted(values):
        if out and out[-1][1] == c - 1 and out[-1][2] == values[c]:
            out[-1][1] = c
        else:
            out.append([c, c, values[c]])
    return out


def add_map(text, name, table, pool):
    """A map from code points: 0 is no change, SEQUENCE + k a place among the sequences, all else the one code point it becomes,
    without its plane, which is the plane of the key."""
    end = (max(table) // MAP_BLOCK + 1) * MAP_BLOCK
    values = [0] * end
    for c, to in table.items():
        same_plane = len(to) == 1 and to[0] >> 16 == c >> 16 and to[0] & 0xFFFF and not 0xD800 <= to[0] & 0xFFFF < 0xE000
        if same_plane:
            values[c] = to[0] & 0xFFFF
        else:
            values[c] = SEQUENCE + pool.setdefault(tuple(to), sum(1 + len(x) for x in pool))
            assert values[c] < 0xE000
    text.blocks(name, 'uint16_t', values, MAP_BLOCK)


def unicode_h(library):
    text = Text()
    text.add('/* unicode.h - classes of code points, what marks leave of them, and their lower case; written by tools/unicode_tables.py')
    text.add(' *')
    text.add(' * Facts as the tokenizers library has them: categories of Unicode 8.0, decompositions of 9.0, case of 17.0. */')
    text.add('#ifndef MODEL_UNICODE_H')
    text.add('#define MODEL_UNICODE_H')
    text.add('')
    text.add('#include <stdint.h>')
    text.add('')
    text.add('/* Bits of a class. */')
    text.add('enum {')
    for name, bit, what in [('DROP', DROP, 'control, format and private use characters, NUL and U+FFFD'), ('SPACE', SPACE, 'White_Space'),
                            ('PUNCT', PUNCT, 'categories P*, and what ASCII has besides letters and digits'),
                            ('CJK', IS_CJK, 'an ideograph, a word of its own'), ('MARK', MARK, 'nonspacing mark, category Mn'),
                            ('JOINS', JOINS, 'joins a run of marks: has a combining class'),
                            ('STRIPS', STRIPS, 'decomposes canonically'), ('LOWERS', LOWERS, 'has a lower case')]:
        comma = ',' if name != 'LOWERS' else ''
        text.add(f'    {"CLASS_" + name} = {bit}{comma}'.ljust(27) + f'/* {what} */')
    text.add('};')
    text.add('')
    classes = [library.classes(c) for c in range(PLAIN_FROM)]
    text.add(f'/* The class of c < 0x{PLAIN_FROM:X}: class_block[class_index[c / {CLASS_BLOCK}]][c % {CLASS_BLOCK}]. */')
    text.blocks('class', 'unsigned char', classes, CLASS_BLOCK)
    text.add('')
    high = spans({c: library.classes(c) for c in range(PLAIN_FROM, 0x110000) if library.classes(c)})
    text.add('/* Above that: {{first, last, class}}; the others have class 0. */')
    text.array(f'uint32_t class_range[{len(high)}][3]', ['{0x%X, 0x%X, %d}' % tuple(r) for r in high])
    text.add('')
    pool = {}
    text.add('/* Canonical decomposition without its nonspacing marks: 0 no change, from 0xD800 a place in sequences[], else the low 16 bits of')
    text.add(' * the one code point that remains. Hangul syllables, which are decomposed by arithmetic, are not in it. */')
    add_map(text, 'strip', {c: x for c, x in library.strip.items() if x and x != [c]}, pool)
    text.add('')
    text.add('/* Lower case, in the same form. */')
    add_map(text, 'lower', library.lower, pool)
    text.add('')
    text.add('/* A length and then so many code points. */')
    sequences = [v for s in pool for v in [str(len(s))] + [f'0x{c:X}' for c in s]]
    text.array(f'uint32_t sequences[{len(sequences)}]', sequences)
    text.add('')
    joins = spans(library.joins)
    text.add('/* Canonical combining class of the code points with CLASS_JOINS: {first, last, class}, sorted. */')
    text.array(f'uint32_t joins_range[{len(joins)}][3]', ['{0x%X, 0x%X, %d}' % tuple(r) for r in joins])
    text.add('')
    text.add(f'enum {{ CLASS_END = 0x{PLAIN_FROM:X}, CLASS_BLOCK = {CLASS_BLOCK}, MAP_BLOCK = {MAP_BLOCK}, CLASS_RANGES = {len(high)}, '
             f'JOINS_RANGES = {len(joins)} }};')
    text.add('')
    text.add('#endif')
    return '\n'.join(text.lines) + '\n'


def words_h(library):
    text = Text()
    words = spans({c: 0 for c in library.word if c < 0x110000 and not 0xD800 <= c < 0xE000})
    text.add('/* words.h - code points of words, \\w of regular expressions: Alphabetic, M*, Nd, Pc, joiners; written by tools/unicode_tables.py')
    text.add(' *')
    text.add(' * Unicode 16.0. Only a tokenizer with an added token that must stand alone (single_word) needs it. */')
    text.add('#ifndef MODEL_WORDS_H')
    text.add('#define MODEL_WORDS_H')
    text.add('')
    text.add('#include <stdint.h>')
    text.add('')
    text.add('/* {first, last}, sorted. */')
    text.array(f'uint32_t word_range[{len(words)}][2]', ['{0x%X, 0x%X}' % (first, last) for first, last, _ in words])
    text.add('')
    text.add(f'enum {{ WORD_RANGES = {len(words)} }};')
    text.add('')
    text.add('#endif')
    return '\n'.join(text.lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--ucd', default='/usr/share/unicode', help='folder of UnicodeData.txt 15.0 and its companions')
    parser.add_argument('--check', action='store_true', help='write nothing, fail if the files differ')
    args = parser.parse_args()
    library = Library(Database(args.ucd))
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'runtime', 'tokenizer')
    for name, text in [('unicode.h', unicode_h(library)), ('words.h', words_h(library))]:
        path = os.path.join(folder, name)
        if args.check:
            with open(path, encoding='utf-8') as file:
                if file.read() != text:
                    sys.exit(f'{name} is not what the generator writes')
        else:
            with open(path, 'w', encoding='utf-8', newline='\n') as file:
                file.write(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
