#!/usr/bin/env python3
"""Target cuda on a GPU that the processor plays: what the program says of GPUs that are missing or break, and that one answers as the
processor does, whatever is in the batch."""
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

oracle.TARGET = 'cuda'
TEXT = """model both
dim d = 20, f = 36, h = 4, e = 5, v = 11
ragged t <= 40
weights "w.safetensors"
input tok[t]: v
input kind[t]: v = 3
x[t,d] = "emb"[tok[t], d] + "emb"[kind[t], d]
q[t,h,e] = linear[d->h,e]("q", x)
a[h,t,t'] = softmax[t' where t' <= t] sum[e] q[t,h,e] * q[t',h,e] / sqrt(len(e))
y[t,h,e] = sum[t' where t' <= t] a[h,t,t'] * q[t',h,e]
z[t,d] = x[t,d] + linear[h,e->d]("o", y)
r = layernorm("norm", z, 1e-5)
ragged g = t where r[t,0] > 0
output kept[g,d] = r[g,d] + 1
output mean1[d] = mean[t] r[t,d]
"""
SHAPES = {'emb': (11, 20), 'q.weight': (20, 20), 'q.bias': (20,), 'o.weight': (20, 20), 'o.bias': (20,), 'norm.weight': (20,),
          'norm.bias': (20,)}
SENTENCES = {'none': 'there is no driver for GPUs on this machine', 'old': 'the driver for GPUs is older than what this program was compiled with',
             'empty': 'there is no GPU of this number', 'foreign': 'this program holds no kernels for this kind of GPU'}
