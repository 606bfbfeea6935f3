#!/usr/bin/env python3
"""Each word of runtime/cuda that multiplies, as the GPU that is played understands it, beside products of doubles."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MODES = ({}, {'EMU_EAGER': '1'}, {'EMU_REVERSE': '1'}, {'EMU_EAGER': '1', 'EMU_REVERSE': '1'})


def bf16(x):
    """Rounded to the nearest, the even one of two; as bits."""
    bits = np.asarray(x, 'f4').view('u4').astype('u8')
    return ((bits + 0x7fff + (bits >> 16 & 1)) >> 16).astype('u2')


def of_bf16(half):
    return (half.astype('u4') << 16).view('f4')


def tf32(x):
    """Rounded to the nearest of 11 bits, away from zero between two."""
    return ((np.asarray(x, 'f4').view('u4') + np.uint32(0x1000)) & np.uint32(0xffffe000)).view('f4')


class Words(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        here = f'-I{oracle.emulate.HERE}'
        flags = [*oracle.emulate.WATCH, here, '-O1']
        oracle.run(*oracle.CC, *oracle.emulate.KERNELS, *flags, '-c', HERE / 'words.cu', '-o', 'words.o', cwd=cls.folder)
        oracle.run(*oracle.CC, '-std=c99', here, HERE / 'words_main.c', 'words.o', oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o',
                   'words', cwd=cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def answer(self, kernel, given, dtype, shape, threads=32, shared=0, maps=(), **surroundings):
        (self.folder / 'in').write_bytes(b''.join(np.ascontiguousarray(x).tobytes() for x in given))
        count = int(np.prod(shape)) * np.dtype(dtype).itemsize
        numbers = [str(n) for m in maps for n in m]
        done = subprocess.run([self.folder / 'words', kernel, str(threads), str(shared), str(count), self.folder / 'in', self.folder / 'out', *numbers],
                              capture_output=True, text=True, env={**os.environ, **surroundings})
        self.assertEqual((done.returncode, done.stderr), (0, ''), kernel)
        return np.frombuffer((self.folder / 'out').read_bytes(), dtype).reshape(shape)

    def products(self):
        random = np.random.default_rng(3)
        for kind, k in (('bf16', 16), ('f16', 16), ('tf32', 8), ('u8', 32)):
            a, b, c = random.normal(size=(16, k)), random.normal(size=(8, k)), random.normal(size=(16, 8)).astype('f4')
            if kind == 'bf16':
                a, b = bf16(a), bf16(b)
                wanted = of_bf16(a).astype('f8') @ of_bf16(b).astype('f8').T + c
            elif kind == 'u8':
                a, b = random.integers(0, 256, a.shape).astype('u1'), random.integers(-128, 128, b.shape).astype('i1')
                c = random.integers(-1000, 1000, c.shape).astype('i4')
                wanted = a.astype('i4') @ b.astype('i4').T + c
            else:
                a, b = (x.astype('f2') if kind == 'f16' else tf32(x) for x in (a, b))
                wanted = a.astype('f8') @ b.astype('f8').T + c
            yield kind, [a, b, c], wanted

    def test_products(self):
        for kind, given, wanted in self.products():
            for way in ('by_hand', 'by_loads'):
                for mode in MODES:
                    got = self.answer(f'{kind}_{way}', given, given[2].dtype, (16, 8), **mode)
                    self.assertLess(np.abs(got - wanted).max(), 0.5 if kind == 'u8' else 1e-5, (kind, way, mode))

    def test_turned(self):
        random = np.random.default_rng(4)
        a, b = bf16(random.normal(size=(16, 16))), bf16(random.normal(size=(16, 8)))
        got = self.answer('bf16_turned', [a, b], 'f4', (16, 8))
        self.assertLess(np.abs(got - of_bf16(a).astype('f8') @ of_bf16(b).astype('f8')).max(), 1e-5)

    def test_rounded(self):
        random = np.random.default_rng(5)
        x = (random.normal(size=1024) * 10.0 ** random.integers(-9, 6, 1024)).astype('f4')
        x[:12] = [0, -0.0, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-11, 1 + 3 * 2**-11, 65519, 65520, -1e9, 2**-24, 2**-25, 3 * 2**-25]
        got = self.answer('rounded', [x], 'u4', 2048)
        self.assertTrue((got[:512].view('u2') == bf16(x)).all())
        with np.errstate(over='ignore'):
            self.assertTrue((got[512:1024].view('u2') == x.astype('f2').view('u2')).all())
        self.assertTrue((got[1024:] == tf32(x).view('u4')).all())

    def test_handed_on(self):
        x = np.random.default_rng(6).integers(0, 256, 128).astype('u1')
        for mode in MODES:
            got = self.answer('handed_on', [x], 'i4', (4, 32), threads=128, **mode)
            self.assertTrue((got == np.cumsum(x.reshape(4, 32).astype('i4'), 0)).all())

    def group(self, kernel, k, n, swizzle, turned=False, swizzles=None, wrong=(0, 0), **mode):
        """The largest difference of a product by a warpgroup. wrong: bits turned over in what names the matrices."""
        random = np.random.default_rng(k)
        halves, back = (lambda x: x.astype('f2'), lambda x: x) if kernel.endswith('f16') else (bf16, of_bf16)
        a, b = halves(random.normal(size=(64, k))), halves(random.normal(size=(k, n) if turned else (n, k)))
        wide = swizzle // 2
        first, second = swizzles or (swizzle, swizzle)
        maps = [(0, k, 64, wide, 64, first), (128 * k, *((n, k, wide, k) if turned else (k, n, wide, n)), second)]
        right = back(b).astype('f8')
        got = self.answer(kernel, [a, b, np.array(wrong, 'u8')], 'f4', (64, n), 128, 2 * k * (64 + n), maps, **mode)
        return np.abs(got - back(a).astype('f8') @ (right if turned else right.T)).max()

    def test_groups(self):
        for mode in MODES:
            self.assertLess(self.group('group_128', 128, 64, 128, **mode), 1e-4)
            self.assertLess(self.group('group_64', 64, 128, 64, **mode), 1e-4)
            self.assertLess(self.group('group_32', 32, 256, 32, **mode), 1e-4)
            self.assertLess(self.group('group_turned_128', 64, 128, 128, True, **mode), 1e-4)
            self.assertLess(self.group('group_turned_64', 32, 64, 64, True, **mode), 1e-4)
            self.assertLess(self.group('group_turned_32', 16, 64, 32, True, **mode), 1e-4)
            self.assertLess(self.group('group_f16', 128, 64, 128, **mode), 1e-4)
            self.assertLess(self.group('group_held_128', 64, 128, 128, True, **mode), 1e-4)
            self.assertLess(self.group('group_held_64', 32, 64, 128, True, **mode), 1e-4)
            self.assertLess(self.group('group_held_f16', 64, 128, 128, True, **mode), 1e-4)

    def test_held_changed(self):
        """Registers that a product reads stay as they are until it is waited for."""
        with self.assertRaisesRegex(AssertionError, 'registers of a product changed'):
            self.group('group_held_64', 32, 64, 128, True, wrong=(1, 0))

    def test_wrong_swizzle(self):
        """A box that lies otherwise than the product thinks gives another product."""
        self.assertGreater(self.group('group_64', 64, 128, 64, swizzles=(128, 64)), 1)
        self.assertGreater(self.group('group_64', 64, 128, 64, swizzles=(64, 128)), 1)
        self.assertGreater(self.group('group_32', 32, 256, 32, swizzles=(32, 64)), 1)
        self.assertGreater(self.group('group_turned_64', 32, 64, 64, True, swizzles=(64, 128)), 1)

    def test_wrong_bits(self):
        """Of what names a matrix, each bit of its place, of the distance of rows, of the swizzle: another product, or the emulator says so."""
        used = [*range(3, 14), *range(32 + 6, 32 + 12), 49, 50, 51, 62, 63]  # 128 bytes are the least that a place and a distance are apart
        for side in (0, 1):
            for bit in used:
                try:
                    error = self.group('group_64', 64, 128, 64, wrong=[(1 << bit) * (side == k) for k in (0, 1)])
                except AssertionError as said:
                    self.assertIn('emu: kernel group_64', str(said))
                else:
                    self.assertFalse(error < 0.1, (side, bit))  # or what nobody wrote, NaN


if __name__ == '__main__':
    unittest.main()
