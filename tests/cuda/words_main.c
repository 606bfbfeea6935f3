/* words_main.c - KERNEL THREADS SHARED OUT_BYTES IN OUT [OFFSET COLUMNS ROWS BOX_COLUMNS BOX_ROWS SWIZZLE]...
 *
 * Runs one kernel of words.cu on the bytes of a file; each six numbers more are a map of a matrix of bf16 within it. With WORDS_FAULTS set
 * the first number of OUT is a fault, which any threads may note. */
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>

int *emu_faults(unsigned char *at, size_t n);

int main(int argc, char **argv)
{
    static unsigned char bytes[1 << 20];
    CUtensorMap map[4];
    void *in, *out, *maps;
    cudaKernel_t kernel;
    FILE *file = fopen(argv[5], "rb");
    const size_t n = file ? fread(bytes, 1, sizeof bytes, file) : 0, out_n = strtoul(argv[4], NULL, 10);
    if (!file || fclose(file) || cudaLibraryGetKernel(&kernel, NULL, argv[1]) || cudaMalloc(&in, n) || cudaMalloc(&out, out_n) ||
        cudaMalloc(&maps, sizeof map) || cudaMemcpyAsync(in, bytes, n, cudaMemcpyHostToDevice, NULL)) {
        return 1;
    }
    for (int i = 0; 7 + 6 * i < argc; i++) {
        unsigned a[6];
        for (int k = 0; k < 6; k++) {
            a[k] = (unsigned)strtoul(argv[7 + 6 * i + k], NULL, 10);
        }
        const cuuint64_t size[] = {a[1], a[2]}, stride[] = {2 * a[1]};
        const cuuint32_t box[] = {a[3], a[4]}, step[] = {1, 1};
        const CUtensorMapSwizzle swizzle = a[5] == 128  ? CU_TENSOR_MAP_SWIZZLE_128B
                                           : a[5] == 64 ? CU_TENSOR_MAP_SWIZZLE_64B
                                                        : CU_TENSOR_MAP_SWIZZLE_32B;
        if (cuTensorMapEncodeTiled(&map[i], CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2, (unsigned char *)in + a[0], size, stride, box, step,
                                   CU_TENSOR_MAP_INTERLEAVE_NONE, swizzle, CU_TENSOR_MAP_L2_PROMOTION_NONE,
                                   CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE)) {
            return 2;
        }
    }
    if (getenv("WORDS_FAULTS")) {
        emu_faults(out, 1);
    }
    const unsigned shared = (unsigned)strtoul(argv[3], NULL, 10);
    const cudaLaunchConfig_t config = {.gridDim = {1, 1, 1}, .blockDim = {(unsigned)strtoul(argv[2], NULL, 10), 1, 1},
                                       .dynamicSmemBytes = shared};
    void *arguments[] = {&in, &out, &maps, NULL};
    if (cudaMemcpyAsync(maps, map, sizeof map, cudaMemcpyHostToDevice, NULL) ||
        cudaKernelSetAttributeForDevice(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared, 0) ||
        cudaLaunchKernelExC(&config, kernel, arguments) || cudaStreamSynchronize(NULL) ||
        cudaMemcpyAsync(bytes, out, out_n, cudaMemcpyDeviceToHost, NULL)) {
        return 3;
    }
    file = fopen(argv[6], "wb");
    return !file || fwrite(bytes, 1, out_n, file) != out_n || fclose(file) ? 4 : 0;
}
