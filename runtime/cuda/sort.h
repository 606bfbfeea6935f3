/* sort.h - entries in order, by one block */
#ifndef MODEL_CUDA_SORT_H
#define MODEL_CUDA_SORT_H

enum { ENTRY_DROPPED = 1 << 30 }; /* in `at` of one that takes part in nothing: it stands behind all others */

static __device__ __forceinline__ struct sort_entry entry_dropped(int32_t at)
{
    const struct sort_entry entry = {UINT64_C(0xFFFFFFFFFFFFFFFF), at | ENTRY_DROPPED};
    return entry;
}

/* A key that is no number equals nothing. */
static __device__ __forceinline__ struct sort_entry entry_of_real(uint64_t key, int32_t at)
{
    const struct sort_entry entry = {key, at};
    return key == UINT64_C(0xFFFFFFFFFFFFFFFF) ? entry_dropped(at) : entry;
}

/* Of two runs that stand in order each: how many of n entries of the one come before `entry` of the other. */
static __device__ __forceinline__ int32_t entries_ahead(const struct sort_entry *run, int32_t n, struct sort_entry entry)
{
    int32_t low = 0, high = n;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (run[middle].key < entry.key || (run[middle].key == entry.key && run[middle].at < entry.at)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* By key, then by place: as sort_entries has them. Runs are merged in pairs; each entry finds its own place among those of the other
 * run. */
static __device__ __forceinline__ void sort_block(struct sort_entry *entry, struct sort_entry *spare, int32_t n)
{
    struct sort_entry *from = entry, *to = spare;
    __syncthreads();
    for (int32_t run = 1; run < n; run *= 2) {
        for (int32_t i = (int32_t)threadIdx.x; i < n; i += (int32_t)blockDim.x) {
            const int32_t pair = i / run / 2 * run * 2, is_second = i / run % 2, other = pair + (is_second ? 0 : run);
            const int32_t ahead = entries_ahead(from + other, vimin(n - other, run), from[i]);
            to[pair + i % run + ahead] = from[i];
        }
        __syncthreads();
        struct sort_entry *const last = from;
        from = to;
        to = last;
    }
    for (int32_t i = (int32_t)threadIdx.x; i < n; i += (int32_t)blockDim.x) {
        entry[i] = from[i];
    }
    __syncthreads();
}

/* How many of n sorted ones take part. */
static __device__ __forceinline__ int32_t entries_kept(const struct sort_entry *entry, int32_t n)
{
    int32_t low = 0, high = n;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (entry[middle].at < ENTRY_DROPPED) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

#endif
