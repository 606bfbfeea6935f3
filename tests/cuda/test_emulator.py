#!/usr/bin/env python3
"""The GPU that the processor plays finds what is wrong with a kernel, and runs what is right."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402

MAIN = r"""
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>
CUtensorMap map; /* of a matrix of 8 rows and 64 columns */
static uint16_t matrix[8][64] __attribute__((aligned(16)));
int main(void)
{
    const cuuint64_t size[] = {64, 8}, stride[] = {128};
    const cuuint32_t box[] = {64, 8}, step[] = {1, 1};
    for (int i = 0; i < 512; i++) {
        matrix[i / 64][i % 64] = (uint16_t)i;
    }
    if (cuTensorMapEncodeTiled(&map, CU_TENSOR_MAP_DATA_TYPE_UINT16, 2, matrix, size, stride, box, step, CU_TENSOR_MAP_INTERLEAVE_NONE,
                               CU_TENSOR_MAP_SWIZZLE_NONE, CU_TENSOR_MAP_L2_PROMOTION_NONE, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) != 0) {
        return 3;
    }
    cudaKernel_t kernel;
    void *at;
    int out[256];
    cudaLibraryGetKernel(&kernel, NULL, "tried");
    cudaMalloc(&at, sizeof out);
    void *arguments[] = {&at, NULL};
    const cudaLaunchConfig_t config = {.gridDim = {2, 1, 1}, .blockDim = {128, 1, 1}, .dynamicSmemBytes = 16384};
    if (cudaLaunchKernelExC(&config, kernel, arguments) != cudaSuccess || cudaStreamSynchronize(NULL) != cudaSuccess) {
        return 1;
    }
    cudaMemcpyAsync(out, at, sizeof out, cudaMemcpyDeviceToHost, NULL);
    for (int i = 0; i < 256; i++) {
        if (out[i] != i + 1) {
            printf("%d: %d\n", i, out[i]);
            return 2;
        }
    }
    return 0;
}
"""
# 16 x 16 ones in the diagonal, by numbers
PRODUCT = '''__shared__ __align__(16) uint16_t a[16 * 16], b[16 * 8];
const int lane = (int)threadIdx.x %% 32, row = lane %% 8 + lane / 8 %% 2 * 8, column = lane / 16 * 8;
for (int i = (int)threadIdx.x; i < 256; i += 128) { a[i] = (uint16_t)(pack_bf16(i / 16 == i %% 16, 0.0f) & 0xffff); }
b[threadIdx.x] = (uint16_t)(pack_bf16((float)threadIdx.x, 0.0f) & 0xffff);
%s
if (threadIdx.x < 32) {
    uint32_t left[4], right[4]; float c[4] = {1.0f, 1.0f, 1.0f, 1.0f};
    matrix_load(left, a + row * 16 + column);
    matrix_load_turned(right, b + lane %% 16 * 8);
    matrix_multiply(c, left, right[0], right[1]);
    for (int k = 0; k < 4; k++) {
        out[me / 128 * 128 + (lane / 4 + k / 2 * 8) * 8 + lane %% 4 * 2 + k %% 2] = (int)c[k] + me / 128 * 128;
    }
}'''
# what is in the GPU's memory goes to shared memory, and comes back from there by another thread
COPY = '''__shared__ __align__(16) int s[128];
out[me] = me; __syncthreads();
if (threadIdx.x < 32) { copy_async(s + threadIdx.x * 4, out + blockIdx.x * 128 + threadIdx.x * 4, 1); copy_group(); %s }
%s out[me] = s[(threadIdx.x + 64) %% 128] + ((int)threadIdx.x < 64 ? -63 : 65);'''
# half of the threads hand numbers to the other half
HAND = '''__shared__ uint64_t full; __shared__ int s[128]; const int k = (int)threadIdx.x;
%s __syncthreads();
if (k < 64) { s[k + 64] = me + 64; mbarrier_arrive(&full); out[me] = me + 1; } else { %s out[me ^ 1] = s[k ^ 1] + 1; }'''
BEGIN = 'if (threadIdx.x == 0) { mbarrier_begin(&full, 64); }'
# a place of shared memory goes round: written by the first warp, read by the others
RING = '''__shared__ uint64_t full[2], free[2]; __shared__ int s[2][128]; const int k = (int)threadIdx.x; int sum = 0;
if (k < 2) { mbarrier_begin(full + k, 32); mbarrier_begin(free + k, 96); } __syncthreads();
for (int i = 0; i < 5; i++) {
    const int at = i %% 2;
    if (k < 32) { %s for (int j = k; j < 128; j += 32) { s[at][j] = j; } mbarrier_arrive(full + at); }
    else { %s sum += s[at][(k + 31) %% 128]; %s }
}
out[me] = k < 32 ? me + 1 : me + 1 + sum - 5 * ((k + 31) %% 128);'''
FREE, FULL, READ = 'mbarrier_wait(free + at, (i / 2 + 1) % 2);', 'mbarrier_wait(full + at, i / 2 % 2);', 'mbarrier_arrive(free + at);'
# 64 x 64 zeros by a warpgroup
GROUP = '''shared_memory(unsigned char, s); float c[32];
for (int i = (int)threadIdx.x; i < 4096; i += 128) { ((uint32_t *)(void *)s)[i] = 0; }
%s __syncthreads(); %s
{ const uint64_t a = group_matrix(s, 1024, 16, 128), b = group_matrix(s + 8192, 1024, 16, 128);
for (int k = 0; k < 4; k++) { group_multiply_64(0, c, a + 2 * k, b + 2 * k, k > 0, 0); } }
group_commit(); %s out[me] = me + 1 + (int)c[0];'''
# a box comes to shared memory
BOX = '''__shared__ uint64_t full; shared_memory(uint16_t, s);
if (threadIdx.x == 0) { mbarrier_begin(&full, 1); %s } __syncthreads();
if (threadIdx.x == %s) { mbarrier_expect(&full, %s); copy_box(s, map, 0, 0, &full); }
%s out[me] = s[me] + 1;'''
COME = 'mbarrier_wait(&full, 0);'
# a row is copied to where threads have written
BYTES = '''__shared__ uint64_t come; __shared__ __align__(16) int s[128]; const int k = (int)threadIdx.x;
static const __align__(16) int numbers[128] = {7}; s[k] = 1;
if (k == 0) { mbarrier_begin(&come, 1); } %s __syncthreads();
if (k == 0) { mbarrier_expect(&come, 512); copy_bytes(s, numbers, 512, &come); }
mbarrier_wait(&come, 0); out[me] = me + 1 + s[k] - (k ? 0 : 7);'''
HOPPER = ('handed', 'ring', 'group', 'box', 'bytes')  # what only newer GPUs have

# name, body of a kernel that should give out[i] = i + 1; what the emulator says, or None
KERNELS = {
    'plain': ('out[me] = me + 1;', None),
    'shared': ('__shared__ int s[128]; s[127 - threadIdx.x] = me; __syncthreads(); out[me - me % 128 + 127 - threadIdx.x] = s[threadIdx.x] + 1;',
               None),
    'loop': ('__shared__ int s[128]; s[threadIdx.x] = me - 3; __syncthreads();'
             'for (int i = 0; i < 4; i++) { const int x = s[(threadIdx.x + 1) % 128]; __syncthreads();'
             's[(threadIdx.x + 1) % 128] = x + 1; __syncthreads(); } out[me] = s[threadIdx.x];', None),
    'one barrier less': ('__shared__ int s[128]; s[127 - threadIdx.x] = me; out[me - me % 128 + 127 - threadIdx.x] = s[threadIdx.x] + 1;',
                         'a race in shared memory'),
    'apart': ('if (threadIdx.x < 64) { __syncthreads();\n } else { __syncthreads(); } out[me] = me + 1;', 'threads wait for each other at'),
    'some have ended': ('out[me] = me + 1; if (threadIdx.x < 64) { return; } __syncthreads();', 'that some threads never reach'),
    'lanes apart': ('if (threadIdx.x % 2) { __syncwarp();\n } else { __syncwarp(); } out[me] = me + 1;', 'lanes of a warp are at'),
    'for ever': ('out[me] = me + 1; if (threadIdx.x < 5) { __syncwarp(); }', 'threads wait'),
    'behind the end': ('out[me] = me + 1; if (me == 255) { out[256] = 0; }', 'outside of all buffers'),
    'before the begin': ('out[me] = me + 1; if (me == 3) { out[-1] = 0; }', 'outside of all buffers'),
    'written twice': ('out[me / 2 * 2] = me + 1;', 'write the same place'),
    'read before it is written': ('out[me] = me + 1; if (me == 40 && out[41] == 7) { out[me] = 0; }', 'reads what nobody wrote'),
    'copied': ('int x[2] = {0, 0}; out[me] = me; memcpy(x + 1, out + me, sizeof *x); memcpy(out + me, x, 0); out[me] = x[1] + 1;', None),
    'copied behind the end': ('out[me] = me + 1; if (me == 255) { memset(out + 255, 0, 8); }', 'outside of all buffers'),
    'written by a warp the same': ('out[me] = me + 1; out[me / 32 * 32] = me / 32 * 32 + 1;', None),
    'written twice the same': ('out[me] = me + 1; out[0] = 1;', 'write the same place'),
    'read too early': ('out[me] = me + 1; if (me > 0 && out[me - 1] == 7) { out[me] = 0; }', 'a race: thread'),
    'read too late': ('__shared__ int s[128]; s[threadIdx.x] = me; __syncthreads(); const int x = s[(threadIdx.x + 1) % 128];'
                      's[threadIdx.x] = 0; out[me - me % 128 + (me + 1) % 128] = x + 1;', 'a race in shared memory'),
    'by a warp': ('__shared__ int s[128]; s[threadIdx.x] = me; __syncwarp(); out[me ^ 1] = s[threadIdx.x ^ 1] + 1;', None),
    'by another warp': ('__shared__ int s[128]; s[threadIdx.x] = me; __syncwarp(); out[me ^ 32] = s[threadIdx.x ^ 32] + 1;',
                        'a race in shared memory'),
    'reads behind the end': ('out[me] = me + 1; if (me == 3 && out[256] == 7) { out[me] = 0; }', 'outside of all buffers'),
    'product': (PRODUCT % '__syncthreads();', None),
    'product too early': (PRODUCT % '', 'a race in shared memory'),
    'copy': (COPY % ('copy_wait(0);', '__syncthreads();'), None),
    'copied to one place twice': (COPY % ('copy_async(s + threadIdx.x * 4, out, 1); copy_wait(0);', '__syncthreads();'), 'is under way to'),
    'copy without a wait': (COPY % ('', '__syncthreads();'), 'is under way to'),
    'written under a copy': ('__shared__ __align__(16) int s[4]; out[me] = me + 1; if (me == 0) { copy_async(s, out, 0); s[3] = 0; copy_group(); copy_wait(0); }',
                             'writes what a copy of thread 0 is under way to'),
    'copy without a barrier': (COPY % ('copy_wait(0);', ''), 'a race in shared memory'),
    'lanes': ('const float x = lane_xor((float)me, 5); const uint32_t odd = lanes_where(me % 2);'
              'out[me ^ 5] = (int)x + 1 + ((int)lane_from(x, 3) != me / 32 * 32 + 6) + (lanes_count(odd) != 16) + (odd != 0xaaaaaaaau);', None),
    'not aligned': ('out[me] = me + 1; if (me == 255) { *(int *)((char *)out + me * 2 + 4) = 0; }', 'is not aligned'),
    'more shared memory than asked for': ('shared_memory(int, s); s[threadIdx.x * 33] = 1; out[me] = me + 1;', 'more shared memory than'),
    'more of a room than there is': ('shared_room(int, s, 127); s[threadIdx.x] = 1; out[me] = me + 1;', 'more shared memory than the 508 bytes'),
    'warps': ('__shared__ int s[128]; s[threadIdx.x] = me; barrier_wait(1 + (int)threadIdx.x / 64, 64); out[me ^ 32] = s[threadIdx.x ^ 32] + 1;', None),
    'warps that wait elsewhere': ('__shared__ int s[128]; s[threadIdx.x] = me; barrier_wait(1 + (int)threadIdx.x / 64, 64);'
                                  'out[me ^ 64] = s[threadIdx.x ^ 64] + 1;', 'a race in shared memory'),
    'too few warps': ('if (threadIdx.x < 64) { barrier_wait(1, 96); } out[me] = me + 1;', 'threads wait'),
    'warps that nobody waits for': ('if (threadIdx.x < 32) { barrier_arrive(1, 64); } out[me] = me + 1;', 'have arrived at barrier 1 when the block ends'),
    'handed': (HAND % (BEGIN, 'mbarrier_wait(&full, 0);'), None),
    'handed without a wait': (HAND % (BEGIN, ''), 'a race in shared memory'),
    'handed of another phase': (HAND % (BEGIN, 'mbarrier_wait(&full, 1);'), 'a race in shared memory'),
    'handed without a begin': (HAND % ('', 'mbarrier_wait(&full, 0);'), 'never begun'),
    'handed by too few': (HAND % (BEGIN.replace('64', '65'), 'mbarrier_wait(&full, 0);'), 'threads wait'),
    'handed once, awaited twice': (HAND % (BEGIN, 'mbarrier_wait(&full, 0); mbarrier_wait(&full, 0);'), 'waits twice'),
    'ring': (RING % (FREE, FULL, READ), None),
    'ring written too early': (RING % ('', FULL, READ), 'missed a phase'),
    'ring read too early': (RING % (FREE, '', READ), 'a race in shared memory'),
    'ring never freed': (RING % (FREE, FULL, ''), 'threads wait'),
    'ring freed before it is read': (RING % (FREE, FULL + READ, ''), 'a race in shared memory'),
    'group': (GROUP % ('fence_async();', 'group_fence();', 'group_wait(0);'), None),
    'group without a fence of stores': (GROUP % ('', 'group_fence();', 'group_wait(0);'), 'without fence_async'),
    'group without a fence of sums': (GROUP % ('fence_async();', '', 'group_wait(0);'), 'without group_fence'),
    'group without a wait': (GROUP % ('fence_async();', 'group_fence();', ''), 'under way when the block ends'),
    'box': (BOX % ('fence_async(); map_fence(map);', '0', '1024', COME), None),
    'box without a fence of the mbarrier': (BOX % ('map_fence(map);', '0', '1024', COME), 'bytes arrive at an mbarrier that thread 0 began, without fence_async'),
    'box without a fence of the map': (BOX % ('fence_async();', '0', '1024', COME), 'thread 0 copies a box without map_fence'),
    'box with a fence by another thread': (BOX % ('fence_async(); map_fence(map);', '1', '1024', COME), 'thread 1 copies a box without map_fence'),
    'box without a wait': (BOX % ('fence_async(); map_fence(map);', '0', '1024', ''), 'a race in shared memory'),
    'box of more than comes': (BOX % ('fence_async(); map_fence(map);', '0', '1040', COME), 'threads wait'),
    'group before the barrier': (GROUP.replace('__syncthreads();', '') % ('fence_async();', 'group_fence();', 'group_wait(0);'),
                                 'a race in shared memory'),
    'bytes': (BYTES % 'fence_async();', None),
    'bytes without a fence of what lies there': (BYTES % 'if (k != 1) { fence_async(); }', 'a copy writes over what thread 1 wrote, without fence_async'),
    'copy of what is not aligned': ('__shared__ __align__(16) int s[128]; out[me] = me + 1; if (me < 8) { copy_async(s + me, out, 0); }',
                                    'an asynchronous copy of what is not aligned to 16 bytes'),
    'copy from what is not aligned': ('__shared__ __align__(16) int s[128]; out[me] = me + 1; if (me == 1) { copy_async(s, out + 1, 1); }',
                                      'an asynchronous copy of what is not aligned to 16 bytes'),
    'copy from shared memory': ('__shared__ __align__(16) int s[128]; out[me] = me + 1; if (me == 1) { copy_async(s, s + 4, 1); }',
                                'an asynchronous copy from shared memory'),
    'matrix of what is not aligned': ('__shared__ __align__(16) uint16_t s[520]; uint32_t a[4]; matrix_load(a, s + threadIdx.x % 32 * 16 + 4);'
                                      'out[me] = me + 1 + (int)a[0];', 'a row of a matrix that is not in shared memory, or not aligned to 16 bytes'),
    'group of what is not aligned': (GROUP.replace('s + 8192, 1024', 's + 8200, 1024') % ('fence_async();', 'group_fence();', 'group_wait(0);'),
                                     'a matrix of a product that is not aligned'),
    'never written': ('if (me != 17) { out[me] = me + 1; }', 'wrong'),
}

# body; conflicts of the 8 warps, and accesses
PLACE = """struct m_buffers {
    float *x; /* [t][d] */
    float *y; /* [t][?] */
};
enum { D = 20 };
const int32_t *begin_t;
    at->rows_t_4 = bytes;
    bytes = space(bytes, t, 200);
    buffers->x = (float *)(void *)(workspace + at.rows_t_4) + (size_t)t * 30;
    buffers->y = (float *)(void *)(workspace + at.rows_t_4) + (size_t)t * 3;
    const size_t at_x = bytes;
    bytes = space(bytes, t * INT64_C(72), 4);
    gpu->placed = m_weights;
        pointer = gpu->weights.at + ((uintptr_t)pointer - host);