CALLER = r"""
#include "both.h"
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>
/* Ids that are out of range are found by the GPU: nothing is written, and the context answers the next batch. */
int main(void)
{
    both_cuda *gpu;
    int32_t begin[] = {0, 2, 3}, tok[] = {1, 2, 3}, bad[] = {1, 11, 3};
    float mean[2 * 20], before[2 * 20];
    void *ids, *kept, *means, *made;
    if (both_cuda_open(&gpu, 0) != BOTH_OK || both_cuda_open(&(both_cuda *){NULL}, 7) != BOTH_NO_GPU) {
        return 2;
    }
    cudaMalloc(&ids, sizeof tok);
    cudaMalloc(&kept, sizeof(float) * 3 * 20);
    cudaMalloc(&means, sizeof mean);
    cudaMalloc(&made, sizeof begin);
    both_io io = {.sequences = 2, .begin_t = begin, .begin_g = made, .tok = ids, .kept = kept, .mean1 = means};
    memset(before, 7, sizeof before);
    cudaMemcpyAsync(ids, bad, sizeof bad, cudaMemcpyHostToDevice, NULL);
    cudaMemcpyAsync(means, before, sizeof before, cudaMemcpyHostToDevice, NULL);
    if (both_cuda_run(&io, gpu, NULL) != BOTH_OK || both_cuda_wait(gpu) != BOTH_BAD_INDEX) {
        return 3;
    }
    cudaMemcpyAsync(mean, means, sizeof mean, cudaMemcpyDeviceToHost, NULL);
    if (memcmp(mean, before, sizeof mean) != 0) {
        return 4;
    }
    cudaMemcpyAsync(ids, tok, sizeof tok, cudaMemcpyHostToDevice, NULL);
    if (both_cuda_run(&io, gpu, NULL) != BOTH_OK || both_cuda_wait(gpu) != BOTH_OK) {
        return 5;
    }
    cudaMemcpyAsync(mean, means, sizeof mean, cudaMemcpyDeviceToHost, NULL);
    begin[1] = 4;
    if (both_cuda_run(&io, gpu, NULL) != BOTH_BAD_BATCH || strcmp(both_cuda_trouble(gpu), "no error") != 0) {
        return 6;
    }
    both_cuda_close(gpu);
    printf("%g %g\n", (double)mean[0], (double)mean[39]);
    return 0;
}
"""
ARENA = r"""
#include "both.h"
#include <stdio.h>
int main(void)
{
    const int32_t begin[] = {0, 40, 40, 41, 80, 97, 98};
    const both_io io = {.sequences = 6, .begin_t = begin};
    both_cuda *gpu;
    if (both_cuda_open(&gpu, 0) != BOTH_OK) {
        return 2;
    }
    printf("%zu\n", both_cuda_arena(gpu, &io));
    both_cuda_close(gpu);
    return 0;
}
"""
MEMORY = r"""
#include "both.h"
#include "streams.h"
#include <stdio.h>
int main(void)
{
    const int32_t begin[] = {0, 40, 40, 41, 80, 97, 98};
    void *at[4];
    size_t opened, most, before, after;
    both_cuda *gpu;
    if (both_cuda_open(&gpu, 0) != BOTH_OK) {
        return 2;
    }
    opened = emu_in_use(&most);
    for (int i = 0; i < 4; i++) {
        cudaMalloc(&at[i], 98 * 20 * sizeof(float));
    }
    cudaMemsetAsync(at[0], 0, 98 * sizeof(int32_t), NULL);
    both_io io = {.sequences = 6, .begin_t = begin, .begin_g = at[1], .tok = at[0], .kept = at[2], .mean1 = at[3]};
    before = emu_in_use(&(size_t){0});
    if (both_cuda_run(&io, gpu, NULL) != BOTH_OK || both_cuda_wait(gpu) != BOTH_OK) {
        return 3;
    }
    after = emu_in_use(&(size_t){0});
    printf("%s\n%zu %zu %zu %zu\n", both_cuda_weights, opened, most, after - before, both_cuda_arena(gpu, &io));
    both_cuda_close(gpu);
    return emu_in_use(&most) != before - opened;
}
"""
FLIGHT = r"""
#define _POSIX_C_SOURCE 200809L
#include "both.h"
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* Batches that are under way at once, on two streams, give what each gives alone; the third one of a kind is a graph. */
enum { BATCHES = 8, ROWS = 12, SEQUENCES = 3, D = 20 };
static void *gpu_memory(size_t bytes, const void *from)
{
    void *at = NULL;
    cudaMalloc(&at, bytes);
    if (from) {
        cudaMemcpyAsync(at, from, bytes, cudaMemcpyHostToDevice, NULL);
    }
    return at;
}
int main(void)
{
    both_cuda *gpu;
    cudaStream_t stream;
    int32_t tok[ROWS], begin[SEQUENCES + 1], made[2][SEQUENCES + 1];
    float mean[2][SEQUENCES * D];
    void *means[BATCHES], *kept[BATCHES], *offsets[BATCHES];
    for (int i = 0; i < ROWS; i++) {
        tok[i] = i * 7 % 11;
    }
    if (both_cuda_open(&gpu, 0) != BOTH_OK || cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) != cudaSuccess) {
        return 2;
    }
    void *ids = gpu_memory(sizeof tok, tok);
    for (int i = 0; i < BATCHES; i++) {
        means[i] = gpu_memory(sizeof mean[0], NULL);
        kept[i] = gpu_memory(sizeof(float) * ROWS * D, NULL);
        offsets[i] = gpu_memory(sizeof begin, NULL);
    }
    for (int turn = 0; turn < 3; turn++) {
        for (int alone = 0; alone < 2; alone++) {
            for (int i = 0; i < BATCHES; i++) { /* lengths i, 12 - i - i / 2, i / 2 */
                const int32_t now[] = {0, i, ROWS - i / 2, ROWS};
                memcpy(begin, now, sizeof now);
                both_io io = {.sequences = SEQUENCES, .begin_t = begin, .begin_g = offsets[i], .tok = ids, .kept = kept[i], .mean1 = means[i]};
                if (both_cuda_run(&io, gpu, i % 3 == 1 ? stream : NULL) != BOTH_OK || (alone && both_cuda_wait(gpu) != BOTH_OK)) {
                    return 3;
                }
                memset(begin, 99, sizeof begin); /* they may be reused at once */
            }
            if (both_cuda_wait(gpu) != BOTH_OK) {
                return 4;
            }
            for (int i = 0; i < BATCHES; i++) {
                static float first[BATCHES][SEQUENCES * D];
                static int32_t first_made[BATCHES][SEQUENCES + 1];
                cudaMemcpyAsync(mean[0], means[i], sizeof mean[0], cudaMemcpyDeviceToHost, NULL);
                cudaMemcpyAsync(made[0], offsets[i], sizeof made[0], cudaMemcpyDeviceToHost, NULL);
                if (turn + alone == 0) {
                    memcpy(first[i], mean[0], sizeof mean[0]);
                    memcpy(first_made[i], made[0], sizeof made[0]);
                } else if (memcmp(first[i], mean[0], sizeof mean[0]) != 0 || memcmp(first_made[i], made[0], sizeof made[0]) != 0) {
                    return 5;
                }
                if (i > 1 && memcmp(first[i], first[i - 1], sizeof first[i]) == 0) {
                    return 6; /* batches differ */
                }
            }
        }
    }
    /* A batch that is too large for the memory leaves the context as it is. */
    static int32_t many[] = {0, 40, 80, 120, 160, 200, 240, 280, 320};
    const both_io large = {.sequences = 8, .begin_t = many, .begin_g = offsets[0], .tok = ids, .kept = kept[0], .mean1 = means[0]};
    setenv("EMU_MEMORY", "100", 1);
    if (both_cuda_run(&large, gpu, NULL) != BOTH_NO_MEMORY || strcmp(both_cuda_trouble(gpu), "out of memory") != 0) {
        return 7;
    }
    unsetenv("EMU_MEMORY");
    const int32_t now[] = {0, 4, ROWS, ROWS};
    const both_io small = {.sequences = SEQUENCES, .begin_t = now, .begin_g = offsets[0], .tok = ids, .kept = kept[0], .mean1 = means[0]};
    if (both_cuda_run(&small, gpu, NULL) != BOTH_OK || both_cuda_wait(gpu) != BOTH_OK) {
        return 8;
    }
    both_cuda_close(gpu);
    return 0;
}
"""


