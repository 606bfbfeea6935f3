"""A text of kernels in which every barrier, wait, fence, mask, guard and bound can be broken, one at a time, while the program runs.

    mutate.py FILE.cu      prints what could be broken

Every place is compiled in both ways: `emu_mutant`, which the emulated GPU takes from EMU_MUTANT, chooses. So one compilation serves all."""
import collections
import pathlib
import re
import sys

Mutant = collections.namedtuple('Mutant', 'number kind change kernel line text')

# statements that are left out
STATEMENTS = {'barrier': '__syncthreads|__syncwarp|barrier_wait|barrier_arrive|mbarrier_begin|mbarrier_arrive|mbarrier_expect',
              'wait': 'copy_wait|mbarrier_wait|group_wait|grid_wait',
              'fence': 'copy_group|fence_async|group_fence|group_commit|__threadfence'}
STATEMENT = re.compile(r'\b(%s)\(' % '|'.join(STATEMENTS.values()))
COMPARISON = re.compile(r' (<=?|>=?|==|!=) (?!=)')
BRANCH = re.compile(r'\b(if|while) \(')
START = re.compile(r'\bfor \([^;=]*?= ')
STEP = re.compile(r' \+= (?=grid_step\(\)|[A-Za-z0-9_>-]+\) \{)')
KERNEL = re.compile(r'^(?:static )?(?:__global__|__device__).*?(\w+)\((?!\d)', re.M)
SWITCH = '''
extern int emu_mutant;
#define MUTANT(n) (emu_mutant == (n))
'''


def closing(text, at):
    """Where the parenthesis closes that opens at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == '(') - (text[i] == ')')
        if depth == 0:
            return i
    raise ValueError(text[at:at + 80])


def without_comments(text):
    """Comments, strings, directives and constants as blanks: places stay the same."""
    blank = lambda m: re.sub(r'[^\n]', ' ', m.group())  # noqa: E731
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|^ *#(?:[^\n\\]|\\.)*(?:\\\n[^\n]*)*|\benum \{[^}]*\}', blank, text, flags=re.S | re.M)


def mutate(text):
    """The text with all mutants in it, and what they are."""
    code = without_comments(text)
    begin = code.find('__global__')
    heads = [(m.start(), m.group(1)) for m in KERNEL.finditer(code)]
    mutants, edits = [], []  # edits: (from, to, instead)

    def new(kind, change, at):
        kernel = [name for place, name in heads if place <= at]
        start, end = text.rfind('\n', 0, at) + 1, text.find('\n', at)
        mutants.append(Mutant(len(mutants) + 1, kind, change, kernel[-1] if kernel else '', text.count('\n', 0, at) + 1,
                              (text[start:at] + f'«{change}»' + text[at:end]).strip()))
        return len(mutants)

    for m in STATEMENT.finditer(code, begin):
        kind = next(k for k, words in STATEMENTS.items() if m.group(1) in words.split('|'))
        end = closing(code, m.end() - 1) + 1
        if code[end:end + 1] == ';' and code[:m.start()].rstrip()[-1:] in (';', '{', '}', ')'):
            edits.append((m.start(), m.start(), f'if (!MUTANT({new(kind, "left out", m.start())})) '))
        if m.group(1) in ('copy_wait', 'group_wait'):
            number = new(kind, 'one later', m.start())
            edits.append((m.end(), end - 1, f'MUTANT({number}) + ({text[m.end():end - 1]})'))
    for m in COMPARISON.finditer(code, begin):
        kind = 'mask' if '?' in code[m.end():code.find('\n', m.end())] else 'bound'
        more, less = new(kind, '+ 1', m.start()), new(kind, '- 1', m.start())
        edits.append((m.end(), m.end(), f'MUTANT({more}) - MUTANT({less}) + '))
    for m in BRANCH.finditer(code, begin):
        end = closing(code, m.end() - 1)
        if m.group(1) == 'if':
            edits.append((m.end(), m.end(), f'MUTANT({new("guard", "always", m.start())}) || ('))
            edits.append((end, end, ')'))
    for change, pattern in (('begins 1 later', START), ('steps 1 more', STEP)):
        for m in pattern.finditer(code, begin):
            edits.append((m.end(), m.end(), f'MUTANT({new("bound", change, m.start())}) + '))
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    at = text.find('\n', text.rfind('#include')) if '#include' in text else 0
    return text[:at] + SWITCH + text[at:], mutants


if __name__ == '__main__':
    for mutant in mutate(pathlib.Path(sys.argv[1]).read_text())[1]:
        print('%4d %-8s %-14s %s:%d: %s' % mutant)