enum { M_FAULTS = 64, M_BATCH_AT = 512 };
    return (int *)(void *)gpu->batch.at;
static void *lane_read(m_lane *lane, size_t at, const void *from, size_t bytes)
    return from ? lane->there.at + at : NULL;
static void *lane_written(m_lane *lane, size_t at, void *to, size_t bytes)
    return lane->there.at + at;
"""
BANKS = {
    'columns': ('__shared__ int s[4096]; s[threadIdx.x % 32 * 32 + threadIdx.x / 32] = me; __syncthreads();'
                'out[me] = s[threadIdx.x % 32 * 32 + threadIdx.x / 32] + 1;', 2 * 8 * 31, 2 * 8),
    'columns of wider rows': ('__shared__ int s[4224]; s[threadIdx.x % 32 * 33 + threadIdx.x / 32] = me; __syncthreads();'
                              'out[me] = s[threadIdx.x % 32 * 33 + threadIdx.x / 32] + 1;', 0, 2 * 8),
    'one word for all': ('__shared__ int s[128]; s[threadIdx.x] = me; __syncthreads(); out[me] = s[5] - s[5] + me + 1;', 0, None),
    'two words each': ('__shared__ __align__(8) float2 s[128]; s[threadIdx.x] = make_float2((float)me, 1.0f); __syncthreads();'
                       'const float2 both = s[threadIdx.x]; out[me] = (int)(both.x + both.y);', 0, None),
    'four words each': ('__shared__ __align__(16) float4 s[128]; s[threadIdx.x] = make_float4((float)me, 1.0f, 0.0f, 0.0f); __syncthreads();'
                        'const float4 all = s[threadIdx.x]; out[me] = (int)(all.x + all.y + all.z + all.w);', 0, None),
    'rows of a matrix': ('__shared__ __align__(16) uint16_t s[512]; s[threadIdx.x] = 0; s[threadIdx.x + 128] = 0; s[threadIdx.x + 256] = 0;'
                         's[threadIdx.x + 384] = 0; __syncthreads(); uint32_t a[4]; matrix_load(a, s + threadIdx.x % 32 * 16);'
                         'out[me] = me + 1 + (int)(a[0] + a[1] + a[2] + a[3]);', 8 * 4, None),
    'rows in all banks': ('__shared__ __align__(16) uint16_t s[256]; s[threadIdx.x] = 0; s[threadIdx.x + 128] = 0; __syncthreads();'
                          'uint32_t a[4]; matrix_load(a, s + threadIdx.x % 32 * 8); out[me] = me + 1 + (int)(a[0] + a[1] + a[2] + a[3]);', 0, None),
}


class Emulator(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        (self.folder / 'main.c').write_text(MAIN)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def run_kernel(self, body, **surroundings):
        text = 'extern unsigned char map[];\n__global__ void __launch_bounds__(128) tried(int *out)\n{\n' \
               '    const int me = (int)(blockIdx.x * blockDim.x + threadIdx.x);\n%s\n}\n' % body
        (self.folder / 'kernel.cu').write_text(text)
        here = f'-I{oracle.emulate.HERE}'
        oracle.run(*oracle.CC, *oracle.emulate.KERNELS, *oracle.emulate.WATCH, here, '-O1', '-c', 'kernel.cu', '-o', 'kernel.o', cwd=self.folder)
        oracle.run(*oracle.CC, here, 'main.c', 'kernel.o', oracle.emulate.emulator(oracle.CC), '-rdynamic', '-lm', '-o', 'main', cwd=self.folder)
        return subprocess.run([self.folder / 'main'], capture_output=True, text=True, env={**os.environ, **surroundings})

    def test_kernels(self):
        for name, (body, wanted) in KERNELS.items():
            with self.subTest(name):
                done = self.run_kernel(body)
                if wanted is None:
                    self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))
                elif wanted == 'wrong':
                    self.assertEqual(done.returncode, 2)
                else:
                    self.assertIn(wanted, done.stderr)
        done = self.run_kernel(KERNELS['copy without a wait'][0], EMU_EAGER='1')
        self.assertIn('is under way to', done.stderr)

    def test_apart(self):
        """Buffers that share memory in a program have memory of their own here, and end where they end."""
        text = oracle.emulate.apart(PLACE)
        self.assertIn('x = (float *)(void *)emu_apart(workspace, 0, at.rows_t_4, (size_t)(t) * 20 * sizeof(float));', text)
        self.assertIn('y = (float *)(void *)emu_apart(workspace, 1, at.rows_t_4, 0) + (size_t)t * 3;', text)
        self.assertIn('bytes = space(bytes, t * INT64_C(72), 4) + EMU_GAP;', text)
        self.assertIn('return from ? emu_only(lane->there.at + at, bytes) : NULL;', text)
        self.assertIn('return emu_only(lane->there.at + at, bytes);', text)
        self.assertIn('return emu_faults(gpu->batch.at, M_FAULTS);', text)
        self.assertIn('pointer = emu_weight(gpu->weights.at, ((uintptr_t)pointer - host), (const void *const *)(const void *)&m_weights,', text)

    def test_banks(self):
        for name, (body, conflicts, accesses) in BANKS.items():
            with self.subTest(name):
                counts = self.folder / 'banks'
                counts.unlink(missing_ok=True)
                done = self.run_kernel(body, EMU_BANKS=str(counts))
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                kernel, n, beyond = counts.read_text().split()
                self.assertEqual((kernel, int(beyond)), ('tried', conflicts))
                if accesses is not None:
                    self.assertEqual(int(n), accesses)


if __name__ == '__main__':
    unittest.main()
