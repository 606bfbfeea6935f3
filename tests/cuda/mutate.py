"""Kernels in which every barrier, wait, fence, mask, guard and bound can be broken, one at a time, while the program runs.

    mutate.py FILE ...      prints what could be broken: of templates NAME.cu of forms, or of rendered kernels

Every place is compiled in both ways: `emu_mutant`, which the emulated GPU takes from EMU_MUTANT, chooses. So one compilation serves all.
Forms are broken in their templates, before they are rendered: a place has the same number in every kernel that a model has of the form, and
for every mate and product of one. What is not of a form, and what fills its holes, is broken as it is rendered.

No place is a comparison that the compiler decides: of numbers, of enumerators, of holes that are such."""
import collections
import pathlib
import re
import sys

Mutant = collections.namedtuple('Mutant', 'number family kind text')

# statements that are left out
STATEMENTS = {'barrier': '__syncthreads|__syncwarp|barrier_wait|barrier_arrive|mbarrier_begin|mbarrier_arrive|mbarrier_expect',
              'wait': 'copy_wait|mbarrier_wait|group_wait|grid_wait',
              'fence': 'copy_group|fence_async|group_fence|group_commit|map_fence|__threadfence'}
STATEMENT = re.compile(r'\b(%s)\(' % '|'.join(STATEMENTS.values()))
COMPARISON = re.compile(r' (<=?|>=?|==|!=) (?![=M])')
BRANCH = re.compile(r'\bif \((?!M)')
START = re.compile(r'\bfor \([^;=]*?= (?!M)')
STEP = re.compile(r' \+= (?=grid_step\(\)|[A-Za-z0-9_>-]+\) \{)(?!M)')
FUNCTION = re.compile(r'^(?:static )?(__global__|__device__|LANE_WORD).*?(\w+)\((?!\d)', re.M)
CONSTANT = re.compile(r'\b(?:[A-Z][A-Z0-9_]*|\d\w*|sizeof \w+)\b')
LEFT_OUT = re.compile(r'MUTANT\(\d+\)\) $')
SWITCH = '''
extern const int emu_mutant;
#define MUTANT(n) (emu_mutant == (n))
'''
WORDS = 'block sort copy bytes tile operand matrix barrier box group'.split()
RUNTIME = pathlib.Path(__file__).resolve().parents[2] / 'runtime/cuda'


def closing(text, at):
    """Where the parenthesis closes that opens at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == '(') - (text[i] == ')')
        if depth == 0:
            return i
    raise ValueError(text[at:at + 80])


def blank(m):
    return re.sub(r'[^\n]', ' ', m.group())


def without_comments(text):
    """Comments, strings, directives and constants as blanks: places stay the same."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|^ *#(?:[^\n\\]|\\.)*(?:\\\n[^\n]*)*|\benum \{[^}]*\}', blank, text, flags=re.S | re.M)


def is_true(condition):
    """What the preprocessor makes of a condition where nothing of CUDA's is defined."""
    said = re.sub(r'defined ?\(?\w+\)?', '0', condition)
    said = re.sub(r'!(?!=)', ' not ', said.replace('&&', ' and ').replace('||', ' or '))
    return bool(eval(re.sub(r'\b(?!not\b|and\b|or\b)[A-Za-z_]\w*', '0', said)))  # pylint: disable=eval-used


def as_compiled(text):
    """The text without what the preprocessor leaves out of it on the emulated GPU."""
    takes, lines = [], []
    for line in text.split('\n'):
        word = re.match(r' *# *(ifdef|ifndef|if|elif|else|endif)\b *(.*)', line)
        if word and word.group(1) in ('ifdef', 'ifndef', 'if'):
            takes.append(word.group(1) == 'ifndef' or (word.group(1) == 'if' and is_true(word.group(2))))
        elif word and word.group(1) == 'else':
            takes[-1] = not takes[-1]
        elif word and word.group(1) == 'endif':
            takes.pop()
        lines.append(line if all(takes) else ' ' * len(line))
    return '\n'.join(lines)


def constants_of(template):
    """Holes that are a number or an enumerator, as the sample of a template has them."""
    return {name for name, what in re.findall(r'^#define (\$\w+) (\S+)$', template, re.M) if re.fullmatch(r'\d+|[A-Z]\w*', what)}


def operands(code, start, end):
    """What stands left and right of an operator."""
    left, right, depth = start, end, 0
    while depth > 0 or not re.search(r'([(,;{}?:=!]|&&|\|\|)$', code[left - 2:left]):
        left -= 1
        depth += (code[left] == ')') - (code[left] == '(')
    depth = 0
    while depth > 0 or not re.match(r'[),;{}?:]|&&|\|\|', code[right:right + 2]):
        depth += (code[right] == '(') - (code[right] == ')')
        right += 1
    return code[left:start], code[end:right]


def is_constant(expression, constants):
    """Is there nothing in it but numbers, enumerators and holes that are such?"""
    for name in sorted(constants, key=len, reverse=True):
        expression = re.sub(re.escape(name) + r'\b', '', expression)
    return not re.search(r'[A-Za-z_$]', CONSTANT.sub('', expression).replace('return', ''))


