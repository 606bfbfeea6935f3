/* streams.h - kernels that are enqueued */
#ifndef EMU_STREAMS_H
#define EMU_STREAMS_H

#include "cuda_runtime_api.h"

#include <stddef.h>
#include <stdint.h>

enum { EMU_ARGUMENTS = 64 };

typedef struct EmuLaunch {
    const struct emu_kernel *kernel;
    dim3 blocks, threads;
    size_t shared;
    int overlaps; /* it may begin while the kernel before still runs */
    uint64_t argument[EMU_ARGUMENTS];
} EmuLaunch;

cudaError_t emu_enqueue(const EmuLaunch *launch, cudaStream_t stream);
void emu_launch(const EmuLaunch *launch);       /* runs it now */
void emu_drain(void);                           /* all that is enqueued is done */
void emu_written(const void *at, size_t bytes); /* by the host */
void emu_check_guards(void);

#endif
