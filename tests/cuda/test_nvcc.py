#!/usr/bin/env python3
"""What nvcc makes of kernels: they compile without a warning for each architecture, and a program of them needs nothing but libc."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402
from test_attention import equations  # noqa: E402
from test_emulator import HOPPER, KERNELS  # noqa: E402
from test_forms import ENCODER, EXPERTS, RUNNING, SHAPES, SLIDING  # noqa: E402
from test_plans import SHAPES as PLANS, WIDE  # noqa: E402

CUBLASLT = pathlib.Path(__file__).resolve().parent / 'cublaslt'
NVCC = shutil.which(os.environ.get('NVCC', 'nvcc'))
FORMS = [path.stem for path in (oracle.SOURCE / 'templates/forms/cuda').glob('*.cu')]
SYSTEMS = ('01-bytetransformer', '02-yoshida', '16b-topk-prune', 'mamba2-ssd')  # plain, a loop by data, sorting, a scan
LIBRARIES = {'linux-vdso', 'libc', 'libm', 'libdl', 'libpthread', 'ld-linux-x86-64', 'ld-linux-aarch64'}


class Nvcc(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())

    def tearDown(self):
        shutil.rmtree(self.folder)

    def test_systems_compile(self):
        for name in SYSTEMS:
            model = oracle.CASES / 'systems' / name
            if not model.is_dir():
                continue
            folder = self.folder / name
            oracle.run(oracle.SINTER, 'emit', oracle.SOURCE / f'examples/systems/{name}.sinter', '--model-dir', model, '--target=cuda', '-d', folder)
            kernels = next(folder.glob('*.cu'))
            arch = ['-gencode=arch=compute_80,code=sm_80', '-gencode=arch=compute_90a,code=sm_90a']
            oracle.run(NVCC, '-O1', '-fmad=false', '-Werror=all-warnings', *arch, '-fatbin', kernels.name, '-o', 'out', cwd=folder)

    def test_programs_compile(self):
        for name in ('dyck2', 'sort', 'most_frequent'):  # strings that are made, that are ordered; sorts
            oracle.run(oracle.SINTER, 'emit', oracle.SOURCE / f'examples/rasp/{name}.rasp', '--target=cuda', '-d', self.folder / name)
            oracle.run(NVCC, '-O1', '-fmad=false', '-Werror=all-warnings', '-arch=sm_80', '-cubin', name + '.cu', '-o', 'out', cwd=self.folder / name)

    def test_registers(self):
        """What a kernel of a form computes with stays in registers."""
        oracle.save(self.folder / 'w.safetensors', {name: np.zeros(shape, 'f4') for name, shape in SHAPES.items()})
        for model, forms in ((ENCODER, 13), (RUNNING, 4), (SLIDING, 2), (EXPERTS, 5)):
            (self.folder / 'm.sinter').write_text(model)
            oracle.run(oracle.SINTER, 'emit', self.folder / 'm.sinter', '--target=cuda', '-d', self.folder / 'out')
            name = model.split()[1]
            for arch in ('sm_80', 'sm_90a'):
                said = oracle.run(NVCC, '-O3', '-fmad=false', '-arch=' + arch, '-Xptxas=-v', '-cubin', name + '.cu', '-o', 'x',
                                  cwd=self.folder / 'out').stderr.decode()
                kernels = re.findall(r'properties for (\w+_(?:FORMS))\s+\d+ bytes stack frame, (\d+) bytes spill stores, (\d+) bytes'
                                     .replace('FORMS', '|'.join(FORMS)), said)
                self.assertEqual(len(kernels), forms, said)
                self.assertEqual({(stores, loads) for _, stores, loads in kernels}, {('0', '0')}, kernels)

    def test_attention(self):
        """For heads of 32, 64 and 128 numbers, in both kinds of products, on every architecture."""
        text, _ = equations(1, [(32, 32), (64, 64), (128, 128)])
        (self.folder / 'attention.sinter').write_text(text)
        oracle.save(self.folder / 'w.safetensors', {'table': np.zeros((2, 6), 'f4')})
        for plan in ('f32', 'bf16'):
            oracle.run(oracle.SINTER, 'emit', self.folder / 'attention.sinter', '--target=cuda', '--weights=' + plan, '-d', self.folder / plan)
            for arch in ('sm_80', 'sm_90a', 'sm_100', 'sm_120'):
                said = oracle.run(NVCC, '-O3', '-fmad=false', '-Werror=all-warnings', '-arch=' + arch, '-Xptxas=-v', '-cubin', 'attention.cu',
                                  '-o', 'x', cwd=self.folder / plan).stderr.decode()
                found = re.findall(r'properties for \w+_attention\s+(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes', said)
                self.assertEqual([(int(frame) <= 32, *spills) for frame, *spills in found], [(True, '0', '0')] * 3, (plan, arch, said))  # cosf

    def test_words(self):
        """What the emulated GPU runs rightly is CUDA, in all words of runtime/cuda."""
        text = ''.join(f'#include "{oracle.SOURCE}/runtime/cuda/{name}.h"\n' for name in ('words', 'warp', 'copy', 'matrix', 'barrier', 'box', 'group'))
        newer = text + (oracle.SOURCE / 'tests/cuda/words.cu').read_text()
        for k, (name, (body, wrong)) in enumerate(KERNELS.items()):
            if wrong is None and name not in HOPPER:
                text += '__global__ void tried%d(int *out)\n{\n' % k
                text += '    const int me = (int)(blockIdx.x * blockDim.x + threadIdx.x);\n%s\n}\n' % body
        newer += '__device__ unsigned char map[128];\n'
        for k, name in enumerate(HOPPER):
            newer += '__global__ void newer%d(int *out)\n{\n' % k
            newer += '    const int me = (int)(blockIdx.x * blockDim.x + threadIdx.x);\n%s\n}\n' % KERNELS[name][0]
        (self.folder / 'words.cu').write_text(text)
        (self.folder / 'newer.cu').write_text(newer)
        oracle.run(NVCC, '-gencode=arch=compute_90a,code=sm_90a', '-fatbin', 'newer.cu', '-o', 'out', cwd=self.folder)
        oracle.run(NVCC, '-gencode=arch=compute_80,code=sm_80', '-gencode=arch=compute_120,code=sm_120', '-fatbin', 'words.cu', '-o', 'out',
                   cwd=self.folder)

    def test_library(self):
        """cuBLASLt, where the toolkit has it: its numbers are those of its header, and it takes what it is handed."""
        toolkit = pathlib.Path(NVCC).resolve().parents[1]
        if not (toolkit / 'include/cublasLt.h').exists() or not (toolkit / 'lib64/libcublasLt.so.13').exists():
            print('skipped: no cuBLASLt beside nvcc')
            return
        host, folder = oracle.SOURCE / 'runtime/cuda/host', self.folder / 'wide'
        text = (host / 'library.h').read_text() + (host / 'library.c').read_text() + (CUBLASLT / 'numbers.c').read_text()
        parts = re.findall(r'^enum \{ LIBRARY[^}]*\};|^struct model_algorithm \{[^}]*\};|^#include <cublasLt.h>|^IS.*;|^#define IS.*', text, re.M)
        includes = sorted(parts, key=lambda part: not part.startswith('#include'))
        (self.folder / 'numbers.c').write_text('#include <stddef.h>\n#include <stdint.h>\n' + '\n'.join(includes) + '\n')
        oracle.run(*oracle.CC, '-std=gnu11', '-Werror', f'-I{toolkit}/include', '-fsyntax-only', 'numbers.c', cwd=self.folder)
        (self.folder / 'wide.sinter').write_text(WIDE)
        oracle.save(self.folder / 'w.safetensors', {name: np.zeros(shape, 'f4') for name, shape in PLANS.items()})
        oracle.run(oracle.SINTER, 'emit', self.folder / 'wide.sinter', '--target=cuda', '--gemm=cublaslt', '-d', folder)
        oracle.emulate.build(oracle.run, oracle.CC, folder, 'wide', *oracle.emulate.QUICK)
        shutil.copy(CUBLASLT / 'real.c', folder)
        oracle.run(*oracle.CC, '-std=gnu11', f'-I{oracle.emulate.HERE}', 'real.c', 'kernels.o', 'wide.c', 'fatbin.c', 'wide_weights.S',
                   oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o', 'real', cwd=folder)
        oracle.run('env', f'LD_LIBRARY_PATH={toolkit}/lib64', folder / 'real')
        oracle.run('make', '-s', 'wide', 'CFLAGS=-O1', cwd=folder, seconds=300)
        self.linked(folder / 'wide')

    def linked(self, program):
        said = subprocess.run(['ldd', program], capture_output=True, text=True).stdout
        self.assertLessEqual({line.split()[0].split('/')[-1].split('.')[0] for line in said.splitlines()}, LIBRARIES)

    def test_build(self):
        """One file for the default architectures: twice the same bytes, what it is linked with, and how large it is."""
        text, program = self.folder / 'encoder.sinter', self.folder / 'encoder'
        text.write_text(ENCODER)
        tensors = {name: np.zeros(shape, 'f4') for name, shape in SHAPES.items()}
        oracle.save(self.folder / 'w.safetensors', tensors)
        made, kept, compiler = [], [], []
        for folder in ('here', 'there'):
            compiler.append(pathlib.Path(oracle.SINTER).read_bytes())
            oracle.run(oracle.SINTER, 'build', text, '--target=cuda', '-d', self.folder / folder, '-o', program)
            made.append(program.read_bytes())
            kept.append({file.name: file.read_bytes() for file in (self.folder / folder).iterdir()})
        differ = [name for name in sorted(kept[0].keys() | kept[1].keys()) if kept[0].get(name) != kept[1].get(name)]
        self.assertTrue(compiler[0] == compiler[1], 'the compiler was built anew meanwhile')
        self.assertEqual(differ, [], 'what differs of two builds')
        self.assertTrue(made[0] == made[1], 'two builds differ, and all that they were linked from is the same')
        self.linked(program)
        beside = len(made[0]) - sum(x.nbytes for x in tensors.values())
        self.assertLess(beside, 4 * 2**20)  # of all together
        print('size: %d bytes, weights apart, for 4 architectures and PTX' % beside)


if __name__ == '__main__':
    if not NVCC:
        print('skipped: no nvcc')
        sys.exit(77)
    unittest.main()
