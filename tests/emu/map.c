/* map.c - maps of matrices: made as the driver makes them, with its conditions, and read by copies of boxes */
#include "map.h"
#include "cuda.h"
#include "inner.h"
#include "order.h"

#include <string.h>

enum { MOST_FENCED = 64 };

static const void *fenced[EMU_THREADS][MOST_FENCED]; /* maps that a thread may use */
static int fenced_n[EMU_THREADS];

static const uint64_t SIGN = UINT64_C(0x74656e736f726d61);

CUresult cuTensorMapEncodeTiled(CUtensorMap *map, CUtensorMapDataType type, cuuint32_t rank, void *base, const cuuint64_t *size,
                                const cuuint64_t *stride, const cuuint32_t *box, const cuuint32_t *element_step,
                                CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
                                CUtensorMapFloatOOBfill fill)
{
    const uint32_t element = type == CU_TENSOR_MAP_DATA_TYPE_UINT8 ? 1 : type == CU_TENSOR_MAP_DATA_TYPE_FLOAT32 ? 4 : 2;
    const uint32_t width = swizzle ? 16u << swizzle : 0;
    (void)promotion;
    (void)fill;
    const int fits = rank == 2 && (uintptr_t)base % 16 == 0 && size[0] && size[1] && stride[0] % 16 == 0 && box[0] && box[0] <= 256 && box[1] &&
                     box[1] <= 256 && box[0] * element % 16 == 0 && element_step[0] == 1 && element_step[1] == 1 &&
                     interleave == CU_TENSOR_MAP_INTERLEAVE_NONE && (!width || box[0] * element <= width) && (uintptr_t)map % 64 == 0;
    if (!fits) {
        return 1;
    }
    const EmuMap made = {SIGN, base, size[0], size[1], stride[0], box[0], box[1], element, width};
    memset(map, 0, sizeof *map);
    memcpy(map, &made, sizeof made);
    return 0;
}

void emu_maps_block(void)
{
    memset(fenced_n, 0, sizeof fenced_n);
}

void map_fence(const void *map)
{
    const int me = emu_me->number;
    if (fenced_n[me] == MOST_FENCED) {
        emu_stop("too many maps in one block");
    }
    fenced[me][fenced_n[me]++] = map;
}

static int is_fenced(const void *map)
{
    const int me = emu_me->number;
    int i = 0;
    while (i < fenced_n[me] && fenced[me][i] != map) {
        i++;
    }
    return i < fenced_n[me];
}

const EmuMap *emu_map_of(const void *map)
{
    const EmuMap *const m = map;
    if ((uintptr_t)map % 64 || m->sign != SIGN) {
        emu_stop("a box is copied by what is no map of a matrix");
    }
    if (!is_fenced(map)) {
        emu_stop("thread %d copies a box without map_fence", emu_me->number);
    }
    return m;
}

size_t emu_map_bytes(const EmuMap *m)
{
    return (size_t)m->box_columns * m->box_rows * m->element;
}

uintptr_t emu_swizzled(uintptr_t at, uint32_t swizzle)
{
    const uintptr_t mask = swizzle == 128 ? 7 : swizzle == 64 ? 3 : swizzle == 32 ? 1 : 0;
    return at ^ (at >> 7 & mask) << 4;
}

size_t emu_map_bring(const EmuMap *m, int column, int row, unsigned char *to)
{
    const size_t width = (size_t)m->box_columns * m->element;
    for (uint32_t i = 0; i < m->box_rows; i++) {
        for (uint32_t j = 0; j < m->box_columns; j++) {
            const int64_t r = (int64_t)row + i, c = (int64_t)column + j;
            unsigned char *const at = (unsigned char *)emu_swizzled((uintptr_t)to + i * width + j * m->element, m->swizzle);
            if (r < 0 || c < 0 || r >= (int64_t)m->rows || c >= (int64_t)m->columns) {
                memset(at, 0, m->element);
            } else {
                const unsigned char *const from = m->base + (uint64_t)r * m->stride + (uint64_t)c * m->element;
                emu_access(from, m->element, 0);
                memcpy(at, from, m->element);
            }
        }
    }
    return emu_map_bytes(m);
}
