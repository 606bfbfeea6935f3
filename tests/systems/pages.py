#!/usr/bin/env python3
"""Pages about the example systems, made from the texts themselves: docs/systems.md, and the last section of docs/language.md, which says
which construct of the language serves which systems.

    pages.py            what stands in the pages is true of the texts (errors are those of the last --update); snippets of docs/gallery.md are in their texts
    pages.py --update   writes them, with the errors that test_systems.py measured last"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
SINTER = os.environ.get('SINTER', str(SOURCE / 'build/bin/sinter'))
MEASURED = pathlib.Path(os.environ.get('SINTER_BUILD', SOURCE / 'build')) / 'systems.json'
TEXTS = sorted((SOURCE / 'examples/systems').glob('*.sinter'))
FAMILIES = sorted((SOURCE / 'examples/hf').glob('*.sinter')) + sorted((SOURCE / 'examples/lib').glob('*.sinter'))  # further texts, in the table of constructs
DOCS = SOURCE / 'docs'
BEGIN, END = '<!-- constructs: made by tests/systems/pages.py -->', '<!-- end of constructs -->'

# Constructs of the language, and how one knows them in a text printed by --dump=ast: every operand in parentheses, a statement a line.
CONSTRUCTS = [
    ('config', r'(?m)^ *config '), ('weights under a prefix', r'(?m)^ *weights "[^\n]*" = '), ('require', r'(?m)^ *require '),
    ('let', r'(?m)^ *let '), ('param', r'(?m)^ *param '), ('optional input', r'(?m)^ *input [^\n]*: \w+ = '), ('state', r'(?m)^ *state '),
    ('part of a fixed dim', r'(?m)^ *dim [^\n]* where '), ('ragged by formula', r'(?m)^ *ragged \S+ = (?![^\n]* where )'),
    ('ragged by predicate', r'(?m)^ *ragged [^\n]* where '), ('joined dims', r'(?m)^ *(dim|ragged) \S+ = \((\w+ \+ )+\w+\)$'),
    ('index of another name: u in t', r'\w+ in \w+[\],]'), ('primed index', r"\w'"), ('family @', r'\w@'),
    ('index in a name', r'"[^"\n]*\{[a-z]\w*\}[^"\n]*"\['), ('absent: ??', r'\?\?'), ('chosen value: a ? b : c', r' \? '),
    ('last', r'\blast\b'), ('static if', r'(?m)^ *if '), ('for', r'(?m)^ *for '), ('under', r'\bunder '),
    ('function', r'(?m)^ *fn '), ('several results', r"(?m)^ *\w+'*(\[[^\]]*\])?(, \w+'*(\[[^\]]*\])?)+ = "),
    ('formal dims: f[a->b]', r'\[[^\]\n]* -> [^\]\n]*\]'), ('any number of dims: *r', r'\*\w'),
    ('sum', r'\bsum\['), ('prod', r'\bprod\['), ('max, min', r'\b(max|min)\['), ('mean', r'\bmean\['), ('count', r'\bcount\['),
    ('any, all', r'\b(any|all)\['), ('pick', r'\bpick\['), ('argmax, argmin', r'\barg(max|min)\['), ('softmax', r'\bsoftmax\['),
    ('logsumexp', r'\blogsumexp\['), ('rank', r'\brank\['), ('domain with a condition', r'\b\w+\[[^\]\n]* where '),
    ('along', r'(?m)^ *along \w+ \{'), ('along .. down', r'(?m)^ *along \w+ down'), ('repeat', r'(?m)^ *repeat '), ('while', r'(?m)^ *while '),
    ('grow, append, cut', r'(?m)^ *(grow|append|cut) '),
]
UNUSED = {'along .. down': 'for recurrences in both directions'}  # that no text here needs, and why they are there
PRIMITIVES = {  # of the page of systems: shorter names for what is not everywhere
    'param': 'load-time', 'state': 'state', 'part of a fixed dim': 'static parts', 'ragged by formula': 'length formula', 'ragged by predicate': 'chosen positions',
    'joined dims': 'joined dims', 'index in a name': 'stacked weights', 'family @': 'families', 'pick': 'pick', 'argmax, argmin': 'argmax', 'rank': 'rank', 'along': 'recurrence',
    'along .. down': 'recurrence down', 'repeat': 'repeat', 'while': 'while', 'grow, append, cut': 'growing', 'softmax': 'softmax', 'count': 'count',
}


def tree(text):
    done = subprocess.run([SINTER, 'check', '--dump=ast', text], capture_output=True, text=True)
    if done.returncode:
        sys.exit('%s cannot be printed:\n%s' % (text, done.stderr))
    return done.stdout


def head(text):
    """The comment a text begins with: the first sentence names the paper, the one with 'idea' says where it sits."""
    lines = []
    for line in text.read_text(encoding='utf-8').split('\n'):
        if not line.startswith('#'):
            break
        lines.append(line.lstrip('# '))
    return ' '.join(lines)


def lines_of(text):
    return len(text.read_text(encoding='utf-8').rstrip('\n').split('\n'))


def sources():
    rows = [line.split(' | ') for line in (HERE / 'sources.txt').read_text(encoding='utf-8').split('\n') if line and not line.startswith('#')]
    return {name.strip(): (source.strip(), checked.strip()) for name, source, checked in rows}


def name_of(text):
    return text.stem if text in TEXTS else '%s/%s' % (text.parent.name, text.stem)


def used(trees):
    return {construct: [name for name, printed in trees.items() if re.search(pattern, printed)] for construct, pattern in CONSTRUCTS}


def constructs_section(uses):
    lines = [BEGIN, '', '%d constructs serve the %d systems under [`examples/systems`](../examples/systems) and the %d texts for published checkpoints and of the library, under'
             % (len(uses), len(TEXTS), len(FAMILIES)), '[`examples/hf`](../examples/hf) and [`examples/lib`](../examples/lib). Of each: how many texts use it, and some of them.', '', '| construct | texts | |', '|---|---|---|']
    for construct, names in uses.items():
        some = ', '.join('`%s`' % n for n in names[:4]) + (' ..' if len(names) > 4 else '')
        lines.append('| %s | %d | %s |' % (construct.replace('|', '\\|'), len(names), some or UNUSED.get(construct, '')))
    return '\n'.join(lines + ['', END])


def old_errors():
    page = DOCS / 'systems.md'
    rows = re.findall(r'^\| \[([^\]]+)\].*\| ([^|]*) \| ([^|]*) \|$', page.read_text(encoding='utf-8') if page.exists() else '', re.M)
    return {name: (a, b) for name, a, b in rows}


def systems_page(uses, updating):
    errors = old_errors()
    if updating and MEASURED.exists():
        errors.update({n: tuple('%.0e' % e if e else '0' for e in pair) for n, pair in json.loads(MEASURED.read_text()).items()})
    source = sources()
    count = [lines_of(t) for t in TEXTS]
    page = ['# Systems', '',
            'Each is a text under [`examples/systems`](../examples/systems), checked against outputs that were observed elsewhere: in double precision from',
            'published code where there is some. This page is written by `tests/systems/pages.py --update` after the tests have run.', '',
            '%d systems, %d to %d lines, median %d; the language has %d constructs. Errors: the largest difference divided by the largest number wanted,'
            % (len(TEXTS), min(count), max(count), statistics.median(count), len(CONSTRUCTS)),
            'of the evaluator in double precision and of generated C in single precision; integers are exact.', '',
            '| text | lines | what it is, and where the idea sits | needs beyond sums and maps | source; checked against | evaluator | C |', '|---|---|---|---|---|---|---|']
    for text, lines in zip(TEXTS, count):
        name = text.stem
        needs = ', '.join(short for construct, short in PRIMITIVES.items() if name in uses[construct])
        cells = [head(text), needs, '; '.join(source[name])]
        told = ' | '.join(c.replace('|', '\\|') for c in cells)
        page.append('| [%s](../examples/systems/%s.sinter) | %d | %s | %s | %s |' % (name, name, lines, told, *errors.get(name, ('', ''))))
    page += ['', 'Papers that bring no new inference are not here: surveys of inference and of compression, the analysis of what compressed models forget, training schemes',
             '(co-distillation, train large then compress) whose result is a plain encoder.', '']
    return '\n'.join(page)


def without_errors(page):
    return re.sub(r'\| [^|\n]* \| [^|\n]* \|$', '|', page, flags=re.M)


def gallery_is_true():
    """Every ```text block of the gallery stands in the text named above it, line by line."""
    wrong = []
    page = (DOCS / 'gallery.md').read_text(encoding='utf-8')
    blocks = re.findall(r'examples/systems/([\w-]+)\.sinter\).*?```text\n(.*?)```', page, re.S)
    for name, block in blocks:
        lines = {line.strip() for line in (SOURCE / 'examples/systems' / (name + '.sinter')).read_text(encoding='utf-8').split('\n')}
        wrong += ['docs/gallery.md: %s has no line `%s`' % (name, line) for line in block.split('\n') if line.strip() and line.strip() not in lines]
    return wrong + ([] if len(blocks) >= 10 else ['docs/gallery.md: %d systems, at least ten are meant' % len(blocks)])


def main():
    updating = '--update' in sys.argv
    with ThreadPoolExecutor(2) as pool:
        uses = used(dict(zip(map(name_of, TEXTS + FAMILIES), pool.map(tree, TEXTS + FAMILIES))))
    wrong = ['no text uses: ' + construct for construct, names in uses.items() if not names and construct not in UNUSED]
    wrong += ['%s is in no row of tests/systems/sources.txt' % t.stem for t in TEXTS if t.stem not in sources()]
    language = (DOCS / 'language.md').read_text(encoding='utf-8')
    begin, end = language.find(BEGIN), language.find(END)
    section = constructs_section(uses)
    renewed = language[:begin] + section + language[end + len(END):]
    page = systems_page(uses, updating)
    if updating:
        (DOCS / 'language.md').write_text(renewed, encoding='utf-8')
        (DOCS / 'systems.md').write_text(page, encoding='utf-8')
    else:
        if renewed != language:
            wrong.append('docs/language.md: the table of constructs is not that of the texts: pages.py --update')
        if without_errors((DOCS / 'systems.md').read_text(encoding='utf-8')) != without_errors(page):
            wrong.append('docs/systems.md is not what the texts say: pages.py --update')
        wrong += gallery_is_true()
    print('\n'.join(wrong + ['%d systems, %d constructs, %d wrong' % (len(TEXTS), len(CONSTRUCTS), len(wrong)), 'cases: %d' % len(TEXTS)]))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