TWICE = """model twice
dim d = 4
ragged t <= 9
input x[t,d]: real
fn soft(y[t,d]) {
  m[t] = max[d] y[t,d]
  return y[t,d] / (1 + abs(m[t]))
}
y = soft(x)
repeat len(t) as k {
  y[t,d] = soft(y[t,d] + x[k,d])
}
output y = y
"""


class Host(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        random = np.random.default_rng(5)
        cls.text = cls.folder / 'both.sinter'
        cls.text.write_text(TEXT)
        oracle.save(cls.folder / 'w.safetensors', {k: random.normal(size=s).astype('f4') * 0.5 for k, s in SHAPES.items()})
        lengths = [7, 0, 1, 40, 17, 33]
        given = {f'{k}/tok': random.integers(0, 11, n) for k, n in enumerate(lengths)}
        given |= {f'{k}/kind': random.integers(0, 11, n) for k, n in enumerate(lengths)}
        cls.given = cls.folder / 'in.safetensors'
        oracle.save(cls.given, given)
        cls.wanted = oracle.evaluate(cls.text, cls.folder, cls.given, cls.folder / 'wanted')
        cls.program, _ = oracle.compile_c(cls.text, cls.folder, cls.folder / 'cuda')

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_with(self, *options, **surroundings):
        done = subprocess.run([self.program, '--in', self.given, '--out', self.folder / 'out', *options], capture_output=True, text=True,
                              env={**os.environ, **surroundings})
        return done.returncode, done.stderr

    def test_same_bits_in_any_batch_and_grid(self):
        answers = []
        for options, surroundings in ((['--device=cuda'], {}), (['--device=cuda', '--batch=1'], {}),
                                      (['--device=cuda', '--batch=4'], {'EMU_PROCESSORS': '3'}), (['--device=cuda'], {'EMU_REVERSE': '1'})):
            self.assertEqual(self.run_with(*options, **surroundings), (0, ''))
            answers.append((self.folder / 'out').read_bytes())
            self.assertEqual(answers[0], answers[-1], (options, surroundings))
        for device in ('cpu', 'cuda'):
            self.run_with('--device=' + device)
            for name, error in oracle.errors(oracle.load(self.folder / 'out'), self.wanted).items():
                self.assertLess(error, 1e-5, name)

    def test_two_batches_under_way(self):
        """A thread for each of two lanes; results come in the order of the input whoever is first."""
        random = np.random.default_rng(3)
        lengths = [int(n) for n in random.integers(0, 41, 60)]
        given = self.folder / 'many.safetensors'
        oracle.save(given, {f'{k}/tok': random.integers(0, 11, n) for k, n in enumerate(lengths)})
        answers = []
        for options in (['--threads=1'], ['--threads=2', '--batch=3'], ['--threads=8', '--batch=5'], ['--device=cpu']):
            done = subprocess.run([self.program, '--in', given, '--out', self.folder / 'out', *options], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ''))
            answers.append((self.folder / 'out').read_bytes())
        self.assertTrue(answers[0] == answers[1] == answers[2])
        self.assertEqual(oracle.load(self.folder / 'out').keys(), {f'{k}/{n}' for k in range(60) for n in ('kept', 'mean1')})

    def test_memory(self):
        """--info shows the formula, and a batch takes as many bytes as it says."""
        said = subprocess.run([self.program, '--info'], capture_output=True, text=True).stdout
        formula = re.search(r'workspace on a GPU.*\n((?:.*\n)*?.*) bytes$', said, re.M).group(1)
        formula = re.sub(r'\s+', ' ', formula).replace('ceil(', '-(-1 * (').replace(' / 64)', ') // 64)')
        names = set(re.findall(r'[a-z]\w*', formula)) - {'min'}
        self.assertTrue(names <= {'t', 'sequences', 'workers', 'g'}, formula)
        wanted = eval(formula, {'t': 98, 'g': 98, 'sequences': 6, 'workers': 32, 'min': min})  # here rows are not rounded up: emulate.apart
        (self.folder / 'cuda' / 'arena.c').write_text(ARENA)
        objects = ['kernels.o', 'host.o', 'both.c', 'fatbin.c', 'both_weights.S']
        oracle.run(*oracle.CC, '-std=gnu11', f'-I{oracle.emulate.HERE}', 'arena.c', *objects, oracle.emulate.emulator(oracle.CC),
                   '-fsanitize=undefined', '-rdynamic', '-lm', '-o', 'arena', cwd=self.folder / 'cuda')
        self.assertEqual(int(oracle.run(self.folder / 'cuda' / 'arena').stdout), wanted)

    def test_without_a_gpu_the_processor_answers(self):
        for kind, sentence in SENTENCES.items():
            self.assertEqual(self.run_with('--device=cuda', EMU_GPU=kind), (1, f'both: error: --device=cuda: {sentence}\n'))
            self.assertEqual(self.run_with(EMU_GPU=kind), (0, f'both: {sentence}; the CPU answers\n'))
            self.assertEqual(self.run_with('--device=cpu', EMU_GPU=kind), (0, ''))

    def test_what_breaks_later(self):
        code, said = self.run_with('--device=cuda', EMU_GPU='lost')
        self.assertEqual(code, 1)
        self.assertIn('the GPU failed', said)
        code, said = self.run_with('--device=cuda', EMU_MEMORY='9000')
        self.assertEqual(code, 1)
        self.assertIn('the memory of the GPU is too small', said)
        self.assertEqual(self.run_with('--device=cuda', EMU_MEMORY='20000'), (0, ''))  # in smaller batches

    def test_option(self):
        self.assertEqual(self.run_with('--device=tpu')[1], 'both: error: --device=tpu: not cuda or cpu\n')

    def test_embedded(self):
        folder = self.folder / 'cuda'
        (folder / 'caller.c').write_text(CALLER)
        objects = ['kernels.o', 'host.o', 'both.c', 'fatbin.c', 'both_weights.S']
        oracle.run(*oracle.CC, '-std=gnu11', f'-I{oracle.emulate.HERE}', 'caller.c', *objects, oracle.emulate.emulator(oracle.CC),
                   '-fsanitize=undefined', '-rdynamic', '-lm', '-o', 'caller', cwd=folder)
        oracle.run(folder / 'caller')

    def plain(self, folder, name, text, *options):
        """A caller of kernels as a plain program has them: buffers share memory, rows are rounded up."""
        oracle.run(oracle.SINTER, 'emit', self.text, '--model-dir', self.folder, *oracle.plan(options), '-d', folder)
        oracle.emulate.build(oracle.run, oracle.CC, folder, 'both', *oracle.emulate.QUICK)
        (folder / (name + '.c')).write_text(text)
        objects = ['kernels.o', 'host.o', 'both.c', 'fatbin.c', 'both_weights.S']
        oracle.run(*oracle.CC, '-std=c99', f'-I{oracle.emulate.HERE}', name + '.c', *objects, oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm',
                   '-o', name, cwd=folder)

    def test_memory_in_all(self):
        """Of the weights the GPU has those that kernels read, each once; what they are made of is there while it is opened, one after the other.
        A run adds the arena, and what a batch brings: 4096 bytes, offsets and tiles of so many sequences and rows as there is room for."""
        folder = self.folder / 'memory'
        self.plain(folder, 'memory', MEMORY, '--weights=bf16')
        said = oracle.run(folder / 'memory').stdout.decode()
        weights, most, numbers = re.match(r'weights on a GPU (\d+) bytes, and up to (\d+) while it is opened\n(.*)', said).groups()
        opened, peak, more, arena = map(int, numbers.split())
        made = 128 + 20 * 24 * 2  # q: a map, rows of 20 numbers and four zeros
        read = [-(-4 * n // 64) * 64 for n in (11 * 20, 20, 20 * 20, 20, 20, 20)]  # emb; o, which no kernel of products takes; biases, the norm
        self.assertEqual((opened, opened), (int(weights), sum(read) + made + 64))
        self.assertEqual(int(most), 20 * 20 * 4)
        self.assertLessEqual(peak - opened, int(most) + 256)  # and the table of what is made
        self.assertEqual(more, arena + 4096 + 65 * 4 + (1 + 2 * (64 + 128 // 64)) * 4)

    def test_in_flight(self):
        """Rows are rounded up, the third run of a kind is a graph."""
        folder = self.folder / 'flight'
        self.plain(folder, 'flight', FLIGHT)
        for mode in ({}, {'EMU_EAGER': '1'}):
            done = subprocess.run([folder / 'flight'], capture_output=True, text=True, env={**os.environ, **mode, 'EMU_GRAPHS': '1'})
            self.assertEqual(done.returncode, 0, done.stderr[-500:])
            graphs = re.findall(r'^emu: graph (\d+) of (\d+) operations$', done.stderr, re.M)
            self.assertGreater(len(graphs), 24)
            self.assertTrue(all(int(n) > 10 for _, n in graphs))

    def test_function_of_both_sides(self):
        """One that the host calls and, in a loop whose turns depend on data, a thread of the GPU."""
        text, given, out = (self.folder / name for name in ('twice.sinter', 'twice.in', 'twice.out'))
        text.write_text(TWICE)
        random = np.random.default_rng(1)
        oracle.save(given, {f'{k}/x': random.normal(size=(n, 4)).astype('f4') for k, n in enumerate([3, 0, 9, 1])})
        program, _ = oracle.compile_c(text, self.folder, self.folder / 'twice')
        wanted = oracle.evaluate(text, self.folder, given, out)
        self.assertLess(oracle.errors(oracle.answer(program, given, out, '--device=cuda'), wanted)['y'], 1e-5)

    def test_arch(self):
        for target, arch, said in (('cuda', 'sm_80,sm_x', "'--arch=sm_80,sm_x': 'sm_x' is not of the form sm_90 or compute_90"),
                                   ('c', 'sm_80', "'--arch=sm_80' is for a target with a GPU")):
            done = subprocess.run([oracle.SINTER, 'emit', self.text, '--target=' + target, '--arch=' + arch, '-d', self.folder / 'none'],
                                  capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (1, f'sinter: error: {said}\n'))

    def test_numbers_of_kernels(self):
        done = subprocess.run([oracle.SINTER, 'emit', self.text, '--target=cuda', '--no-forms', '--weights=bf16', '-d', self.folder / 'none'],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.split('\n')[0]),
                         (1, 'sinter: error: --weights=bf16 is for kernels, which --no-forms leaves out'))

    def test_no_compiler(self):
        done = subprocess.run([oracle.SINTER, 'build', self.text, '--target=cuda', '-o', self.folder / 'program'], capture_output=True,
                              text=True, env={**os.environ, 'NVCC': 'no-such-compiler'})
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "sinter: error: the compiler 'no-such-compiler' for GPUs is not found\n"
                         "  hint: the environment variable NVCC names another one; 'sinter emit' writes the sources without it\n")
        self.assertFalse((self.folder / 'program').exists())

    def test_twice_the_same(self):
        oracle.run(oracle.SINTER, 'emit', self.text, *oracle.plan(()), '-d', self.folder / 'again')
        for file in (self.folder / 'again').iterdir():
            self.assertEqual(file.read_bytes(), (self.folder / 'cuda' / file.name).read_bytes(), file.name)


if __name__ == '__main__':
    unittest.main()
