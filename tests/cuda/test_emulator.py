#!/usr/bin/env python3
"""The GPU that the processor plays finds what is wrong with a kernel, and runs what is right."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import oracle  # noqa: E402

MAIN = r"""
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    cudaKernel_t kernel;
    void *at;
    int out[256];
    cudaLibraryGetKernel(&kernel, NULL, "tried");
    cudaMalloc(&at, sizeof out);
    void *arguments[] = {&at, NULL};
    const cudaLaunchConfig_t config = {.gridDim = {2, 1, 1}, .blockDim = {128, 1, 1}};
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
    'written twice the same': ('out[me] = me + 1; out[0] = 1;', None),
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
    'copy without a wait': (COPY % ('', '__syncthreads();'), 'wrong'),
    'copy without a barrier': (COPY % ('copy_wait(0);', ''), 'a race in shared memory'),
    'lanes': ('const float x = lane_xor((float)me, 5); const uint32_t odd = lanes_where(me % 2);'
              'out[me ^ 5] = (int)x + 1 + ((int)lane_from(x, 3) != me / 32 * 32 + 6) + (odd != 0xaaaaaaaau);', None),
    'never written': ('if (me != 17) { out[me] = me + 1; }', 'wrong'),
}


class Emulator(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        (self.folder / 'main.c').write_text(MAIN)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def test_kernels(self):
        for name, (body, wanted) in KERNELS.items():
            with self.subTest(name):
                text = '__global__ void __launch_bounds__(128) tried(int *out)\n{\n' \
                       '    const int me = (int)(blockIdx.x * blockDim.x + threadIdx.x);\n%s\n}\n' % body
                (self.folder / 'kernel.cu').write_text(text)
                here = f'-I{oracle.emulate.HERE}'
                oracle.run(*oracle.CC, *oracle.emulate.KERNELS, *oracle.emulate.WATCH, here, '-O1', '-c', 'kernel.cu', '-o', 'kernel.o', cwd=self.folder)
                oracle.run(*oracle.CC, here, 'main.c', 'kernel.o', oracle.emulate.emulator(oracle.CC), '-rdynamic', '-o', 'main', cwd=self.folder)
                done = subprocess.run([self.folder / 'main'], capture_output=True, text=True)
                if wanted is None:
                    self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))
                elif wanted == 'wrong':
                    self.assertEqual(done.returncode, 2)
                else:
                    self.assertIn(wanted, done.stderr)


if __name__ == '__main__':
    unittest.main()