class Places:
    """The text of some functions, and what can be broken there."""

    def __init__(self, text, code, family, first, constants=()):
        self.text, self.code, self.family, self.first, self.constants = text, code, family, first, constants
        self.mutants, self.edits, self.seen = [], [], collections.Counter()

    def new(self, kind, change, at):
        family = self.family(at)
        if not family:
            return 0
        start, end = self.text.rfind('\n', 0, at) + 1, self.text.find('\n', at)
        text = re.sub(r'\bMUTANT\(\d+\) \|\| |MUTANT\(\d+\)( [-+] )', '', self.text[start:at] + f'«{change}»' + self.text[at:end]).strip()
        self.seen[family, text] += 1
        more = self.seen[family, text]
        self.mutants.append(Mutant(self.first + len(self.mutants), family, kind, text if more == 1 else f'{text} [{more}]'))
        return self.mutants[-1].number

    def insert(self, at, text):
        self.edits.append((at, at, text))

    def find(self):
        code = self.code
        for m in STATEMENT.finditer(code):
            kind, end = next(k for k, words in STATEMENTS.items() if m.group(1) in words.split('|')), closing(code, m.end() - 1) + 1
            if code[end:end + 1] == ';' and code[:m.start()].rstrip()[-1:] in ';{})\n' and not LEFT_OUT.search(code[:m.start()]):
                number = self.new(kind, 'left out', m.start())
                if number:
                    self.insert(m.start(), f'if (!MUTANT({number})) ')
            if m.group(1) in ('copy_wait', 'group_wait') and 'MUTANT' not in code[m.start():end]:
                number = self.new(kind, 'one later', m.start())
                if number:
                    self.edits.append((m.end(), end - 1, f'MUTANT({number}) + ({self.text[m.end():end - 1]})'))
        for m in COMPARISON.finditer(code):
            if all(is_constant(side, self.constants) for side in operands(code, m.start(), m.end())):
                continue
            kind = 'mask' if '?' in code[m.end():code.find('\n', m.end())] else 'bound'
            more, less = self.new(kind, '+ 1', m.start()), self.new(kind, '- 1', m.start())
            if more:
                self.insert(m.end(), f'MUTANT({more}) - MUTANT({less}) + ')
        for m in BRANCH.finditer(code):
            end = closing(code, m.end() - 1)
            number = 0 if is_constant(code[m.end():end], self.constants) else self.new('guard', 'always', m.start())
            if number:
                self.insert(m.end(), f'MUTANT({number}) || (')
                self.insert(end, ')')
        for change, pattern in (('begins 1 later', START), ('steps 1 more', STEP)):
            for m in pattern.finditer(code):
                number = self.new('bound', change, m.start())
                if number:
                    self.insert(m.end(), f'MUTANT({number}) + ')
        for start, end, instead in sorted(self.edits, reverse=True):
            self.text = self.text[:start] + instead + self.text[end:]
        return self.text, self.mutants


def mutate_template(path, first):
    """A form with all mutants in it, and what they are, from number `first` on."""
    text = path.read_text()
    begin = text.index('//$ end\n')
    code = re.sub(r'[^\n]', ' ', text[:begin]) + without_comments(as_compiled(text[begin:]))
    return Places(text, code, lambda at: path.stem, first, constants_of(text)).find()


def functions_of(code):
    """Of each function where it begins, what it is, its name."""
    return [(m.start(), m.group(1), m.group(2)) for m in FUNCTION.finditer(code)]


def place_of(family):
    """What stands in several kernels without a form alike, and for the same, is one place: of their family is left what they are for."""
    return re.sub(r'^plain (?:\w+_(lengths|offsets|places)|forward_(check)_\w+|forward_\w+)$', r'plain \1\2', family).strip()


def words_of_runtime(*files):
    """Functions that kernels are written in."""
    return {name for word in files for _, _, name in functions_of((RUNTIME / f'{word}.h').read_text())}


def mutate(text, first):
    """Rendered kernels with all mutants in them that their templates do not have."""
    code = without_comments(as_compiled(text))
    heads, words, common = functions_of(code), words_of_runtime(*WORDS) | {'sequence_of'}, words_of_runtime('words')
    forms = '|'.join(sorted(p.stem for p in (RUNTIME.parents[1] / 'templates/forms/cuda').glob('*.cu')))

    def family(at):
        before = [head for head in heads if head[0] <= at]
        if not before:
            return ''
        _, what, name = before[-1]
        form = re.search(rf'_({forms})$', name)
        is_word = name in words or name.startswith('repack_')
        is_plain = what == '__global__' or name in common
        return form.group(1) if form else f'words {name}' if is_word else f'plain {name}' if is_plain else ''

    text, mutants = Places(text, code, family, first).find()
    at = text.find('\n', text.find('#include')) if '#include' in text else 0
    return text[:at] + SWITCH + text[at:], mutants


if __name__ == '__main__':
    for path in map(pathlib.Path, sys.argv[1:]):
        found = mutate_template(path, 1) if '//$ form' in path.read_text() else mutate(path.read_text(), 1)
        for mutant in found[1]:
            print('%4d %-12s %-8s %s' % mutant)
