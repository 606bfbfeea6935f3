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
cudaError_t emu_later(void (*call)(const void *data), const void *data, size_t bytes, cudaStream_t stream); /* a copy of the data */
void emu_launch(const EmuLaunch *launch);       /* runs it now */
void emu_drain(void);                           /* all that is enqueued is done */
void emu_written(const void *at, size_t bytes); /* by the host */
void emu_check_guards(void);

/* The n-th call of the runtime from now on, from 1, fails like this; 0: none. An error of a kernel (cudaErrorLaunchFailure) stays for ever:
 * all that is called afterwards fails. Without `error`: how many calls there were since. */
long emu_fail(long n, cudaError_t error);
cudaError_t emu_call(void); /* first of all in each function of the runtime */
void emu_made(int n);       /* so many things were made, or given back */
size_t emu_in_use(size_t *most); /* bytes of the GPU's memory, and the most that were */
int emu_left(void);         /* made and not given back */
int emu_may_allocate(void); /* nobody captures in a mode that forbids it */

/* One call at a time, whatever thread it comes from. */
int emu_lock(void);
void emu_unlock(const int *locked);

#define EMU_CALL()                                                                                                                         \
    const int emu_locked __attribute__((cleanup(emu_unlock), unused)) = emu_lock();                                                        \
    do {                                                                                                                                   \
        const cudaError_t failed = emu_call();                                                                                             \
        if (failed != cudaSuccess) {                                                                                                       \
            return failed;                                                                                                                 \
        }                                                                                                                                  \
    } while (0)

#endif
