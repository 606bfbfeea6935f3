"""Words of runtime/cuda that kernels of mutants/words.cu ask, and what they should answer."""
import itertools

import numpy as np

import broken
import mutate
import oracle
from test_words import bf16

HERE = oracle.SOURCE / 'tests/cuda'
HEADERS = 'lane.h words.h block.h sort.h copy.h matrix.h operand.h tile.h bytes.h barrier.h box.h repack.h repack.cu'.split()
# what runtime/core/sort.c has
ENTRY = '#include <math.h>\n#include <string.h>\nstruct sort_entry { uint64_t key; int32_t at; };\n'
DROPPED = 1 << 30
F32, BF16, F16, BYTES = range(4)
HALF = {BF16: lambda x: bf16(x).astype('i4'), F16: lambda x: np.asarray(x, 'f2').view('u2').astype('i4')}


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
            a, b = (random.integers(-most, most, (n, 2 * k)) for n, most in zip((16, 32), wide))
            yield 'tiles', 32, (kind, 0, 0), words_of(np.concatenate((a, b))).ravel(), np.concatenate(((a @ b.T).ravel(), [7] * 32)).astype('f4')


def copies(random):
    for n in (1, 4, 30, 123, 127, 128):
        x = random.normal(size=n).astype('f4')
        for first in range(min(4, n)):
            yield 'copied', 32, (first, 0, 0), words_of(x), np.concatenate((x[first:], np.zeros(128 - n + first, 'f4')))
    for n, apart, odd in ((8, 8, 0), (12, 12, 1), (7, 8, 0), (8, 9, 1), (1, 1, 0), (4, 5, 1)):
        x = random.normal(size=31 * apart + n).astype('f4')
        wanted = np.full((2, 32, 12), -5, 'f4')
        for i in range(0, 32, 1 + odd):
            wanted[:, i, :n] = x[i * apart:i * apart + n]
        wanted[1, :, :4] = x[:4]
        yield 'rows', 32, (n, apart, odd), words_of(x)[:(31 - odd) * apart + n], np.roll(wanted, -1, 1)


def halves(random):
    for kind in HALF:
        for n, apart, rows in ((64, 64, 64), (13, 64, 60), (100, 128, 63), (6, 192, 0), (68, 192, 64)):
            x, across = random.normal(size=(64, apart)).astype('f4'), (n + 63) // 64 * 64
            wanted = np.zeros((64, across), 'f4')
            wanted[:rows, :n] = x[:rows, :n]
            yield 'halves', 128, (n, kind, rows | apart << 16), words_of(x).ravel(), HALF[kind](wanted)


def as_bytes(x, words):
    """As runtime/simd/tile_u8.h has it, number by number."""
    one = np.float32
    with np.errstate(all='ignore'):
        low, high = min(one(0), x.min(initial=0)), max(one(0), x.max(initial=0))
        scale = max(one(high / one(255)) - one(low / one(255)), one(1.17549435e-38))
        inverse = one(1) / scale
        zero = np.rint(-low * inverse) + one(0)
        at = np.concatenate((x, np.zeros(192 - len(x), 'f4'))) * inverse
        each = (np.minimum(np.maximum(at, -zero), one(255) - zero) + (one(12582912) + zero)).astype('f4').view('u4') & 255
        scale = scale if np.isfinite(x).all() else one(np.nan)
    wanted = np.frombuffer(each.astype('u1').tobytes(), 'i4').copy()
    wanted[words:] = 0x05050505
    return np.concatenate((wanted, np.repeat(words_of([scale, zero]), 32)))


def rows_of_bytes(random):
    for n, words in ((192, 48), (100, 25), (30, 16), (3, 1), (192, 47), (150, 33)):
        for scale, shift in ((1, 0), (1e-3, -1), (50, 70), (5, -20)):
            x = (random.normal(size=n) * scale + shift * scale).astype('f4')
            yield 'bytes', 32, (words, 0, 0), words_of(x), as_bytes(x, words)
    for x in (np.linspace(-13.5, 241.5, 192), np.zeros(20), np.linspace(-12.5, 242.5, 192)):
        yield 'bytes', 32, (48, 0, 0), words_of(x), as_bytes(x.astype('f4'), 48)


def repacked(kind, x, length, step, k, row):
    """The weights, from a strided array."""
    numbers = x[np.tensordot(np.indices(length).reshape(len(length), -1).T, step, 1)].reshape(-1, k)
    rows = len(numbers)
    filled = np.concatenate((numbers, np.zeros((rows, row - k), 'f4')), 1).astype('f4')
    scales = (rows * row + 3) // 4 * 4
    if kind == BYTES:
        groups, parts = (k + 191) // 192, []
        made = np.zeros((rows, row), 'i1')
        for i in range(rows):
            for g in range(groups):
                part = numbers[i, g * 192:g * 192 + 192]
                most = np.abs(part).max()
                scale = np.float32(np.float64(most) / 127)
                if np.isfinite(most) and scale > 0:
                    made[i, g * 192:g * 192 + len(part)] = np.clip(np.rint(part.astype('f8') / np.float64(scale)), -127, 127)
                parts += [scale if np.isfinite(most) else np.nan, made[i, g * 192:g * 192 + len(part)].astype('i4').sum()]
        wanted = made.tobytes() + np.array(parts, 'f4').tobytes()
    else:
        wanted = (filled if kind == F32 else HALF[kind](filled).astype('u2')).tobytes()
    head = np.array([kind, len(length), 0, 0, 0, 0, 0, scales, rows, k, row, *length, *[0] * (8 - len(length)), *step, *[0] * (8 - len(step))], 'i8')
    return 'repacked', 256, (0, 0, 0), np.concatenate((head.view('i4'), words_of(x))), np.frombuffer(wanted, 'u1')


def weights(random):
    for kind in (F32, BF16, F16, BYTES):
        x = random.normal(size=1200).astype('f4')
        yield repacked(kind, x[:30], (2, 3, 5), (1, 10, 2), 5, 8)
        yield repacked(kind, x, (5, 240), (240, 1), 240, 240)
        yield repacked(kind, x[:1000], (4, 250), (1, 4), 250, 256)
        yield repacked(kind, x, (300, 4), (4, 1), 4, 4)
    x[:200], x[240:260], x[500] = 0, [n * 1.4e-45 for n in range(128, -132, -13)], np.inf
    x[260:480], x[911], x[1199] = 0, -9, np.nan
    yield repacked(BYTES, x, (5, 240), (240, 1), 240, 240)


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
        asked, random = {}, np.random.default_rng(5)
        for questions in (offsets, sorts, products, copies, halves, rows_of_bytes, weights):
            for kernel, threads, head, x, wanted, *n in questions(random):
                runs = asked.setdefault(kernel, [])
                given = folder / f'{kernel}{len(runs)}'
                given.write_bytes(np.concatenate(((n or [len(x)]), head, x)).astype('i4').tobytes())
                runs += [(kernel, threads, given, wanted.tobytes(), mode) for mode in broken.MODES[:2]]
        # of each kernel one question after the other: a defect is soon seen
        self.runs = [run for turn in itertools.zip_longest(*asked.values()) for run in turn if run]
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
