"""What emitted sources are like: the same bytes each time, no warnings, small, portable; the same bits from every compiler and batch."""
import concurrent.futures
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from library import Library, cut  # noqa: E402
from models import all_models, compilers, oracle  # noqa: E402

WARNINGS = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror']
LIBM = {'memcpy', 'memset', 'sqrtf', 'sqrt', 'floor', 'ceil', 'trunc', 'floorf', 'ceilf', 'truncf', 'fabs', 'fabsf'}
PROLOGUE = {'_GLOBAL_OFFSET_TABLE_'}
STACK = 16 * 1024


def run(*command, cwd=None):
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def must(*command, cwd=None):
    code, said = run(*command, cwd=cwd)
    assert code == 0, ' '.join(map(str, command)) + '\n' + said
    return said


def files_of(folder):
    return {p.name: p.read_bytes() for p in sorted(pathlib.Path(folder).iterdir()) if p.suffix not in ('.o', '.so', '.su')}


def undefined(folder, name):
    return {line.split()[-1] for line in must('nm', '-u', name, cwd=folder).splitlines() if line.strip()} - PROLOGUE


class Output(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix='output-'))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.models = all_models(cls.root)
        cls.compilers = compilers()
        cls.folder = {m.name: m.emit(cls.root / m.name) for m in cls.models}
        cls.prefix = {m.name: next(cls.folder[m.name].glob('*.map.json')).name[:-len('.map.json')] for m in cls.models}

    def each(self, work):
        """Two models at a time; all that fail are shown."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [(m, pool.submit(work, m, self.folder[m.name], self.prefix[m.name])) for m in self.models]
            for model, job in jobs:
                with self.subTest(model.name):
                    job.result()

    def test_the_same_bytes_twice_and_from_anywhere(self):
        def work(model, folder, prefix):
            again = self.root / (model.name + '-again')
            again.mkdir()
            model.emit('here', cwd=again)
            self.assertEqual(files_of(folder), files_of(again / 'here'))
        self.each(work)

    def test_no_warnings(self):
        def work(model, folder, prefix):
            for compiler in self.compilers:
                must(compiler, *WARNINGS, '-O1', '-c', prefix + '.c', '-o', 'warn-%s.o' % compiler, cwd=folder)
        self.each(work)
        folder, prefix = self.folder['minilm'], self.prefix['minilm']
        for compiler in self.compilers:
            must(compiler, *WARNINGS, '-fsyntax-only', prefix + '_main.c', cwd=folder)

    def test_the_header_stands_alone(self):
        def work(model, folder, prefix):
            must(self.compilers[0], *WARNINGS, '-x', 'c', '-fsyntax-only', prefix + '.h', cwd=folder)
            must('g++', '-std=c++11', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-x', 'c++', '-fsyntax-only', prefix + '.h', cwd=folder)
        if shutil.which('g++'):
            self.each(work)
        else:
            print('skipped: g++ is not installed')

    def test_formatted_at_birth(self):
        for model in self.models:
            for path in sorted(self.folder[model.name].glob('*.[ch]')):
                text = path.read_text(encoding='utf-8')
                with self.subTest(path.name):
                    self.assertEqual([i for i, line in enumerate(text.split('\n'), 1) if len(line) >= 140], [], 'lines too wide')
                    self.assertEqual([i for i, line in enumerate(text.split('\n'), 1) if line != line.rstrip() or '\t' in line], [])
                    self.assertTrue(text.endswith('\n') and not text.endswith('\n\n'))
                    self.assertNotIn('\n\n\n', text)
                    self.assertIsNone(re.search(r'\{\n\n|\n\n *\}', text), 'an empty line beside a brace')
                    self.assertIsNone(re.search(r'^ *(?:if|for|while) \(.*\)$', text, re.M), 'braces always')
                    if path.name == self.prefix[model.name] + '.c':
                        self.check_indents(text)

    def check_indents(self, text):
        """Each line of a function stands four columns further in for each brace around it, or it goes on."""
        depth, brackets, goes_on, comment = 0, 0, False, False
        for number, line in enumerate(text.split('\n'), 1):
            code = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', '', line)
            if comment or code.lstrip().startswith('/*') or line.startswith('#') or line.endswith('\\'):
                comment = '*/' not in line if comment or '/*' in code else False
                continue
            comment = '/*' in code
            code = code.split('/*')[0].rstrip()
            if code and not goes_on and not re.match(r' *(case .*|default):', code):
                wanted = 4 * (depth - code.lstrip().startswith('}'))
                inside = 4 if 'switch' in text and re.match(r' *return "', line) else 0
                self.assertIn(len(line) - len(line.lstrip()), (wanted, wanted + inside), '%d: %s' % (number, line))
            depth += code.count('{') - code.count('}')
            brackets += code.count('(') - code.count(')')
            label = re.match(r' *(case .*|default):$', code)
            goes_on = brackets > 0 or bool(code) and not label and code[-1] not in '{};,'

    def test_nothing_is_needed_but_a_few_functions(self):
        def work(model, folder, prefix):
            options = ['-std=c99', '-O2', '-fno-pie', '-ffp-contract=off', '-fstack-usage']
            must('gcc', *options, '-c', prefix + '.c', '-o', 'needs.o', cwd=folder)
            needs = undefined(folder, 'needs.o')
            self.assertLessEqual(needs - {prefix + '_weights_data'}, LIBM)
            for line in (folder / 'needs.su').read_text().splitlines():
                where, size, how = line.rsplit('\t', 2)
                self.assertLess(int(size), STACK, where)
                self.assertIn(how, ('static', 'dynamic,bounded'), where)
            data = must('nm', 'needs.o', cwd=folder)
            self.assertEqual(re.findall(r' [BbCDdGgSs] .*', data), [], 'memory of its own')
        self.each(work)

    def test_freestanding(self):
        def work(model, folder, prefix):
            bare = model.emit(self.root / (model.name + '-bare'), '--freestanding')
            options = ['-std=c99', '-O1', '-ffreestanding', '-nostdlib', '-fno-stack-protector', '-ffp-contract=off']
            (bare / 'own').mkdir(exist_ok=True)
            (bare / 'own' / 'string.h').write_text('#include <stddef.h>\nvoid *memcpy(void *to, const void *from, size_t n);\n'
                                                   'void *memset(void *to, int byte, size_t n);\n')
            for compiler in self.compilers:
                headers = must(compiler, '-print-file-name=include', cwd=bare).strip()
                if not os.path.isdir(headers):
                    headers = must(compiler, '-print-resource-dir', cwd=bare).strip() + '/include'
                must(compiler, *options, '-nostdinc', '-isystem', headers, '-isystem', 'own', '-c', prefix + '.c', '-o', 'bare.o', cwd=bare)
                self.assertLessEqual(undefined(bare, 'bare.o') - {prefix + '_weights_data'}, {'memcpy', 'memset'}, compiler)
            (bare / 'own.c').write_text('void *memcpy(void *to, const void *from, __SIZE_TYPE__ n);\n'
                                        'void *memset(void *to, int byte, __SIZE_TYPE__ n);\n'
                                        'void *memcpy(void *to, const void *from, __SIZE_TYPE__ n) { (void)from; (void)n; return to; }\n'
                                        'void *memset(void *to, int byte, __SIZE_TYPE__ n) { (void)byte; (void)n; return to; }\n')
            sources = [p.name for p in bare.glob(prefix + '*.[cS]')] + ['own.c']
            must('gcc', *options, '-fno-builtin', '-static', '-Wl,-e,%s_run' % prefix, *sources, '-o', 'bare', cwd=bare)
            self.assertEqual(undefined(bare, 'bare'), set())
        self.each(work)

    def test_a_freestanding_tokenizer(self):
        """It asks for what a compiler itself asks for where there is no libc."""
        model, tiny = self.models[0], pathlib.Path(oracle.SOURCE) / 'tests/tokenizer/tiny'
        shutil.copytree(model.folder, self.root / 'worded')
        shutil.copy(tiny / 'tokenizer.json', self.root / 'worded')
        bare = self.root / 'worded-bare'
        oracle.run(oracle.SINTER, 'emit', model.text, '--model-dir', self.root / 'worded', '-d', bare, '--freestanding')
        for compiler in self.compilers:
            for level in ('-O1', '-O3'):
                must(compiler, '-std=c99', level, '-ffreestanding', '-c', 'minilm_tokenizer.c', '-o', 'bare.o', cwd=bare)
                self.assertLessEqual(undefined(bare, 'bare.o'), {'memcpy', 'memmove', 'memset', 'memcmp'}, (compiler, level))

    def test_the_same_bits_from_every_compiler(self):
        def work(model, folder, prefix):
            first = None
            ways = [(c, o) for c in self.compilers for o in ('-O0', '-O2', '-O3') if c == 'gcc' or o == '-O2']
            for compiler, level in ways:
                library = Library(folder, compiler, (level,))
                got = library.run([model.inputs, model.inputs])
                self.assertEqual(got[0], got[1])
                first = first or got
                self.assertEqual(got, first, (compiler, level))
        self.each(work)

    def test_the_same_bits_in_every_batch(self):
        """Lengths 0, 1, the longest and some other, in every order; the workspace is full of something else each time."""
        def work(model, folder, prefix):
            library = Library(folder)
            longest = library.lengths(model.inputs)[0]
            sequences = [cut(library, model.inputs, n) for n in (0, 1, longest, (longest + 1) // 2)]
            alone = [library.run([s], 0xFF)[0] for s in sequences]
            self.assertEqual(library.run([]), [])
            for k, order in enumerate(itertools.permutations(range(4))):
                got = library.run([sequences[i] for i in order], (0xA5, 0xFF, 0x00, 0x7F)[k % 4])
                self.assertEqual(got, [alone[i] for i in order], order)
        self.each(work)


if __name__ == '__main__':
    unittest.main()
