"""Words of runtime/cuda that kernels of mutants/words.cu ask, and what they should answer."""
import numpy as np

import broken
import mutate
import oracle

HERE = oracle.SOURCE / 'tests/cuda'
HEADERS = 'lane.h words.h block.h sort.h copy.h matrix.h operand.h'.split()
# what runtime/core/sort.c has
ENTRY = '#include <math.h>\n#include <string.h>\nstruct sort_entry { uint64_t key; int32_t at; };\n'
DROPPED = 1 << 30
F32, BF16, F16 = range(3)


def words_of(x):
    return np.asarray(x, 'f4').view('i4')


def offsets(random):
    for n in (1, 7, 255, 256, 257, 513):
        x = random.integers(0, 4, n)
        for most in (x.sum() + 1, x.sum(), x.sum() - 1, 1):
            turned, ends = (np.concatenate(([0], np.minimum(np.cumsum(part), most))) for part in (x[::-1], x))
            yield 'offsets', 256, (most, 0, 0), x, np.array([int(x.sum() > most), *ends[::-1], *turned, *ends], 'i4')
        begin = np.concatenate(([0], np.cumsum(x[::-1].astype('i8') << 30)))
        yield 'offsets_i64', 256, (0, 0, 0), x, np.concatenate((begin[::-1], begin))


def in_order(x):
    """Dropped ones behind all others, both by key, then by place."""
    n, key, at = len(x), x.astype('i8').view('u8').copy(), np.arange(len(x))
    gone = (x == -1) | (x == -9)
    key[gone], at[gone] = -1 % 2**64, at[gone] + DROPPED
    order = np.lexsort((at, key))[::-1]
    wanted = np.concatenate(([n - gone.sum()] * 2, key[order].view('i8'), at[order], np.zeros(2 * n, 'i8')))
    return 'sorted', 256, (0, 0, 0), np.concatenate((np.zeros(4 * n, 'i4'), x)), wanted, n


def sorts(random):
    for n in (1, 2, 3, 64, 255, 300):
        for low, high in ((-10, 3), (-3, n)):
            yield in_order(random.integers(low, high, n))
        yield in_order(np.arange(n, 0, -1))
    yield in_order(np.array([-9, -1, 0, -2, -9, 0, 1, 1, -1]))
    for n in (0, 1, 5, 8):
        for whole in range(n + 1):
            x = np.array([*range(DROPPED - whole, DROPPED), *range(DROPPED, DROPPED + n - whole)], 'i4')
            yield 'kept', 32, (0, 0, 0), x, np.array([whole], 'i8')


def products(random):
    """Of numbers whose products are exact; in floats one side has a low part."""
    for kind in (F32, BF16, F16):
        for wide in ((40000, 8), (8, 40000)) if kind == F32 else ((16, 16),):
            k = 8 if kind == F32 else 16
            a, b = (random.integers(-most, most, (n, k)) for n, most in zip((16, 8), wide))
            yield 'operands', 32, (kind, 0, 0), np.concatenate((a, b)).ravel(), (a @ b.T).astype('f4')


def copies(random):
    for n in (1, 4, 30, 123, 127, 128):
        x = random.normal(size=n).astype('f4')
        for first in range(min(4, n)):
            yield 'copied', 32, (first, 0, 0), words_of(x), np.concatenate((x[first:], np.zeros(128 - n + first, 'f4')))


class Words:
    """As broken.Model: `mutants`, and whether the answers are as ever."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder, here = folder, f'-I{oracle.emulate.HERE}'
        text = ENTRY + ''.join((mutate.RUNTIME / name).read_text() for name in HEADERS)
        changed, self.mutants = mutate.mutate(text + (HERE / 'mutants/words.cu').read_text(), 1)
        (folder / 'kernels.cu').write_text(changed)
        oracle.run(*oracle.CC, *oracle.emulate.KERNELS, *oracle.emulate.UNDEFINED, '-fsanitize=float-cast-overflow', '-O1', '-w',
                   *oracle.emulate.WATCH, here, '-c', 'kernels.cu', '-o', 'kernels.o', cwd=folder)
        oracle.run(*oracle.CC, '-std=c99', here, HERE / 'words_main.c', 'kernels.o', oracle.emulate.emulator(oracle.CC), *oracle.emulate.UNDEFINED,
                   '-rdynamic', '-lm', '-o', 'words', cwd=folder)
        self.runs, random = [], np.random.default_rng(5)
        for questions in (offsets, sorts, products, copies):
            for kernel, threads, head, x, wanted, *n in questions(random):
                given = folder / f'in{len(self.runs)}'
                given.write_bytes(np.concatenate(((n or [len(x)]), head, x)).astype('i4').tobytes())
                self.runs += [(kernel, threads, given, wanted.tobytes(), mode) for mode in broken.MODES[:2]]
        for run in self.runs:
            if not self.is_right(0, *run):
                raise oracle.Wrong('%s is wrong without a defect: %s' % (run[0], run[2]))

    def is_right(self, number, kernel, threads, given, wanted, mode):
        out = self.folder / f'out{number}'
        command = [self.folder / 'words', kernel, str(threads), '0', str(len(wanted)), given, out]
        faults = {'WORDS_FAULTS': '1'} if kernel == 'offsets' else {}
        code = broken.limited(command, {**mode, **faults, 'EMU_MUTANT': str(number)})
        return code == 0 and out.read_bytes() == wanted

    def answers_as_ever(self, number):
        same = all(self.is_right(number, *run) for run in self.runs)
        (self.folder / f'out{number}').unlink(missing_ok=True)
        return same
