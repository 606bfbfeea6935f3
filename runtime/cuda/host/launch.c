/* launch.c - one kernel */
#include "host.h"

/* More than 48 KB of shared memory have to be asked for, once. */
static void allow(struct model_cuda *gpu, int kernel, unsigned shared)
{
    enum { FREE = 48 * 1024 };
    if (shared > FREE && shared > gpu->allowed[kernel]) {
        good(gpu,
             cudaKernelSetAttributeForDevice(gpu->kernel[kernel], cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared, gpu->number));
        gpu->allowed[kernel] = shared;
    }
}

/* Every parameter is a pointer. */
static void launch(struct model_cuda *gpu, int kernel, model_shape shape, int n, const void *const *argument)
{
    void *at[KERNEL_PARAMETERS + 1] = {NULL};
    cudaLaunchConfig_t config;
    cudaLaunchAttribute attribute;
    memset(&config, 0, sizeof config);
    memset(&attribute, 0, sizeof attribute);
    for (int i = 0; i < n; i++) {
        at[i] = (void *)(uintptr_t)&argument[i];
    }
    config.gridDim.x = shape.blocks;
    config.blockDim.x = shape.threads;
    config.gridDim.y = config.gridDim.z = config.blockDim.y = config.blockDim.z = 1;
    config.dynamicSmemBytes = shape.shared;
    config.stream = gpu->stream;
    if (gpu->overlaps && !gpu->captures) { /* in a graph of the caller it follows a copy, whose end it has to see */
        attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
        attribute.val.programmaticStreamSerializationAllowed = 1;
        config.attrs = &attribute;
        config.numAttrs = 1;
    }
    allow(gpu, kernel, shape.shared);
    if (gpu->error == cudaSuccess) {
        good(gpu, cudaLaunchKernelExC(&config, (const void *)gpu->kernel[kernel], at));
    }
}
